export class ShowToastEvent extends CustomEvent {
  static eventName = 'lightning__showtoast';

  constructor(detail) {
    super(ShowToastEvent.eventName, { composed: true, cancelable: true, bubbles: true, detail });
  }
}
