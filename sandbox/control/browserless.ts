/** A form as it stands on a page: where it goes and what it would send untouched. */
export interface PageForm {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly fields: Readonly<Record<string, string>>;
  /** Submit buttons by visible text. */
  readonly buttons: readonly { text: string; name?: string | undefined; value: string }[];
}

/** A page that the client ended on. */
export interface VisitedPage {
  readonly url: string;
  readonly status: number;
  readonly text: string;
  readonly forms: readonly PageForm[];
}

/** The forms on the way did not lead to the callback; the message holds what the page said. */
export class SignInError extends Error {
  override readonly name = 'SignInError';
  readonly page: VisitedPage;
  constructor(message: string, page: VisitedPage) {
    super(message);
    this.page = page;
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: ' ' };

function decode(text: string): string {
  return text.replace(/&(#?\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole);
}

function attribute(tag: string, name: string): string | undefined {
  const found = new RegExp(`\\s${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`, 'i').exec(tag);
  return found ? decode(found[1] ?? found[2] ?? '') : undefined;
}

/** The words of a page without markup, white space collapsed. */
export function pageText(markup: string): string {
  const body = markup.replace(/<(script|style|head)\b[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]+>/g, ' ');
  return decode(body).replace(/\s+/g, ' ').trim();
}

/** Reads the forms of a page: hidden and visible inputs, selects by their selected option, and submit buttons. */
export function readForms(markup: string, pageUrl: string): PageForm[] {
  return [...markup.matchAll(/<form\b([^>]*)>([\s\S]*?)<\/form>/gi)].map(([, head = '', inner = '']) => {
    const fields: Record<string, string> = {};
    for (const [tag] of inner.matchAll(/<input\b[^>]*>/gi)) {
      const name = attribute(tag, 'name');
      const type = attribute(tag, 'type') ?? 'text';
      const left = type === 'submit' || ((type === 'checkbox' || type === 'radio') && !/\schecked\b/i.test(tag));
      if (name && !left) fields[name] = attribute(tag, 'value') ?? '';
    }
    for (const [, tag = '', options = ''] of inner.matchAll(/<select\b([^>]*)>([\s\S]*?)<\/select>/gi)) {
      const name = attribute(tag, 'name');
      const chosen = /<option\b[^>]*\sselected\b[^>]*>/i.exec(options)?.[0] ?? /<option\b[^>]*>/i.exec(options)?.[0];
      if (name && chosen) fields[name] = attribute(chosen, 'value') ?? '';
    }
    const buttons = [...inner.matchAll(/<button\b([^>]*)>([\s\S]*?)<\/button>/gi)].map(([, tag = '', label = '']) => ({
      text: pageText(label),
      name: attribute(tag, 'name'),
      value: attribute(tag, 'value') ?? '',
    }));
    const method = attribute(head, 'method')?.toUpperCase() === 'POST' ? 'POST' : 'GET';
    return { action: new URL(attribute(head, 'action') || pageUrl, pageUrl).href, method, fields, buttons };
  });
}

export interface FormClientOptions {
  /** Calls the OAuth callback too, as a browser does. Without it the client stops there and hands the address back. */
  readonly followCallback?: boolean;
}

export type Visit = { readonly kind: 'page'; readonly page: VisitedPage } | { readonly kind: 'callback'; readonly url: string };

/** A browser reduced to what a form needs: cookies per host and port, redirects, forms. Runs no scripts. */
export class FormClient {
  readonly #cookies = new Map<string, Map<string, string>>();
  readonly #options: FormClientOptions;
  /** Origin and path of the redirect_uri that the last authorize address named. */
  #callback: string | undefined;

  constructor(options: FormClientOptions = {}) {
    this.#options = options;
  }

  /** Opens an address and follows at most 20 redirects. */
  async open(url: string, init: { method?: string; body?: URLSearchParams } = {}): Promise<Visit> {
    let current = new URL(url);
    let request = init;
    this.#noteCallback(current);
    for (let hops = 0; hops < 20; hops += 1) {
      const response = await fetch(current, {
        method: request.method ?? 'GET',
        redirect: 'manual',
        headers: { cookie: this.#cookieHeader(current), accept: 'text/html', ...(request.body ? { origin: current.origin } : {}) },
        ...(request.body ? { body: request.body } : {}),
      });
      this.#keepCookies(current, response);
      const location = response.headers.get('location');
      if (response.status >= 300 && response.status < 400 && location) {
        await response.body?.cancel();
        const next = new URL(location, current);
        this.#noteCallback(next);
        if (!this.#options.followCallback && next.origin + next.pathname === this.#callback) return { kind: 'callback', url: next.href };
        if (response.status !== 307 && response.status !== 308) request = {};
        current = next;
        continue;
      }
      const markup = await response.text();
      return {
        kind: 'page',
        page: { url: current.href, status: response.status, text: pageText(markup), forms: readForms(markup, current.href) },
      };
    }
    throw new Error(`more than 20 redirects from ${new URL(url).pathname}`);
  }

  /** Sends a form with some fields filled in, pressed through the button with that text (or the first one). */
  async submit(form: PageForm, values: Readonly<Record<string, string>> = {}, buttonText?: string): Promise<Visit> {
    const button = buttonText === undefined ? form.buttons[0] : form.buttons.find((candidate) => candidate.text === buttonText);
    if (buttonText !== undefined && !button) throw new Error(`the form has no button "${buttonText}"`);
    const body = new URLSearchParams({ ...form.fields, ...values, ...(button?.name ? { [button.name]: button.value } : {}) });
    if (form.method === 'POST') return this.open(form.action, { method: 'POST', body });
    const target = new URL(form.action);
    target.search = body.toString();
    return this.open(target.href);
  }

  #noteCallback(url: URL): void {
    const target = url.pathname.endsWith('/services/oauth2/authorize') ? url.searchParams.get('redirect_uri') : null;
    if (!target || !URL.canParse(target)) return;
    const { origin, pathname } = new URL(target);
    this.#callback = origin + pathname;
  }

  #cookieHeader(url: URL): string {
    return [...(this.#cookies.get(url.host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  #keepCookies(url: URL, response: Response): void {
    const jar = this.#cookies.get(url.host) ?? new Map<string, string>();
    this.#cookies.set(url.host, jar);
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(';');
      const equals = pair.indexOf('=');
      if (equals < 0) continue;
      const gone = attributes.some((part) => /^\s*max-age=0\s*$/i.test(part));
      if (gone) jar.delete(pair.slice(0, equals).trim());
      else jar.set(pair.slice(0, equals).trim(), pair.slice(equals + 1).trim());
    }
  }
}

export interface SignInOptions {
  readonly username: string;
  readonly password: string;
  /** Presses Deny on the consent page instead of Allow. */
  readonly deny?: boolean;
  /** Reuse one client to keep its sign-in session. */
  readonly client?: FormClient;
}

/**
 * Goes through the sandbox org's login and consent forms as a person would. `authorizeUrl` is an address of `/services/oauth2/authorize`,
 * or a page of ours that redirects to one. Gives the callback address with its code (or error) without calling it.
 * Throws {@link SignInError} with the words of the page when it ends anywhere else.
 */
export async function signInAndAllow(authorizeUrl: string, options: SignInOptions): Promise<string> {
  const client = options.client ?? new FormClient();
  let visit = await client.open(authorizeUrl);
  for (let step = 0; step < 6; step += 1) {
    if (visit.kind === 'callback') return visit.url;
    const { page } = visit;
    if (page.status >= 400) throw new SignInError(`the page answered ${page.status}: ${page.text}`, page);
    const login = page.forms.find((form) => 'username' in form.fields);
    const consent = page.forms.find((form) => form.buttons.some((button) => button.text === 'Allow'));
    if (login && step < 2) visit = await client.submit(login, { username: options.username, password: options.password });
    else if (consent) visit = await client.submit(consent, {}, options.deny ? 'Deny' : 'Allow');
    else throw new SignInError(`no way forward from this page: ${page.text}`, page);
  }
  throw new Error('the sign-in did not come to an end');
}
