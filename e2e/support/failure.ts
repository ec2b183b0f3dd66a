/** A picture of every open page when a test failed: what a person would look at first. */
import type { Browser } from 'playwright-core';
import { afterEach } from 'vitest';
import { screenshot } from './browser.ts';

/** Call once in a test file. The pictures are `build/screenshots/failed/<file>-<n>-<m>.png`. */
export function picturesOfFailures(name: string, browser: () => Browser | undefined): void {
  let failures = 0;
  afterEach(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    failures += 1;
    const pages = (browser()?.contexts() ?? []).flatMap((context) => context.pages());
    for (const [index, page] of pages.entries()) {
      await screenshot(page, `${name}-${failures}-${index + 1}`, 'build/screenshots/failed').catch(() => undefined);
    }
  });
}
