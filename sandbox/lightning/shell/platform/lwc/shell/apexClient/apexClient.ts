/** What imports of `@salesforce/apex/…` give: calls that reach the twin of the Apex method in the page's server; and what other wires need. */

type Params = Record<string, unknown>;
interface Provisioned {
  data: unknown;
  error: unknown;
}
type Emit = (value: Provisioned) => void;

// Which adapter produced a value handed to a component, for refreshApex.
const sources = new WeakMap<object, { run(): Promise<void> }>();

/** For `@wire`: asks only once every reactive parameter has a value, and drops overtaken answers. */
export function wireAdapter(ask: (config: Params) => Promise<unknown>) {
  return class Adapter {
    private readonly emit: Emit;
    private config: Params = {};
    private latest = 0;

    constructor(emit: Emit) {
      this.emit = emit;
      emit({ data: undefined, error: undefined });
    }

    connect(): void {}

    disconnect(): void {
      this.latest += 1; // an answer still under way is dropped
    }

    update(config: Params): void {
      this.config = config;
      if (Object.values(config).every((value) => value !== undefined)) void this.run();
    }

    async run(): Promise<void> {
      this.latest += 1;
      const ticket = this.latest;
      const value = await settle(ask(this.config));
      if (ticket !== this.latest) return;
      sources.set(value, this);
      this.emit(value);
    }
  };
}

/** Callable, and usable with `@wire`. */
export function apexMethod(name: string) {
  const adapter = wireAdapter((config) => post(`apex/${name}`, config, true));
  return Object.assign((params?: Params) => post(`apex/${name}`, params, false).then(deepFreeze), { adapter });
}

export async function refreshApex(provisioned: object | undefined): Promise<void> {
  if (provisioned) await sources.get(provisioned)?.run();
}

export function getSObjectValue(record: unknown, field: string | { fieldApiName: string }): unknown {
  const path = (typeof field === 'string' ? field : field.fieldApiName).split('.');
  return path.reduce<unknown>((value, step) => (value as Params | undefined)?.[step], record);
}

/** Asks the page's server; what it refuses is thrown in the shape that components see on the platform. */
export async function post(path: string, params: Params = {}, wired = true): Promise<unknown> {
  const response = await fetch(`/__shell/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(wired ? { 'x-wired': 'true' } : {}) },
    body: JSON.stringify(params),
  }).catch((cause: unknown) => {
    throw failure(0, { message: cause instanceof Error ? cause.message : String(cause) });
  });
  const body = (await response.json().catch(() => ({ message: `HTTP ${response.status}` }))) as unknown;
  if (!response.ok) throw failure(response.status, body);
  return body;
}

function failure(status: number, body: unknown): object {
  return { body, ok: false, status, statusText: status === 500 ? 'Server Error' : '', errorType: 'fetchResponse', headers: {} };
}

async function settle(answer: Promise<unknown>): Promise<Provisioned> {
  try {
    return { data: deepFreeze(await answer), error: undefined };
  } catch (error) {
    return { data: undefined, error };
  }
}

// Values of cacheable methods are read-only on the platform; a component that changes them must fail here too.
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze);
  return value;
}
