/** What the sandbox carrier tells of the texts of one phone, as its own phone page is told. */
import type { PhoneMessage } from '../../sandbox/carrier/store.ts';

/** Resolves when the watch has begun; `told` is called with every new or changed text until the signal ends it. */
export async function watchPhone(
  carrierUrl: string,
  phone: string,
  signal: AbortSignal,
  told: (message: PhoneMessage) => void,
): Promise<void> {
  const answer = await fetch(`${carrierUrl}/phone/api/events?phone=${encodeURIComponent(phone)}`, { signal });
  if (!answer.ok || !answer.body) throw new Error(`the carrier answered ${answer.status} when a phone was to be watched`);
  void read(answer.body as unknown as AsyncIterable<Uint8Array>, told).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}

async function read(events: AsyncIterable<Uint8Array>, told: (message: PhoneMessage) => void): Promise<void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const piece of events) {
    const lines = `${rest}${decoder.decode(piece, { stream: true })}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.startsWith('data: ')) told(JSON.parse(line.slice('data: '.length)) as PhoneMessage);
  }
}
