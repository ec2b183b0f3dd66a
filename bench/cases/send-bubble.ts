/** Click on Send in the console → the bubble is in the document. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { SAMPLE_NUMBERS } from '../../sandbox/salesforce/sample/sample.ts';
import { BUBBLE, COMPOSER, openConsole, startConversation } from '../support/console.ts';
import { judgeCores, watchCores } from '../support/cores.ts';
import { say, size } from '../support/output.ts';
import { clickToText } from '../support/probe.ts';
import type { Measured } from '../support/result.ts';
import { startBenchStack } from '../support/stack.ts';
import { median, percentile, ratios, spread, type Round } from '../support/stats.ts';

const ROUNDS = 5;
const PLAIN = readFileSync(path.join(import.meta.dirname, '../baselines/plain-append.js'), 'utf8');

export async function run(): Promise<Measured> {
  const stack = await startBenchStack('send-bubble');
  try {
    const conversation = await startConversation(stack, SAMPLE_NUMBERS.single);
    const { page, probe, close } = await openConsole('send-bubble', stack, conversation);
    try {
      await page.evaluate(PLAIN);
      const composer = page.locator(COMPOSER);
      const send = async (text: string) => {
        await composer.getByRole('textbox').fill(text);
        return clickToText(page, probe, composer.getByRole('button', { name: 'Send' }), BUBBLE, text);
      };
      const append = async (text: string) => {
        await page.evaluate(`document.querySelector('#bench-plain-append').dataset.text = ${JSON.stringify(text)}`);
        return clickToText(page, probe, page.locator('#bench-plain-append'), '.bench-plain-item', text);
      };
      for (let index = 0; index < 3; index += 1) {
        await send(`Warming up ${index}.`);
        await append(`Warming up plainly ${index}.`);
      }

      const each = size(6, 1);
      const watched = watchCores();
      const sends: { domMs: number; paintMs: number }[] = [];
      const plains: { domMs: number; paintMs: number }[] = [];
      const rounds: Round[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        say(`round ${round + 1} of ${ROUNDS}`);
        for (let index = 0; index < each; index += 1) sends.push(await send(`Sent in round ${round}, text ${index}.`));
        for (let index = 0; index < each; index += 1) plains.push(await append(`Appended in round ${round}, text ${index}.`));
        const last = (list: { domMs: number }[]) => median(list.slice(-each).map(({ domMs }) => domMs));
        rounds.push({ product: last(sends), baseline: last(plains) });
      }
      const busy = watched();

      const dom = sends.map(({ domMs }) => domMs);
      const plain = plains.map(({ domMs }) => domMs);
      const ratio = ratios(rounds);
      return {
        figures: [
          { name: 'click → bubble in the document, median', value: median(dom), unit: 'ms', spread: spread(dom) },
          { name: 'click → bubble in the document, p95', value: percentile(dom, 0.95), unit: 'ms', must: { atMost: 100 } },
          {
            name: 'click → bubble painted, p95',
            value: percentile(
              sends.map(({ paintMs }) => paintMs),
              0.95,
            ),
            unit: 'ms',
          },
          { name: 'baseline: click → plain element, median', value: median(plain), unit: 'ms', spread: spread(plain) },
          { name: 'product : baseline', value: ratio.median, unit: '×', spread: ratio.spread },
        ],
        invalid: judgeCores(busy, stack.pinned),
        notes: [`${dom.length} sends; ${stack.notes.join('; ')}`],
        samples: { sends, plains, busy },
      };
    } finally {
      await close();
    }
  } finally {
    await stack.close();
  }
}
