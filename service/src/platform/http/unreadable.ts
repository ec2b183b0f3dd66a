import { STATUS_CODES } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { headersTooLarge, invalidRequest, requestTimeout, type Problem } from '../errors.ts';
import { documentOf } from './problems.ts';

/** How long a caller may take to read why it is refused. */
const LINGER_MS = 2_000;

/** Answers bytes that are no HTTP request, which no route and no error handler ever sees, with a problem document too. The connection ends. */
export function answerUnreadable(problemBase: string) {
  /** Whose end is coming: what else arrives on them is no news. */
  const ending = new WeakSet<Socket>();
  return (error: Error & { code?: string }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    // Bad bytes behind a whole request that is still being answered: this answer would be read as that one's, so it gets its own, and then the end.
    if (ending.has(socket)) return;
    const underWay = answerUnderWay(socket);
    if (underWay) {
      ending.add(socket);
      endAfter(socket, underWay);
      return;
    }
    const problem = problemOfBytes(error.code);
    const body = JSON.stringify(documentOf(problem, problemBase));
    const head = [
      `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status] ?? ''}`,
      'content-type: application/problem+json; charset=utf-8',
      `content-length: ${Buffer.byteLength(body)}`,
      'connection: close',
    ];
    endWith(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
  };
}

/** The answer to a whole request; Node hands the socket from one pipelined request's answer to that of the next. */
function answerUnderWay(socket: Socket): ServerResponse | undefined {
  const answer = (socket as Socket & { _httpMessage?: ServerResponse | null })._httpMessage;
  return answer?.req.complete ? answer : undefined;
}

function endAfter(socket: Socket, answer: ServerResponse): void {
  answer.once('close', () =>
    setImmediate(() => {
      const next = answerUnderWay(socket);
      if (next && next !== answer) endAfter(socket, next);
      else endWith(socket, '');
    }),
  );
}

/** Cut at once, the answer would be lost with what is still on its way here. */
function endWith(socket: Socket, bytes: string): void {
  socket.setTimeout(LINGER_MS, () => socket.destroy());
  socket.end(bytes);
  socket.resume();
}

/** A server may pass over what it does not know in `Expect` (RFC 9110, 10.1.1); Node answers it with an empty 417 instead. */
export function passOverExpectations(server: Server): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
}

function problemOfBytes(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW' || code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW')
    return headersTooLarge('The address and the headers of the request are larger than 16 KB together. Nothing was stored.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return requestTimeout('The request did not arrive within the time. Nothing was stored.');
  return invalidRequest('What was sent is no HTTP request. Nothing was stored.');
}
