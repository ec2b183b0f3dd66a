/** The carrier posts its inbound webhook → the bubble is visible on the open page, and where the time goes. */
import { SAMPLE_NUMBERS } from '../../sandbox/salesforce/sample/sample.ts';
import { BUBBLE, openConsole, startConversation, textFrom } from '../support/console.ts';
import { judgeCores, watchCores } from '../support/cores.ts';
import { watchJourney, type Journey } from '../support/journey.ts';
import { say, size } from '../support/output.ts';
import type { Probe } from '../support/probe.ts';
import type { Figure, Measured } from '../support/result.ts';
import { startBenchStack } from '../support/stack.ts';
import { median, percentile, spread } from '../support/stats.ts';

const PER_SECOND = 2;
const READ = '/__shell/apex/ConversationReads.messages';

/** One text's way, in milliseconds; the stages add up to `visible`. */
interface Way {
  answered: number;
  inOrg: number;
  asked: number;
  reread: number;
  shown: number;
  visible: number;
}

const STAGES: [keyof Way, string][] = [
  ['answered', 'webhook posted → answered'],
  ['inOrg', 'answered → in the org, event published'],
  ['asked', 'event → page asks again'],
  ['reread', 'page asks → has its answer'],
  ['shown', 'answer → bubble painted'],
];

export async function run(): Promise<Measured> {
  const stack = await startBenchStack('inbound-visible');
  try {
    const conversation = await startConversation(stack, SAMPLE_NUMBERS.single);
    const { probe, close } = await openConsole('inbound-visible', stack, conversation);
    const journey = watchJourney(stack.salesforce, conversation);
    try {
      for (let index = 0; index < 2; index += 1) await text(`Warming up ${index}.`);
      const texts = Array.from({ length: size(40, 4) }, (_, index) => `A text from the street, number ${index + 1}.`);
      say(`${texts.length} texts, ${PER_SECOND} a second`);
      const watched = watchCores();
      const ways = await Promise.all(
        texts.map(async (body, index) => {
          await new Promise((resolve) => setTimeout(resolve, (index * 1_000) / PER_SECOND));
          return text(body);
        }),
      );
      const busy = watched();

      const visible = ways.map((way) => way.visible);
      const stages = STAGES.map(([stage, name]): Figure => {
        const times = ways.map((way) => way[stage]);
        return { name: `  ${name}, median`, value: median(times), unit: 'ms', spread: spread(times) };
      });
      return {
        figures: [
          { name: 'webhook posted → visible, median', value: median(visible), unit: 'ms', spread: spread(visible) },
          { name: 'webhook posted → visible, p95', value: percentile(visible, 0.95), unit: 'ms', must: { atMost: 1_000 } },
          ...stages,
        ],
        invalid: judgeCores(busy, stack.pinned),
        notes: [`${ways.length} texts at ${PER_SECOND} a second into one open conversation; ${stack.notes.join('; ')}`],
        samples: { ways, busy },
      };
    } finally {
      journey.close();
      await close();
    }

    async function text(body: string): Promise<Way> {
      await probe.expect(BUBBLE, body);
      await textFrom(stack, SAMPLE_NUMBERS.single, body);
      const { paintedAt } = await probe.seen(body);
      return wayOf(body, paintedAt, probe, journey);
    }
  } finally {
    await stack.close();
  }
}

async function wayOf(body: string, paintedAt: number, probe: Probe, journey: Journey): Promise<Way> {
  const { postedAt, answeredAt, eventAt } = journey.of(body);
  const read = (await probe.fetched(READ)).findLast(({ responseEnd }) => responseEnd <= paintedAt);
  if (!read) throw new Error('the page showed a text without having asked for it');
  const [askedAt, readAt, visibleAt] = [read.startTime, read.responseEnd, paintedAt].map((time) => probe.toOurClock(time)) as [
    number,
    number,
    number,
  ];
  return {
    answered: answeredAt - postedAt,
    inOrg: eventAt - answeredAt,
    asked: askedAt - eventAt,
    reread: readAt - askedAt,
    shown: visibleAt - readAt,
    visible: visibleAt - postedAt,
  };
}
