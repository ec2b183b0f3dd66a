/** What is there and nobody handed over, what stands in the wrong place, and what came although it had to be stopped. */
import type { Facts, Handed } from './facts.ts';

/** The service has read a STOP before it answers the carrier; what is under way on its connections at that moment takes a moment more. */
const AT_ONCE_MS = 200;

export function* strays(facts: Facts): Generator<string> {
  yield* inTheOrg(facts);
  yield* onPhones(facts);
  yield* afterStop(facts);
}

function* inTheOrg({ handed, org, stops }: Facts): Generator<string> {
  const texts = new Map(handed.map((text) => [text.body, text]));
  for (const row of org) {
    const text = texts.get(row.body);
    if (!text && row.body === 'STOP' && row.direction === 'Inbound') continue;
    if (!text) yield `"${row.body.slice(0, 24)}" is in the org and nobody handed it over`;
    else if (row.phone !== text.phone || row.ours !== text.ours || row.direction.toLowerCase() !== text.direction)
      yield `${text.direction} "${name(text)}" stands in another conversation, or on its other side`;
  }
  // Two of one phone may look like a repetition of one.
  for (const [phone, times] of stops) {
    const rows = org.filter((row) => row.phone === phone && row.body === 'STOP').length;
    if (rows < 1 || rows > times) yield `STOP of one phone is ${rows} times in the org and was sent ${times} times`;
  }
}

function* onPhones({ handed, phones, doubledParts }: Facts): Generator<string> {
  const sent = new Set(
    handed.filter(({ direction }) => direction === 'outbound').map(({ phone, ours, body }) => `${phone} ${ours} ${body}`),
  );
  for (const [key, received] of phones)
    for (const body of received) if (!sent.has(`${key} ${body}`)) yield `${key}: "${body.slice(0, 24)}" was received and not sent there`;
  for (const [phone, parts] of doubledParts) if (parts > 0) yield `${phone}: ${parts} parts of long texts were received twice`;
}

function* afterStop({ handed, moves, stopTaken }: Facts): Generator<string> {
  for (const text of handed) {
    const taken = stopTaken.get(text.phone);
    if (taken === undefined) continue;
    const late = moves.some(({ id, to, at }) => text.ids.includes(id) && to === 'sending' && at > taken + AT_ONCE_MS);
    if (late) yield `outbound "${name(text)}" was sent after a STOP`;
  }
}

const name = ({ body }: Handed) => body.slice(0, 24);
