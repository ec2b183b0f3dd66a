import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';

const actionSchema = z
  .strictObject({
    status: z.int().min(100).max(599).optional(),
    body: z.unknown().optional(),
    headers: z.record(z.string(), z.string()).optional(),
    latencyMs: z.int().min(0).max(600_000).optional(),
    drop: z.enum(['before', 'after']).optional(),
  })
  .refine((action) => Object.keys(action).length > 0, 'a fault needs an action');

/** One fault rule as it is posted to `/__sandbox/faults`. */
export const faultRuleSchema = z.strictObject({
  match: z
    .strictObject({
      method: z.string().optional(),
      path: z.string().optional(),
      user: z.string().optional(),
      object: z.string().optional(),
    })
    .default({}),
  times: z.int().min(1).optional(),
  after: z.int().min(0).optional(),
  action: actionSchema,
});

export type FaultRule = z.input<typeof faultRuleSchema>;
export type FaultAction = z.infer<typeof actionSchema>;

/** What a rule is compared with. `object` holds every record type that the call touches. */
export interface FaultSubject {
  readonly method: string;
  readonly path: string;
  readonly user?: string | undefined;
  readonly objects?: readonly string[] | undefined;
}

interface ActiveRule {
  readonly id: string;
  readonly rule: z.infer<typeof faultRuleSchema>;
  seen: number;
  applied: number;
}

/** `*` in a path matches any run of characters and the pattern then covers the whole path; without a star any part of the path matches. */
function pathMatches(pattern: string, path: string): boolean {
  if (!pattern.includes('*')) return path.includes(pattern);
  const source = pattern
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${source}$`).test(path);
}

/** `Message__c` also names `<namespace>__Message__c`, so that one rule serves an org with and without a namespace. */
function objectMatches(pattern: string, objects: readonly string[]): boolean {
  const wanted = pattern.toLowerCase();
  return objects.some((object) => {
    const name = object.toLowerCase();
    return name === wanted || name.replace(/^[a-z0-9]+?__(?=[a-z0-9_]+__[a-z]+$)/, '') === wanted;
  });
}

function matches(match: z.infer<typeof faultRuleSchema>['match'], subject: FaultSubject): boolean {
  if (match.method !== undefined && match.method.toUpperCase() !== subject.method.toUpperCase()) return false;
  if (match.path !== undefined && !pathMatches(match.path, subject.path)) return false;
  if (match.user !== undefined && match.user.toLowerCase() !== subject.user?.toLowerCase()) return false;
  if (match.object !== undefined && !objectMatches(match.object, subject.objects ?? [])) return false;
  return true;
}

/**
 * The fault rules of one peer. Protocols other than HTTP ask {@link FaultRules.take} themselves.
 * The oldest rule that matches and is not used up acts; `after` skips that many matches first, `times` bounds how often it acts.
 */
export class FaultRules {
  #rules: ActiveRule[] = [];

  /** Adds a rule and gives its id. Throws a ZodError when the rule is malformed. */
  add(rule: FaultRule): string {
    const parsed = faultRuleSchema.parse(rule);
    const id = randomUUID();
    this.#rules.push({ id, rule: parsed, seen: 0, applied: 0 });
    return id;
  }

  /** True when a rule with that id was there. */
  remove(id: string): boolean {
    const before = this.#rules.length;
    this.#rules = this.#rules.filter((active) => active.id !== id);
    return this.#rules.length < before;
  }

  clear(): void {
    this.#rules = [];
  }

  list(): { id: string; rule: FaultRule; seen: number; applied: number }[] {
    return this.#rules.map(({ id, rule, seen, applied }) => ({ id, rule: rule as FaultRule, seen, applied }));
  }

  /** Counts the call against every matching rule and gives the action that applies to it, if any. */
  take(subject: FaultSubject): FaultAction | undefined {
    for (const active of this.#rules) {
      if (active.rule.times !== undefined && active.applied >= active.rule.times) continue;
      if (!matches(active.rule.match, subject)) continue;
      active.seen += 1;
      if (active.seen <= (active.rule.after ?? 0)) continue;
      active.applied += 1;
      return active.rule.action;
    }
    return undefined;
  }
}

/** Waits the given time; faults and tests use it to be slow on purpose. */
export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export interface FaultHookOptions {
  /** Who makes the call, for `match.user`. May look at headers and the parsed body. */
  readonly userOf?: ((request: FastifyRequest) => string | undefined) | undefined;
  /** The record types that the call touches, for `match.object`. */
  readonly objectsOf?: ((request: FastifyRequest) => readonly string[]) | undefined;
  /** The body of a fault that has a status and no body of its own. */
  readonly errorBody?: ((status: number) => unknown) | undefined;
}

/**
 * Hooks that apply the rules to every HTTP route except the control surface itself. `drop:'before'` cuts the connection before the work,
 * `drop:'after'` lets the handler finish its work and then cuts it; latency then falls between the work and the cut.
 */
export function applyFaults(app: FastifyInstance, rules: FaultRules, options: FaultHookOptions = {}): void {
  const afterWork = new WeakMap<FastifyRequest, FaultAction>();

  app.addHook('preValidation', async (request, reply) => {
    const path = pathOf(request);
    if (path.startsWith('/__sandbox')) return;
    const subject = { method: request.method, path, user: options.userOf?.(request), objects: options.objectsOf?.(request) };
    const action = rules.take(subject);
    if (!action) return;
    if (action.drop === 'after') {
      afterWork.set(request, action);
      return;
    }
    if (action.latencyMs) await sleep(action.latencyMs);
    if (action.drop === 'before') {
      reply.hijack();
      request.raw.socket.destroy();
      return;
    }
    if (action.status === undefined && action.body === undefined) {
      afterWork.set(request, action);
      return;
    }
    const status = action.status ?? 200;
    const body = action.body ?? options.errorBody?.(status) ?? { error: `fault ${status}` };
    reply.code(status).headers(action.headers ?? {});
    if (typeof body === 'string')
      return reply.header('content-type', action.headers?.['content-type'] ?? 'text/plain; charset=utf-8').send(body);
    return reply.send(body);
  });

  app.addHook('onSend', async (request, reply, payload) => {
    const action = afterWork.get(request);
    if (!action) return payload;
    if (action.drop === 'after') {
      if (action.latencyMs) await sleep(action.latencyMs);
      request.raw.socket.destroy();
      return payload;
    }
    reply.headers(action.headers ?? {});
    return payload;
  });
}

/** The path of a request without its query. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? request.url;
}
