/** Sends generated requests to a running service and collects what should not have happened. */
import fc from 'fast-check';
import { faultOf } from './judge.ts';
import { OURS, PHONE_MARK } from './marks.ts';
import type { HostileRequest } from './request.ts';
import { operationsOf, requestOf } from './requests.ts';
import { Line } from './socket.ts';
import { bytesOf, type Known } from './wire.ts';
import type { World } from './world.ts';

export interface Finding {
  what: string;
  /** Gives the same requests again: `npm run hostile -- --seed <seed> --requests <BATCH>`. */
  seed: number;
  request: HostileRequest;
  times: number;
}

export interface Hunt {
  /** Sends `count` more requests made from this seed. */
  go(seed: number, count: number): Promise<void>;
  readonly sent: number;
  /** How often each status was answered; `closed` and `silent` are no answers. */
  readonly statuses: ReadonlyMap<string, number>;
  readonly findings: readonly Finding[];
  /** Makes the request of a finding as short as it can be and still show it. */
  shrink(finding: Finding): Promise<void>;
  close(): void;
}

/** As many requests as one seed makes. */
export const BATCH = 1_024;
/** Requests that go out together, on as many connections as `LINES`. */
const TOGETHER = 64;
const LINES = 8;
const SHRINK_MS = 20_000;

export async function createHunt(world: World): Promise<Hunt> {
  const document: unknown = await (await fetch(`${world.service}/openapi.json`)).json();
  const requests = fc.array(requestOf(operationsOf(document)), { minLength: TOGETHER, maxLength: TOGETHER, size: 'max' });
  const known = knownIn(world);
  const lines = Array.from({ length: LINES }, () => new Line(world.ports.service));
  const statuses = new Map<string, number>();
  const findings: Finding[] = [];
  let sent = 0;

  async function send(line: Line, request: HostileRequest): Promise<string | undefined> {
    const odd = request.framing === 'raw' || request.headers.some(([, value]) => /[\r\n]/.test(value));
    const outcome = await line.send(bytesOf(request, known), {
      head: request.method === 'HEAD',
      last: odd,
      half: request.framing === 'short' || request.framing === 'raw',
    });
    sent += 1;
    const status = outcome.kind === 'answer' ? String(outcome.answer.status) : outcome.kind;
    statuses.set(status, (statuses.get(status) ?? 0) + 1);
    return faultOf(request, outcome, world.secrets);
  }

  /** Each connection takes the next request when it is done with one. Gives the fault of each. */
  async function sendAll(batch: readonly HostileRequest[]): Promise<(string | undefined)[]> {
    const faults: (string | undefined)[] = [];
    let next = 0;
    const work = async (line: Line) => {
      for (let at = next; at < batch.length; at = next) {
        next += 1;
        faults[at] = await send(line, batch[at] as HostileRequest);
      }
    };
    await Promise.all(lines.map(work));
    return faults;
  }

  function note(what: string, request: HostileRequest, seed: number): void {
    const same = findings.find((finding) => finding.what === what && placeOf(finding.request) === placeOf(request));
    if (same) same.times += 1;
    else findings.push({ what, seed, request, times: 1 });
  }

  /** Plays the seed until the same fault shows again and takes away what it does not need. */
  async function shrink(finding: Finding): Promise<void> {
    const property = fc.asyncProperty(requests, async (batch) => {
      const faults = await sendAll(batch);
      const at = faults.indexOf(finding.what);
      if (at < 0) return true;
      const found = batch[at] as HostileRequest;
      if (sizeOf(found) < sizeOf(finding.request)) finding.request = found;
      return false;
    });
    await fc.check(property, { seed: finding.seed, numRuns: BATCH / TOGETHER, interruptAfterTimeLimit: SHRINK_MS });
  }

  return {
    statuses,
    findings,
    shrink,
    get sent() {
      return sent;
    },
    async go(seed, count) {
      const property = fc.asyncProperty(requests, async (batch) => {
        const faults = await sendAll(batch);
        for (const [index, fault] of faults.entries()) if (fault) note(fault, batch[index] as HostileRequest, seed);
      });
      await fc.assert(property, { seed, numRuns: Math.ceil(count / TOGETHER) });
    },
    close: () => lines.forEach((line) => line.close()),
  };
}

function knownIn(world: World): Known {
  const values = new Map<string, string>([
    ...Object.entries(world.keys).map(([name, key]): [string, string] => [`key:${name}`, key]),
    ...Object.entries(world.orgIds).map(([name, id]): [string, string] => [`org:${name}`, id]),
    ...Object.entries(world.ids.own).map(([name, id]): [string, string] => [`own:${name}`, id]),
    ...Object.entries(world.ids.other).map(([name, id]): [string, string] => [`other:${name}`, id]),
    ['accountSid', world.twilio.accountSid],
    ['carrier', `localhost:${world.ports.carrier}`],
    ['phone', PHONE_MARK],
    ['ours', OURS.twilio],
  ]);
  return { values, service: world.service, authToken: world.twilio.authToken };
}

const sizeOf = (request: HostileRequest): number => JSON.stringify(request).length;

/** The first words of the address: enough to tell findings apart, and not one for each id. */
const placeOf = ({ method, target }: HostileRequest): string =>
  `${method} ${target.split(/[?;#]/)[0]?.split('/').slice(0, 4).join('/').slice(0, 40)}`;
