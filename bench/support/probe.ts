import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';

const SOURCE = readFileSync(path.join(import.meta.dirname, '../page/probe.js'), 'utf8');
const CLOCK_TRIES = 15;
const SETTLE_MS = 300;

/** When something that was waited for came into the page; milliseconds since the document's time origin. */
export interface Sighting {
  /** Time stamp of the last click, if there was one since the wait began. */
  clickedAt?: number;
  /** The mutation was seen, before anything was painted. */
  inDomAt: number;
  /** The frame that shows it was handed over. */
  paintedAt: number;
}

export interface Fetched {
  name: string;
  startTime: number;
  responseEnd: number;
}

/** Measures inside a page, without waiting for the browser's remote control. Good until the page loads another document. */
export interface Probe {
  /** Begins to wait for a text inside an element; texts must be unique. */
  expect(selector: string, text: string): Promise<void>;
  /** Throws after half a minute. */
  seen(text: string): Promise<Sighting>;
  /** Requests of the page whose address contains `part`. */
  fetched(part: string): Promise<Fetched[]>;
  count(selector: string): Promise<number>;
  /** A time of the page as one of this process (`performance.timeOrigin + performance.now()`). */
  toOurClock(pageTime: number): number;
}

export async function openProbe(page: Page): Promise<Probe> {
  const cdp = await page.context().newCDPSession(page);
  const { frameTree } = await cdp.send('Page.getFrameTree');
  const { executionContextId: contextId } = await cdp.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
  const evaluate = async <T>(expression: string): Promise<T> => {
    const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
      contextId,
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value as T;
  };
  await evaluate(`${SOURCE};undefined`);
  const offset = await clockOffset(() => evaluate<number>('bench.now()'));
  const origin = await evaluate<number>('bench.timeOrigin()');
  const quoted = (...texts: string[]) => texts.map((text) => JSON.stringify(text)).join(', ');
  return {
    expect: (selector, text) => evaluate(`bench.expect(${quoted(selector, text)})`),
    seen: (text) => orTimeout(evaluate<Sighting>(`bench.seen(${quoted(text)})`), text),
    fetched: (part) => evaluate(`bench.resources(${quoted(part)})`),
    count: (selector) => evaluate(`bench.count(${quoted(selector)})`),
    toOurClock: (pageTime) => origin + pageTime - offset,
  };
}

export interface Took {
  domMs: number;
  paintMs: number;
}

/** Presses the real mouse in the middle of an element and answers how long it took until the text was there. */
export async function clickToText(page: Page, probe: Probe, target: Locator, selector: string, text: string): Promise<Took> {
  return (await clickToTexts(page, probe, target, selector, [text]))[0] as Took;
}

/** The same for several texts, each with its own time. */
export async function clickToTexts(page: Page, probe: Probe, target: Locator, selector: string, texts: string[]): Promise<Took[]> {
  await target.scrollIntoViewIfNeeded();
  const box = await target.boundingBox();
  if (!box) throw new Error(`nothing to click on for "${texts.join('", "')}"`);
  // What the last click set off must not be charged to this one.
  await page.waitForTimeout(SETTLE_MS);
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  for (const text of texts) await probe.expect(selector, text);
  await page.mouse.down();
  await page.mouse.up();
  return Promise.all(
    texts.map(async (text) => {
      const { clickedAt, inDomAt, paintedAt } = await probe.seen(text);
      if (clickedAt === undefined) throw new Error('the page saw no click');
      return { domMs: inDomAt - clickedAt, paintMs: paintedAt - clickedAt };
    }),
  );
}

/** How far the page's clock is ahead of ours, from the exchange that took least time. */
async function clockOffset(readPage: () => Promise<number>): Promise<number> {
  let best = { tripMs: Infinity, offset: 0 };
  for (let tries = 0; tries < CLOCK_TRIES; tries += 1) {
    const before = ourClock();
    const there = await readPage();
    const tripMs = ourClock() - before;
    if (tripMs < best.tripMs) best = { tripMs, offset: there - (before + tripMs / 2) };
  }
  return best.offset;
}

/** Milliseconds since 1970, with fractions; never goes back. */
export function ourClock(): number {
  return performance.timeOrigin + performance.now();
}

async function orTimeout<T>(promise: Promise<T>, text: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`"${text}" did not come into the page within 30 s`)), 30_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
