import { z } from 'zod';
import { parseStorable } from '../../platform/text.ts';
import { errorText } from './error-codes.ts';
import type { Exchange } from './http.ts';
import type { TwilioProblem } from './types.ts';

const errorSchema = z.object({ code: z.union([z.string(), z.number()]).optional(), message: z.string().optional() });
const DEFAULT_RETRY_MS = 1_000;

/** `Retry-After` in milliseconds (seconds or a date); one second when it is missing or odd, an hour at most. */
export function retryAfter(headers: Readonly<Record<string, string | string[] | undefined>>): number {
  const value = [headers['retry-after']].flat()[0];
  if (!value) return DEFAULT_RETRY_MS;
  const ms = /^\d+(\.\d+)?$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? Math.min(3_600_000, Math.ceil(ms)) : DEFAULT_RETRY_MS;
}

/** What an unsuccessful read means. */
export function problemOf(exchange: Exchange): TwilioProblem {
  if (exchange.kind === 'failed') return { kind: 'unreachable', text: `The carrier cannot be reached: ${exchange.why}.`, retryable: true };
  if (exchange.kind === 'too-large') return { kind: 'too-large', text: 'The answer of the carrier is too large.', retryable: false };
  const { status: httpStatus } = exchange;
  const { code, message } = errorOf(exchange.body);
  const common = {
    httpStatus,
    ...(code === undefined ? {} : { code }),
    text: code === undefined ? `The carrier answered ${httpStatus}.` : errorText(code, message),
  };
  if (httpStatus === 401 || httpStatus === 403) return { ...common, kind: 'unauthorized', text: errorText('20003'), retryable: false };
  if (httpStatus === 404) return { ...common, kind: 'not-found', retryable: false };
  if (httpStatus === 429) return { ...common, kind: 'throttled', retryable: true, retryAfterMs: retryAfter(exchange.headers) };
  if (httpStatus >= 500) return { ...common, kind: 'carrier-error', retryable: true };
  return { ...common, kind: 'refused', retryable: false };
}

function errorOf(body: Buffer): { code?: string; message?: string } {
  try {
    const { code, message } = errorSchema.parse(parseStorable(body.toString('utf8')));
    return { ...(code === undefined ? {} : { code: String(code) }), ...(message === undefined ? {} : { message }) };
  } catch {
    return {};
  }
}
