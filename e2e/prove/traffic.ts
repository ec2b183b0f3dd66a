/** The texts of a schedule: handed over as a customer's carrier and an agent's browser do, and noted with what was answered. */
import { signedText } from '../../sandbox/carrier/twilio/signed-text.ts';
import type { Handed } from './facts.ts';
import { moment } from './moment.ts';
import type { Act, CarrierKind } from './schedule.ts';
import { watchPhone } from './watch-phone.ts';
import { OURS } from './our-numbers.ts';
import type { World } from './world.ts';

const AGAIN_MS = 150;
const ANSWER_MS = 8_000;

export interface Traffic {
  handed: Handed[];
  /** When each phone first sent STOP, how often it did, and when the carrier said that the first one was taken. */
  stopped: Map<string, number>;
  stops: Map<string, number>;
  stopTaken: Map<string, number>;
  play(act: Act): Promise<void>;
  /** What nobody has answered by now is not asked again. */
  giveUp(): void;
  /** Nothing more is noted. */
  close(): void;
}

/** `number`: of the schedule, so that no two share a phone or a text. */
export function createTraffic(world: World, number: number): Traffic {
  const handed: Handed[] = [];
  const stopped = new Map<string, number>();
  const stops = new Map<string, number>();
  const stopTaken = new Map<string, number>();
  const over = new AbortController();
  const watched = new Map<string, Promise<void>>();
  const watching = new AbortController();
  const phoneOf = (carrier: CarrierKind, person: number) =>
    carrier === 'twilio' ? `+1415${2_000_000 + number * 10 + person}` : `+447${400_000_000 + number * 10 + person}`;

  function note(direction: Handed['direction'], carrier: CarrierKind, person: number, long: boolean): Handed {
    const start = `proof ${number}-${handed.length}`;
    const body = long ? `${start} ${'a text that takes more than one part to carry, '.repeat(4)}and here it ends.` : start;
    const text: Handed = { direction, body, phone: phoneOf(carrier, person), ours: OURS[carrier], ids: [], sentAt: moment() };
    handed.push(text);
    return text;
  }

  /** As a browser or a carrier does: again until there is an answer that settles it. */
  async function insist(ask: () => Promise<boolean>): Promise<void> {
    while (!over.signal.aborted) {
      if (await ask().catch(() => false)) return;
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  async function send(text: Handed, key: string): Promise<boolean> {
    const answer = await fetch(`${world.service}/v1/messages`, {
      method: 'POST',
      headers: { authorization: `Bearer ${world.key()}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ to: text.phone, from: text.ours, body: text.body }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const content = (await answer.json()) as { id?: string; code?: string };
    if (answer.ok && content.id) {
      text.acceptedAt ??= moment();
      text.id = content.id;
      text.ids.push(content.id);
    } else if (content.code === 'opted_out') text.refused = content.code;
    else return false;
    return true;
  }

  /** The carrier tells when it begins to hand a text of this phone over, and when the service took it. */
  async function watch(phone: string): Promise<void> {
    const begun = watched.get(phone);
    if (begun) return begun;
    const ready = watchPhone(world.carrierUrl, phone, watching.signal, ({ direction, body, status }) => {
      if (direction === 'sent' && body === 'STOP' && status === 'Delivered' && !stopTaken.has(phone)) stopTaken.set(phone, moment());
      const text = direction === 'sent' && handed.find((each) => each.phone === phone && each.body === body);
      if (!text) return;
      text.begunAt ??= moment();
      if (status === 'Delivered') text.acceptedAt ??= moment();
    });
    watched.set(phone, ready);
    return ready;
  }

  const inbound = (carrier: CarrierKind, from: string, body: string) =>
    world.carrier('POST', '/inbound', { carrier, from, to: OURS[carrier], body });

  return {
    handed,
    stopped,
    stops,
    stopTaken,
    giveUp: () => over.abort(),
    close: () => watching.abort(),
    async play(act) {
      if (act.do === 'inbound') {
        await watch(phoneOf(act.carrier, act.person));
        const text = note('inbound', act.carrier, act.person, act.long);
        await inbound(act.carrier, text.phone, text.body);
      } else if (act.do === 'stop') {
        const phone = phoneOf(act.carrier, act.person);
        await watch(phone);
        stops.set(phone, (stops.get(phone) ?? 0) + 1);
        if (!stopped.has(phone)) stopped.set(phone, moment());
        await inbound(act.carrier, phone, 'STOP');
      } else if (act.do === 'outbound') {
        const text = note('outbound', act.carrier, act.person, act.long);
        const key = world.newKey();
        await Promise.all(Array.from({ length: act.times }, () => insist(() => send(text, key))));
      } else if (act.do === 'webhook') {
        const text = note('inbound', 'twilio', act.person, false);
        const shot = signedText(world.twilio, { from: text.phone, to: text.ours, body: text.body });
        const post = async () => {
          const target = new URL(shot.path, world.service);
          return (await fetch(target, { ...shot, signal: AbortSignal.timeout(ANSWER_MS) })).ok;
        };
        await insist(async () =>
          (await Promise.allSettled(Array.from({ length: act.times }, post))).some((one) => one.status === 'fulfilled' && one.value),
        );
        if (!over.signal.aborted) text.acceptedAt = moment();
      }
    },
  };
}
