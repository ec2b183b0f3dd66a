/** One browser for a test file, pages in it as signed-in users. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, ConsoleMessage, Page } from 'playwright-core';
import { launchBrowser } from '../../tools/lwc/chromium.ts';

export interface UserPageOptions {
  /** Where the Lightning page runs. */
  url: string;
  /** Default: the sample agent. */
  username?: string;
  width?: number;
  height?: number;
  /** Pinned, because pages show times in the browser's zone. */
  timezoneId?: string;
  locale?: string;
}

export interface UserPage {
  page: Page;
  context: BrowserContext;
  guard: ConsoleGuard;
  /** Opens an address of the Lightning page, such as `/lightning/n/Switchboard_Console`, and waits for its heading. */
  open(address: string): Promise<void>;
  close(): Promise<void>;
}

export { launchBrowser };

/** A fresh context (cookies, storage) with one page, signed in as that user, whose console is watched. */
export async function openUserPage(browser: Browser, options: UserPageOptions): Promise<UserPage> {
  const { url, username, width = 1280, height = 900, timezoneId = 'Europe/Prague', locale = 'en-GB' } = options;
  const context = await browser.newContext({ viewport: { width, height }, timezoneId, locale, reducedMotion: 'reduce' });
  if (username) await signIn(context, url, username);
  const page = await context.newPage();
  const guard = watchConsole(page);
  return {
    page,
    context,
    guard,
    async open(address) {
      await page.goto(url + address);
      await page.locator('h1').first().waitFor({ state: 'attached' });
    },
    close: () => context.close(),
  };
}

/** Signs in by the page's own route, as the user menu does. */
export async function signIn(context: BrowserContext, url: string, username: string): Promise<void> {
  const response = await context.request.post(`${url}/__shell/login`, { data: { username } });
  if (!response.ok()) throw new Error(`Could not sign in as ${username}: ${await response.text()}`);
}

export interface ConsoleGuard {
  /** What was logged as an error or thrown, except what is allowed. */
  problems(): string[];
  /** Throws if there was any, and forgets. */
  expectQuiet(): void;
  /** An error that the test provokes. */
  allow(pattern: RegExp): void;
}

/** Collects console errors, uncaught errors and failed loads. LWC's own warnings about base components are not ours. */
export function watchConsole(page: Page): ConsoleGuard {
  let problems: string[] = [];
  const allowed: RegExp[] = [];
  const note = (text: string): void => {
    if (!allowed.some((pattern) => pattern.test(text))) problems.push(text);
  };
  page.on('console', (message) => {
    if (message.type() === 'error') note(describe(message));
  });
  page.on('pageerror', (error) => note(`uncaught: ${error.message}`));
  return {
    problems: () => [...problems],
    allow: (pattern) => {
      allowed.push(pattern);
      problems = problems.filter((text) => !pattern.test(text));
    },
    expectQuiet() {
      const seen = problems;
      problems = [];
      if (seen.length > 0) throw new Error(`The browser's console has errors:\n${seen.join('\n')}`);
    },
  };
}

function describe(message: ConsoleMessage): string {
  const { url } = message.location();
  return message.text().startsWith('Failed to load resource') ? `${message.text()} ${url}` : message.text();
}

/** Saves what the window shows (or the page to its end) as `<folder>/<name>.png` and answers the file's path. */
export async function screenshot(page: Page, name: string, folder = 'build/screenshots', fullPage = false): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${name}.png`);
  await page.screenshot({ path: file, animations: 'disabled', fullPage });
  return file;
}
