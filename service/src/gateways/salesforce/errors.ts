import type { RecordError } from './types.ts';

/**
 * Whether a request reached Salesforce: `no` – it never left or was certainly not executed; `maybe` – it was sent and the answer is unknown;
 * `yes` – an answer to it was read. Only `maybe` makes a write ambiguous (salesforce-platform.md 6.3).
 */
export type Sent = 'no' | 'maybe' | 'yes';

/** How an exchange failed below HTTP, where it did. */
export type TransportFault = 'timeout' | 'dns' | 'connect' | 'tls' | 'cut' | 'blocked';

/** A refused or failed REST call. `status` is 0 when no status line was read. Message texts may quote record values: never log them. */
export class SalesforceError extends Error {
  readonly status: number;
  readonly errors: RecordError[];
  readonly sent: Sent;
  readonly fault: TransportFault | null;
  /** The answer was not in the JSON shape of the API (an HTML page, plain text): it came from something in front of it. */
  readonly plainText: string | null;
  readonly retryAfterMs: number | null;

  constructor(options: {
    message: string;
    status?: number;
    errors?: RecordError[];
    sent: Sent;
    fault?: TransportFault;
    plainText?: string;
    retryAfterMs?: number;
    cause?: unknown;
  }) {
    super(options.message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'SalesforceError';
    this.status = options.status ?? 0;
    this.errors = options.errors ?? [];
    this.sent = options.sent;
    this.fault = options.fault ?? null;
    this.plainText = options.plainText ?? null;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

/** A refused or failed call of the OAuth endpoints. Keeps the OAuth code and description that jsforce throws away. */
export class OAuthError extends Error {
  readonly endpoint: 'token' | 'revoke' | 'identity';
  /** The `error` of the answer (`invalid_grant`, …); empty when there was no readable answer. */
  readonly code: string;
  readonly description: string;
  readonly status: number;
  readonly sent: Sent;
  readonly fault: TransportFault | null;

  constructor(options: {
    endpoint: 'token' | 'revoke' | 'identity';
    code?: string;
    description?: string;
    status?: number;
    sent: Sent;
    fault?: TransportFault;
    cause?: unknown;
  }) {
    const what = options.code ? `${options.code}: ${options.description ?? ''}` : (options.description ?? 'no readable answer');
    super(`Salesforce ${options.endpoint} endpoint: ${what}`, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'OAuthError';
    this.endpoint = options.endpoint;
    this.code = options.code ?? '';
    this.description = options.description ?? '';
    this.status = options.status ?? 0;
    this.sent = options.sent;
    this.fault = options.fault ?? null;
  }
}

/** A login host, instance address or redirect that the service refuses to talk to. Nothing was sent. */
export class HostRefusedError extends Error {
  readonly host: string;
  constructor(host: string, why: string) {
    super(`The address ${host} was refused: ${why}`);
    this.name = 'HostRefusedError';
    this.host = host;
  }
}
