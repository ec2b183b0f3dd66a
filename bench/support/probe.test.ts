import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { launchBrowser } from '../../tools/lwc/chromium.ts';
import { clickToText, openProbe, ourClock, type Probe } from './probe.ts';

const PLANTED_MS = 300;

let browser: Browser;
let page: Page;
let probe: Probe;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);

afterAll(async () => {
  await browser?.close();
});

beforeEach(async () => {
  page = await browser.newPage();
  await page.setContent('<button id="late">Late</button><main></main>');
  await page.evaluate(`document.querySelector('#late').addEventListener('click', () => setTimeout(() => {
    document.querySelector('main').innerHTML += '<p class="bubble">planted</p>';
  }, ${PLANTED_MS}))`);
  probe = await openProbe(page);
});

it('sees a planted delay, and one in the painting', async () => {
  const { domMs, paintMs } = await clickToText(page, probe, page.locator('#late'), '.bubble', 'planted');
  expect(domMs).toBeGreaterThanOrEqual(PLANTED_MS - 1); // timers of a browser may be early by a fraction
  expect(paintMs).toBeGreaterThanOrEqual(domMs);
});

it('sees a handler that works on and on before it shows anything', async () => {
  await page.evaluate(`document.querySelector('#late').addEventListener('click', () => {
    const end = performance.now() + ${PLANTED_MS};
    while (performance.now() < end);
    document.querySelector('main').innerHTML += '<p class="bubble">busy</p>';
  })`);
  const { domMs } = await clickToText(page, probe, page.locator('#late'), '.bubble', 'busy');
  expect(domMs).toBeGreaterThanOrEqual(PLANTED_MS);
});

it('measures the frozen baseline, which has no such delay', async () => {
  await page.evaluate(readFileSync(path.join(import.meta.dirname, '../baselines/plain-append.js'), 'utf8'));
  await page.evaluate(`document.querySelector('#bench-plain-append').dataset.text = 'plain'`);
  const plain = await clickToText(page, probe, page.locator('#bench-plain-append'), '.bench-plain-item', 'plain');
  const late = await clickToText(page, probe, page.locator('#late'), '.bubble', 'planted');
  expect(plain.domMs).toBeGreaterThan(0);
  expect(late.domMs / plain.domMs).toBeGreaterThan(1);
});

it('waits for the element that was named, not for the text anywhere', async () => {
  await probe.expect('.bubble', 'planted');
  await page.evaluate(`document.querySelector('main').innerHTML = '<p class="preview">planted</p>'`);
  const shownBefore = await page.evaluate<number>('performance.now()');
  await page.locator('#late').click();
  const { inDomAt } = await probe.seen('planted');
  expect(inDomAt).toBeGreaterThan(shownBefore);
  expect(await probe.count('.bubble')).toBe(1);
});

it('tells times of the page in the clock of this process', async () => {
  const before = ourClock();
  const inPage = probe.toOurClock(await page.evaluate<number>('performance.now()'));
  const after = ourClock();
  const [early, late] = [before - 25, after + 25]; // the exchange that the offset is taken from is not instant either
  expect(inPage).toBeGreaterThan(early);
  expect(inPage).toBeLessThan(late);
});
