/** The parts of `lightning/*` that code (not markup) uses. */

declare module 'lightning/platformShowToastEvent' {
  export interface ToastDetail {
    title: string;
    message?: string;
    variant?: 'info' | 'success' | 'warning' | 'error';
    mode?: 'dismissible' | 'pester' | 'sticky';
    messageData?: (string | { url: string; label: string })[];
  }
  export class ShowToastEvent extends CustomEvent<ToastDetail> {
    constructor(toast: ToastDetail);
  }
}

declare module 'lightning/navigation' {
  import type { LightningElement, WireAdapterConstructor } from 'lwc';

  export interface PageReference {
    type: string;
    attributes?: Record<string, string | undefined>;
    state?: Record<string, string | undefined>;
  }
  interface Navigating {
    [NavigationMixin.Navigate](page: PageReference, replace?: boolean): void;
    [NavigationMixin.GenerateUrl](page: PageReference): Promise<string>;
  }
  // A mixin's constructor must accept anything: TypeScript demands exactly this signature.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  export function NavigationMixin<Base extends new (...args: any[]) => LightningElement>(
    base: Base,
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
  ): Base & (new (...args: any[]) => Navigating);
  export namespace NavigationMixin {
    const Navigate: unique symbol;
    const GenerateUrl: unique symbol;
  }
  export const CurrentPageReference: WireAdapterConstructor;
}

declare module 'lightning/empApi' {
  export interface EmpMessage<Payload = Record<string, unknown>> {
    channel: string;
    data: { payload: Payload; event: { replayId: number } };
  }
  export interface Subscription {
    id: number;
    channel: string;
    replayId: number;
  }
  /** `replayId`: -1 new events only, -2 all kept ones, else those after that id. */
  export function subscribe(channel: string, replayId: number, onMessage: (message: EmpMessage) => void): Promise<Subscription>;
  export function unsubscribe(subscription: Subscription, onDone?: (answer: object) => void): Promise<object>;
  export function onError(handler: (error: unknown) => void): void;
  export function setDebugFlag(on: boolean): void;
  export function isEmpEnabled(): Promise<boolean>;
}

declare module 'lightning/modal' {
  import { LightningElement } from 'lwc';
  export default class LightningModal extends LightningElement {
    // What the modal was closed with; its opener knows the shape.
    // eslint-disable-next-line @typescript-eslint/no-explicit-any
    static open(options: { label: string; size?: 'small' | 'medium' | 'large' | 'full'; [property: string]: unknown }): Promise<any>;
    label: string;
    size: string;
    disableClose: boolean;
    close(result?: unknown): void;
  }
}

declare module 'lightning/confirm' {
  interface Options {
    message: string;
    label?: string;
    theme?: string;
    variant?: 'header' | 'headerless';
  }
  const LightningConfirm: { open(options: Options): Promise<boolean> };
  export default LightningConfirm;
}

declare module 'lightning/alert' {
  const LightningAlert: { open(options: { message: string; label?: string; theme?: string; variant?: string }): Promise<void> };
  export default LightningAlert;
}

declare module 'lightning/prompt' {
  const LightningPrompt: {
    open(options: { message: string; label?: string; theme?: string; variant?: string; defaultValue?: string }): Promise<string | null>;
  };
  export default LightningPrompt;
}

declare module 'lightning/uiRecordApi' {
  import type { WireAdapterConstructor } from 'lwc';
  /** Wants `recordId`, `fields` and `optionalFields`; an optional field that the user may not see is left out of the answer. */
  export const getRecord: WireAdapterConstructor;
}

declare module 'lightning/messageService' {
  import type { WireAdapterConstructor } from 'lwc';
  export const APPLICATION_SCOPE: unique symbol;
  export const MessageContext: WireAdapterConstructor;
  export function createMessageContext(): object;
  export function releaseMessageContext(context: object): void;
  export function publish(context: object, channel: unknown, message?: unknown): void;
  export function subscribe(context: object, channel: unknown, listener: (message: unknown) => void, options?: object): object;
  export function unsubscribe(subscription: object): void;
}

declare module 'lightning/toast' {
  const Toast: { show(config: Record<string, unknown>, target?: HTMLElement): void };
  export default Toast;
}

declare module 'lightning/toastContainer' {
  const ToastContainer: { instance(): { maxToasts: number; toastPosition: string } };
  export default ToastContainer;
}

/** What the form base components have in common, for `this.template.querySelector('lightning-input')`. */
interface LightningFieldElement extends HTMLElement {
  value: string;
  checked: boolean;
  name: string;
  label: string;
  disabled: boolean;
  readonly validity: ValidityState;
  checkValidity(): boolean;
  reportValidity(): boolean;
  setCustomValidity(message: string): void;
  showHelpMessageIfInvalid(): void;
}

interface HTMLElementTagNameMap {
  'lightning-input': LightningFieldElement;
  'lightning-textarea': LightningFieldElement;
  'lightning-combobox': LightningFieldElement;
  'lightning-radio-group': LightningFieldElement;
  'lightning-checkbox-group': LightningFieldElement;
  'lightning-dual-listbox': LightningFieldElement;
}
