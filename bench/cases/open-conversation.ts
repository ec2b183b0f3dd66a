/** One of 10,000 conversations is opened from the list → its newest messages are in the document. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { BUBBLE, openConsole, ROW } from '../support/console.ts';
import { judgeCores, watchCores } from '../support/cores.ts';
import { isTiny, say, size } from '../support/output.ts';
import { clickToText, clickToTexts, type Took } from '../support/probe.ts';
import type { Measured } from '../support/result.ts';
import { seedConversations, SHOWN } from '../support/seed.ts';
import { startBenchStack } from '../support/stack.ts';
import { median, percentile, ratios, spread, type Round } from '../support/stats.ts';

const ROUNDS = 5;
const PLAIN = readFileSync(path.join(import.meta.dirname, '../baselines/plain-thread.js'), 'utf8');

export async function run(): Promise<Measured> {
  const each = size(4, 1);
  const stack = await startBenchStack('open-conversation');
  try {
    const total = size(10_000, 300);
    say(`seeding ${total} conversations`);
    // Two more than are measured, to warm up with; the first one measured has the long thread.
    const opened = ROUNDS * each + 2;
    const seeded = seedConversations(stack.salesforce.org, { total, opened, messages: 60, long: { index: 2, messages: size(1_000, 100) } });
    const { page, probe, close } = await openConsole('open-conversation', stack);
    try {
      await page.evaluate(PLAIN);
      const open = async (index: number) => {
        const { id, newestText, oldestShown } = seeded[index] as (typeof seeded)[number];
        const texts = [newestText, oldestShown];
        const [newest, all] = await clickToTexts(page, probe, page.locator(`${ROW}[data-id="${id}"]`), BUBBLE, texts);
        const bubbles = await probe.count(BUBBLE);
        if (bubbles < SHOWN) throw new Error(`only ${bubbles} messages were shown`);
        return { newest: newest as Took, all: all as Took };
      };
      const openPlainly = async (index: number) => {
        const { id, newestText } = seeded[index] as (typeof seeded)[number];
        await page.evaluate(`document.querySelector('#bench-plain-thread').dataset.id = '${id}'`);
        return clickToText(page, probe, page.locator('#bench-plain-thread'), '.bench-plain-item', newestText);
      };
      for (const index of [0, 1]) {
        await open(index);
        await openPlainly(index);
      }

      const watched = watchCores();
      const opens: Took[] = [];
      const alls: Took[] = [];
      const plains: Took[] = [];
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        say(`round ${round + 1} of ${ROUNDS}`);
        const indexes = Array.from({ length: each }, (_, index) => 2 + round * each + index);
        for (const index of indexes) {
          const { newest, all } = await open(index);
          opens.push(newest);
          alls.push(all);
        }
        for (const index of indexes) plains.push(await openPlainly(index));
        const last = (list: Took[]) => median(list.slice(-each).map(({ domMs }) => domMs));
        rounds.push({ product: last(opens), baseline: last(plains) });
      }
      const busy = watched();

      const dom = opens.map(({ domMs }) => domMs);
      const plain = plains.map(({ domMs }) => domMs);
      const ratio = ratios(rounds);
      return {
        figures: [
          { name: 'click → messages in the document, median', value: median(dom), unit: 'ms', spread: spread(dom) },
          { name: 'click → messages in the document, p95', value: percentile(dom, 0.95), unit: 'ms', must: { atMost: 200 } },
          {
            name: 'click → messages painted, p95',
            value: percentile(
              opens.map(({ paintMs }) => paintMs),
              0.95,
            ),
            unit: 'ms',
          },
          {
            name: `click → all ${SHOWN} in the document, p95`,
            value: percentile(
              alls.map(({ domMs }) => domMs),
              0.95,
            ),
            unit: 'ms',
          },
          { name: `  the thread of ${size(1_000, 100)} messages`, value: dom[0] ?? Number.NaN, unit: 'ms' },
          { name: 'baseline: same reads, plain paragraphs, median', value: median(plain), unit: 'ms', spread: spread(plain) },
          { name: 'product : baseline', value: ratio.median, unit: '×', spread: ratio.spread },
        ],
        invalid: judgeCores(busy, stack.pinned),
        notes: [
          `${dom.length} of ${total} conversations, each opened for the first time${isTiny ? '' : ', among them one of 1,000 messages'}; ` +
            `the sandbox org (SQLite) answers the reads; ${stack.notes.join('; ')}`,
        ],
        samples: { opens, alls, plains, busy },
      };
    } finally {
      await close();
    }
  } finally {
    await stack.close();
  }
}
