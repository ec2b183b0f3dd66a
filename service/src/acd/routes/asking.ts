import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Answer } from '../answer.ts';
import { noExtension } from '../errors.ts';

/** Phone systems ask; admins try it. */
export const ASKS = { scopes: ['acd', 'admin'] } as const;

/** `text/plain` and not JSON: a dial plan that takes the first line of the body. */
export function wantsText(request: FastifyRequest): boolean {
  const accept = request.headers.accept ?? '';
  return /\btext\/plain\b/.test(accept) && !/\bjson\b/.test(accept);
}

/** The extension alone; 404 where nobody is to be rung, so that a dial plan goes on by itself. */
export function sendExtension(reply: FastifyReply, answer: Answer): never {
  if (answer.extension === undefined) throw noExtension(answer.why);
  return reply.type('text/plain; charset=utf-8').send(answer.extension) as never;
}
