import { randomUUID } from 'node:crypto';
import webhooks from 'twilio/lib/webhooks/webhooks.js';
import { Agent, request } from 'undici';

/** What became of a webhook. */
export interface WebhookResult {
  readonly ok: boolean;
  /** 0 = nobody answered. */
  readonly status: number;
  readonly body: string;
  readonly contentType: string;
  readonly tries: number;
  readonly error?: string;
}

interface Overrides {
  readonly connectMs: number;
  readonly readMs: number;
  readonly totalMs: number;
  readonly retries: number;
  readonly policy: ReadonlySet<string>;
}

const RETRY_PAUSE_MS = 100;

/** Connection overrides in the fragment of the URL (`#ct=4000&rc=2&rp=5xx,rt`), within the ranges that the real carrier allows. */
export function overridesOf(url: URL): Overrides {
  const given = new URLSearchParams(url.hash.slice(1));
  const number = (name: string, low: number, high: number, fallback: number): number => {
    const value = Number(given.get(name) ?? fallback);
    return Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : fallback;
  };
  return {
    connectMs: number('ct', 100, 10_000, 5_000),
    readMs: number('rt', 100, 15_000, 15_000),
    totalMs: number('tt', 100, 15_000, 15_000),
    retries: number('rc', 0, 5, 1),
    policy: new Set((given.get('rp') ?? 'ct').split(',').map((word) => word.trim())),
  };
}

export type WebhookCaller = (address: string, authToken: string, params: Record<string, string>) => Promise<WebhookResult>;

/** Webhooks on their way at once; the rest waits in order, as a carrier's own queue does. */
const MAX_AT_ONCE = 50;

/** {@link callWebhook} with a bound on how many run at once, so that a seeded flood does not open thousands of sockets. */
export function createWebhooks(): WebhookCaller {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (...call) => {
    if (running >= MAX_AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await callWebhook(...call);
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}

/**
 * Posts a signed form to a webhook and tries again as the real carrier does: by default once, and only when no connection came about.
 * All tries carry the same `I-Twilio-Idempotency-Token`.
 */
export async function callWebhook(address: string, authToken: string, params: Record<string, string>): Promise<WebhookResult> {
  if (!URL.canParse(address))
    return { ok: false, status: 0, body: '', contentType: '', tries: 0, error: 'the webhook address is not a URL' };
  const url = new URL(address);
  const overrides = overridesOf(url);
  url.hash = '';
  const signed = address.split('#', 1)[0] ?? address;
  const headers = {
    'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
    'user-agent': 'TwilioProxy/1.1',
    'i-twilio-idempotency-token': randomUUID(),
    'x-twilio-signature': webhooks.getExpectedTwilioSignature(authToken, signed, params),
  };
  const agent = new Agent({ connect: { timeout: overrides.connectMs }, pipelining: 0 });
  const deadline = Date.now() + overrides.totalMs;
  let last: WebhookResult = { ok: false, status: 0, body: '', contentType: '', tries: 0 };
  try {
    for (let attempt = 1; attempt <= overrides.retries + 1 && Date.now() < deadline; attempt += 1) {
      if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, RETRY_PAUSE_MS));
      const outcome = await once(agent, url.href, headers, params, Math.min(overrides.readMs, Math.max(1, deadline - Date.now())));
      last = { ...outcome.result, tries: attempt };
      if (last.ok || !retries(outcome.failure, overrides.policy)) break;
    }
  } finally {
    await agent.destroy();
  }
  return last;
}

type Failure = 'ct' | 'rt' | '4xx' | '5xx' | 'none';

function retries(failure: Failure, policy: ReadonlySet<string>): boolean {
  return policy.has('all') || policy.has(failure);
}

async function once(
  dispatcher: Agent,
  url: string,
  headers: Record<string, string>,
  params: Record<string, string>,
  timeoutMs: number,
): Promise<{ failure: Failure; result: Omit<WebhookResult, 'tries'> }> {
  try {
    const answer = await request(url, {
      method: 'POST',
      headers,
      body: new URLSearchParams(params).toString(),
      dispatcher,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    });
    const status = answer.statusCode;
    const body = await answer.body.text();
    const failure: Failure = status >= 500 ? '5xx' : status >= 400 ? '4xx' : 'none';
    const contentType = String(answer.headers['content-type'] ?? '');
    return { failure, result: { ok: status >= 200 && status < 300, status, body, contentType } };
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    const read =
      code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' || code === 'UND_ERR_SOCKET' || code === 'ECONNRESET';
    return {
      failure: read ? 'rt' : 'ct',
      result: { ok: false, status: 0, body: '', contentType: '', error: code || (error as Error).name },
    };
  }
}
