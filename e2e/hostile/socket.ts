/** HTTP by hand: clients of other people refuse to send what is sent here. */
import { connect, type Socket } from 'node:net';

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** `closed`: the connection ended without an answer; `silent`: nothing came for twenty seconds. */
export type Outcome = { kind: 'answer'; answer: Answer } | { kind: 'closed' } | { kind: 'silent' };

const SILENT_MS = 20_000;

/** One connection, used for request after request as long as both sides keep it. */
export class Line {
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(port: number) {
    this.#port = port;
  }

  /** `head`: the answer will have no body. `last`: nothing else can be sent on this connection. `half`: nothing more of this request comes. */
  async send(bytes: Buffer, { head = false, last = false, half = false } = {}): Promise<Outcome> {
    if (this.#socket?.destroyed) this.#socket = undefined;
    const used = this.#socket !== undefined;
    let outcome = await exchange((this.#socket ??= this.#open()), bytes, { head, half });
    // The other side may close a used connection in the very moment in which we use it again: that says nothing about this request.
    if (outcome.kind === 'closed' && used) outcome = await exchange((this.#socket = this.#open()), bytes, { head, half });
    const over = outcome.kind !== 'answer' || outcome.answer.headers['connection'] === 'close';
    if (over || last || half) this.close();
    return outcome;
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const socket = connect(this.#port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.setNoDelay(true);
    return socket;
  }
}

function exchange(socket: Socket, bytes: Buffer, { head, half }: { head: boolean; half: boolean }): Promise<Outcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const done = (outcome: Outcome): void => {
      clearTimeout(timer);
      socket.off('data', onData);
      socket.off('close', onClose);
      resolve(outcome);
    };
    const settle = (ended: boolean): void => {
      const answer = readAnswer(Buffer.concat(chunks, size), head, ended);
      if (answer) done({ kind: 'answer', answer });
      else if (ended) done({ kind: 'closed' });
    };
    const onData = (data: Buffer): void => {
      chunks.push(data);
      size += data.length;
      settle(false);
    };
    const onClose = (): void => settle(true);
    const timer = setTimeout(() => done({ kind: 'silent' }), SILENT_MS);
    socket.on('data', onData);
    socket.once('close', onClose);
    if (half) socket.end(bytes);
    else socket.write(bytes);
  });
}

/** The answer in these bytes once it is whole; `100 Continue` is passed over. */
export function readAnswer(bytes: Buffer, head: boolean, ended: boolean): Answer | undefined {
  const at = bytes.indexOf('\r\n\r\n');
  if (at < 0) return undefined;
  const [statusLine = '', ...lines] = bytes.subarray(0, at).toString('latin1').split('\r\n');
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(statusLine)?.[1] ?? 0);
  const rest = bytes.subarray(at + 4);
  if (status === 100) return readAnswer(rest, head, ended);
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const body = bodyOf(rest, headers, head || status === 204 || status === 304, ended);
  return body === undefined ? undefined : { status, headers, body };
}

function bodyOf(rest: Buffer, headers: Record<string, string>, none: boolean, ended: boolean): string | undefined {
  if (none) return '';
  const length = headers['content-length'];
  if (length !== undefined) return rest.length >= Number(length) ? rest.subarray(0, Number(length)).toString() : undefined;
  if (headers['transfer-encoding'] !== 'chunked') return ended ? rest.toString() : undefined;
  const parts: Buffer[] = [];
  for (let at = 0; ;) {
    const end = rest.indexOf('\r\n', at);
    const size = end < 0 ? NaN : Number.parseInt(rest.subarray(at, end).toString('latin1'), 16);
    if (Number.isNaN(size) || rest.length < end + 4 + size) return undefined;
    if (size === 0) return Buffer.concat(parts).toString();
    parts.push(rest.subarray(end + 2, end + 2 + size));
    at = end + 4 + size;
  }
}
