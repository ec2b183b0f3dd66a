/** Walking a page with the keyboard, as people without a mouse do. */
import type { Page } from 'playwright-core';

const MOST_STEPS = 80;

/** Role and name of what has the focus, such as `button "Send"`; empty when nothing has it. */
export async function focused(page: Page): Promise<string> {
  const element = page.locator(':focus');
  if ((await element.count()) === 0) return '';
  const [first = ''] = (await element.ariaSnapshot()).split('\n');
  return first.replace(/^- /, '').replace(/:$/, '');
}

/** Presses Tab (or another key) until what has the focus matches. Throws when the focus is lost or invisible on the way, or never gets there. */
export async function walkTo(page: Page, wanted: RegExp, key = 'Tab'): Promise<string> {
  const seen: string[] = [];
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press(key);
    const now = await focused(page);
    seen.push(now);
    if (wanted.test(now)) {
      await expectVisibleFocus(page, now);
      return now;
    }
    if (now !== '') await expectVisibleFocus(page, now);
  }
  throw new Error(`${key} did not lead to ${String(wanted)}, but to:\n${seen.join('\n')}`);
}

/** The element, or what stands for it beside a hidden input, must show an outline, a ring or a changed border. */
async function expectVisibleFocus(page: Page, what: string): Promise<void> {
  const visible = await page.locator(':focus').evaluate((element) => {
    const shows = (candidate: Element | null): boolean => {
      if (!candidate) return false;
      const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(candidate);
      return (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0) || boxShadow !== 'none';
    };
    const beside = element.nextElementSibling;
    return shows(element) || shows(beside) || [...(beside?.children ?? [])].some(shows);
  });
  if (!visible) throw new Error(`the focus on ${what} cannot be seen`);
}
