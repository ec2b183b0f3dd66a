import type { FastifyReply, FastifyRequest } from 'fastify';

/** An open answer of server-sent events. */
export interface EventStream {
  send(data: unknown): void;
}

/**
 * Turns the answer into server-sent events (WHATWG HTML, section 9.2). `stop` runs once when the reader has gone. A comment every 15 s keeps
 * idle connections open and finds readers that vanished.
 */
export function openEventStream(request: FastifyRequest, reply: FastifyReply, start: (stream: EventStream) => () => void): void {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-store', connection: 'keep-alive' });
  raw.write(': open\n\n');
  const stop = start({ send: (data) => void raw.write(`data: ${JSON.stringify(data)}\n\n`) });
  const beat = setInterval(() => raw.write(': beat\n\n'), 15_000);
  beat.unref();
  request.raw.socket.once('close', () => {
    clearInterval(beat);
    stop();
  });
}
