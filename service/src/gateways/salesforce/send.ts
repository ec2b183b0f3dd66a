import jsforce from 'jsforce';
import { PassThrough } from 'node:stream';
import { recordErrors } from './composite.ts';
import { SalesforceError } from './errors.ts';
import type { NameMapper } from './namespace.ts';
import type { Exchange, HttpAnswer, HttpRequest } from './transport.ts';
import type { ApiUsage } from './types.ts';

interface Outcome {
  answer?: HttpAnswer;
  error?: Error;
}

export interface SendOptions {
  instanceUrl: string;
  accessToken: string;
  apiVersion: string;
  timeoutMs: number;
  exchange: Exchange;
  names: NameMapper;
  onUsage: (usage: ApiUsage) => void;
  /** A request is made. */
  onRequest: () => void;
}

export interface RestRequest {
  method: HttpRequest['method'];
  /** Below the version root (`/query?…`), or from the root of the host (`/services/…`). */
  path: string;
  body?: unknown;
  timeoutMs?: number;
}

/** Sends one REST request and hands back the parsed body (undefined for 204). Throws SalesforceError. */
export type Send = (request: RestRequest) => Promise<unknown>;

/** Sends one REST request whose answer is CSV. Throws SalesforceError. Header names are in lower case. */
export type SendForText = (request: RestRequest) => Promise<{ text: string; headers: Record<string, string> }>;

/**
 * jsforce's Connection over our own exchange. jsforce's own transport repeats requests, follows redirects with the token, stops watching the
 * deadline once headers are there, and ends the process when a reply breaks off in its body (docs/decisions/0102); so it only prepares requests.
 * It gets an access token and nothing it could refresh with.
 */
export function createSend(options: SendOptions): { send: Send; sendForText: SendForText } {
  const connection = new jsforce.Connection({
    instanceUrl: options.instanceUrl,
    accessToken: options.accessToken,
    version: options.apiVersion,
    callOptions: { client: 'Switchboard' },
  });
  const run = async (request: RestRequest, accept: string): Promise<HttpAnswer> => {
    const outcome: Outcome = {};
    try {
      await connection.request(
        {
          method: request.method,
          url: request.path,
          headers: { accept, 'content-type': 'application/json' },
          ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        },
        { transport: createTransport(options, request.timeoutMs ?? options.timeoutMs, outcome) },
      );
    } catch (error) {
      // jsforce's error loses the status; the outcome below keeps it. Errors of ours pass.
      if (!outcome.answer && !outcome.error) throw error;
    }
    if (outcome.error) throw outcome.error;
    if (!outcome.answer) throw new Error('a request ended without an answer');
    checkAnswer(outcome.answer, options);
    return outcome.answer;
  };
  return {
    send: async (request) => parseBody(await run(request, 'application/json')),
    sendForText: async (request) => {
      const { body, headers } = await run(request, 'text/csv');
      return { text: body, headers };
    },
  };
}

/** The transport of one request: `HttpApi` of jsforce takes it from its options. The stream is only there because jsforce asks for one. */
function createTransport(options: SendOptions, timeoutMs: number, outcome: Outcome): unknown {
  const run = async (request: { method: string; url: string; headers?: Record<string, string>; body?: unknown }): Promise<unknown> => {
    try {
      options.onRequest();
      outcome.answer = await options.exchange(
        {
          method: request.method as HttpRequest['method'],
          url: request.url,
          headers: request.headers ?? {},
          ...(typeof request.body === 'string' ? { body: request.body } : {}),
        },
        timeoutMs,
      );
      const { status, headers, body } = outcome.answer;
      // jsforce would read a CSV into records of its own.
      return { statusCode: status, headers, body: headers['content-type']?.startsWith('text/csv') ? '' : body };
    } catch (error) {
      outcome.error = error as Error;
      throw error;
    }
  };
  return { httpRequest: (request: Parameters<typeof run>[0]) => Object.assign(run(request), { stream: () => new PassThrough() }) };
}

/** Notes the usage that an answer reports, and throws what a refusal says. */
function checkAnswer(answer: HttpAnswer, options: SendOptions): void {
  const usage = parseUsage(answer.headers['sforce-limit-info']);
  if (usage) options.onUsage(usage);
  if (answer.status >= 200 && answer.status < 300) return;
  if (answer.status === 300) {
    const errors = [{ code: 'MULTIPLE_CHOICES', message: 'Several records have this external id.', fields: [] }];
    throw new SalesforceError({ message: 'several records match', status: 300, errors, sent: 'yes' });
  }
  const errors = recordErrors(parseJson(answer)).map(options.names.bareError);
  const retryAfterMs = retryAfter(answer.headers['retry-after']);
  throw new SalesforceError({
    message: errors[0]?.code ?? `HTTP ${answer.status}`,
    status: answer.status,
    errors,
    sent: answer.status >= 500 ? 'maybe' : 'yes',
    ...(errors.length === 0 ? { plainText: answer.body.slice(0, 300) } : {}),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

function parseBody(answer: HttpAnswer): unknown {
  if (answer.status === 204) return undefined;
  const parsed = parseJson(answer);
  if (parsed === undefined && answer.body.trim() !== '') {
    throw new SalesforceError({
      message: 'the answer is not JSON',
      status: answer.status,
      sent: 'maybe',
      plainText: answer.body.slice(0, 300),
    });
  }
  return parsed;
}

function parseJson(answer: HttpAnswer): unknown {
  try {
    return JSON.parse(answer.body) as unknown;
  } catch {
    return undefined;
  }
}

/** Reads `api-usage=18/15000; api-bursts=1/750`; jsforce drops the second part. */
export function parseUsage(header: string | undefined): ApiUsage | null {
  const daily = /api-usage=(\d+)\/(\d+)/.exec(header ?? '');
  if (!daily) return null;
  const bursts = /api-bursts=(\d+)\/(\d+)/.exec(header ?? '');
  return {
    used: Number(daily[1]),
    max: Number(daily[2]),
    ...(bursts ? { bursts: { used: Number(bursts[1]), max: Number(bursts[2]) } } : {}),
  };
}

/** `Retry-After` in seconds or as a date, in milliseconds; capped at a day. */
export function retryAfter(header: string | undefined): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(ms, 86_400_000) : undefined;
}
