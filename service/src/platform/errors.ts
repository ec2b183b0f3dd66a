/** One wrong field of a request: `field` is a path such as `messages.3.to`. */
export interface FieldError {
  field: string;
  message: string;
}

export interface ProblemOptions {
  errors?: FieldError[];
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * An expected failure that a caller may see: becomes an RFC 9457 problem document `{type,title,status,detail,code,errors?}`.
 * `code` is in snake_case and has a page `docs/errors/<code>.md`; `detail` never holds a secret, a message text or a phone number.
 */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly errors: FieldError[] | undefined;
  readonly headers: Record<string, string> | undefined;

  constructor(kind: { code: string; status: number; title: string }, detail: string, options: ProblemOptions = {}) {
    super(detail, { cause: options.cause });
    this.name = 'Problem';
    this.code = kind.code;
    this.status = kind.status;
    this.title = kind.title;
    this.errors = options.errors;
    this.headers = options.headers;
  }
}

/**
 * Declares a kind of problem. Call it once per code, with literals, in a feature's `errors.ts`:
 * a test collects these calls from the sources and wants a page for every code.
 */
export function defineProblem(code: string, status: number, title: string): (detail: string, options?: ProblemOptions) => Problem {
  return (detail, options) => new Problem({ code, status, title }, detail, options);
}

export const invalidRequest = defineProblem('invalid_request', 400, 'The request is not valid');
export const unauthorized = defineProblem('unauthorized', 401, 'The key is missing or not valid');
export const forbidden = defineProblem('forbidden', 403, 'The key may not do this');
export const notFound = defineProblem('not_found', 404, 'Not found');
export const requestTimeout = defineProblem('request_timeout', 408, 'The request took too long to arrive');
export const conflict = defineProblem('conflict', 409, 'Conflicts with the present state');
export const payloadTooLarge = defineProblem('payload_too_large', 413, 'The request is too large');
export const unsupportedMediaType = defineProblem('unsupported_media_type', 415, 'The content type is not supported');
export const tooManyRequests = defineProblem('too_many_requests', 429, 'Too many requests');
export const headersTooLarge = defineProblem('headers_too_large', 431, 'The address and headers are too large');
export const internalError = defineProblem('internal_error', 500, 'Something went wrong on our side');
export const unavailable = defineProblem('unavailable', 503, 'Not available at the moment');

/** The text of anything that was thrown, for logs of our own errors (never of what a peer answered). */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
