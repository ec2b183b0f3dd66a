import type { FastifyReply } from 'fastify';

/** Answers with a page for a person. It is kept nowhere, and where it stood is told to no other site: both may hold what only this person may see. */
export function showPage(reply: FastifyReply, markup: string, status = 200): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'text/html; charset=utf-8')
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(markup);
}
