import { LightningElement, api, wire } from 'lwc';
import getOrg from '@salesforce/apex/SetupController.getOrg';
import serviceEndpoint from '@salesforce/apex/SetupController.serviceEndpoint';
import { registrationOf } from 'c/coreOrg';
import { startPoll } from 'c/corePoll';
import type { Org } from 'c/coreOrg';
import type { Poll } from 'c/corePoll';
import { labels } from './labels';

type Login = 'production' | 'sandbox' | 'domain';

const ASK_MS = 3_000;
const HELP_MS = 30_000;
/** The address that the named credential is delivered with: a sign that nobody has entered the real one. */
const PLACEHOLDER_HOST = 'switchboard.example.com';
const MY_DOMAIN = /^[a-z0-9-]+(--[a-z0-9-]+)?(\.[a-z0-9-]+)*\.(my\.salesforce\.com|salesforce\.com|my\.salesforce\.mil)$/i;

/** Opens the service's sign-in in a window of its own and waits until the org answers as registered. Fires `registered`. */
export default class CoreRegister extends LightningElement {
  /** For an org that is registered but has lost its last connected user: wait until somebody is main, not only until the org answers. */
  @api untilMain = false;

  labels = labels;
  login: Login = 'production';
  domain = '';
  endpoint: string | undefined;
  url = '';
  waiting = false;
  popUpBlocked = false;
  showHelp = false;
  error: unknown;
  poll: Poll | undefined;
  helpTimer: ReturnType<typeof setTimeout> | undefined;

  @wire(serviceEndpoint)
  handleEndpoint({ data, error }: { data?: { Endpoint?: string }[]; error?: unknown }): void {
    if (data) this.endpoint = data[0]?.Endpoint;
    if (error) this.error = error;
  }

  disconnectedCallback(): void {
    this.stopWaiting();
  }

  get loginOptions(): { label: string; value: Login }[] {
    return [
      { label: labels.loginProduction, value: 'production' },
      { label: labels.loginSandbox, value: 'sandbox' },
      { label: labels.loginDomain, value: 'domain' },
    ];
  }

  get usesDomain(): boolean {
    return this.login === 'domain';
  }

  get needsHelp(): boolean {
    return this.showHelp || this.popUpBlocked;
  }

  handleLogin(event: CustomEvent<{ value: string }>): void {
    this.login = event.detail.value as Login;
  }

  handleDomain(event: CustomEvent<{ value: string }>): void {
    this.domain = event.detail.value.trim();
  }

  /** The window opens as the direct answer to the press, without a call before it: browsers block it otherwise. */
  handleRegister(): void {
    if (!this.checkDomain()) return;
    this.error = undefined;
    const url = this.registrationUrl();
    if (!url) {
      this.error = new Error(labels.noEndpoint);
      return;
    }
    this.url = url;
    this.popUpBlocked = !window.open(url, 'switchboard-register', 'popup,width=720,height=760');
    this.startWaiting();
  }

  handleCheckNow(): void {
    void this.ask();
  }

  handleCancel(): void {
    this.stopWaiting();
  }

  checkDomain(): boolean {
    if (!this.usesDomain) return true;
    const input = this.template?.querySelector('lightning-input');
    input?.setCustomValidity(MY_DOMAIN.test(this.domain) ? '' : labels.domainInvalid);
    return input?.reportValidity() ?? false;
  }

  /** Undefined while nobody has entered the service's address into the named credential. */
  registrationUrl(): string | undefined {
    const url = toUrl('/connect/register', this.endpoint);
    if (!url || url.host === PLACEHOLDER_HOST) return undefined;
    url.searchParams.set('login', this.usesDomain ? this.domain : this.login);
    url.searchParams.set('return', window.location.href);
    return url.href;
  }

  startWaiting(): void {
    this.stopWaiting();
    this.waiting = true;
    this.poll = startPoll(() => this.ask(), ASK_MS);
    this.helpTimer = setTimeout(() => {
      this.showHelp = true;
    }, HELP_MS);
  }

  stopWaiting(): void {
    this.waiting = false;
    this.showHelp = false;
    this.poll?.stop();
    clearTimeout(this.helpTimer);
  }

  /** "Not registered" is the expected answer while the admin is still signing in. */
  async ask(): Promise<void> {
    try {
      const { main } = await getOrg<Org>();
      this.error = undefined;
      if (this.untilMain && !main) return;
      this.stopWaiting();
      this.dispatchEvent(new CustomEvent('registered'));
    } catch (error) {
      this.error = registrationOf(error) ? undefined : error;
    }
  }
}

function toUrl(path: string, base: string | undefined): URL | undefined {
  try {
    return new URL(path, base);
  } catch {
    return undefined; // nothing or nonsense was entered
  }
}
