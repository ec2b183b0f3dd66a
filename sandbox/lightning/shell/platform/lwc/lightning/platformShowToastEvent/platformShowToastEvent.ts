/** Not the platform's event name: the base components' own toast container would intercept that and show nothing. */
export const TOAST_EVENT = 'shell__showtoast';

export class ShowToastEvent extends CustomEvent<unknown> {
  constructor(detail: object) {
    super(TOAST_EVENT, { detail, bubbles: true, composed: true, cancelable: true });
  }
}
