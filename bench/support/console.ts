import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser, openUserPage } from '../../e2e/support/browser.ts';
import { isProfiled, PROFILES } from './output.ts';
import { openProbe, type Probe } from './probe.ts';
import type { BenchStack } from './stack.ts';

export const AGENT = 'agent@sandbox.test';

/** Parts of the console; the utility bar has the same components. */
export const BUBBLE = 'c-messaging-console c-messaging-bubble';
export const ROW = 'c-messaging-console c-messaging-conversation-list [role="option"]';
export const COMPOSER = 'c-messaging-console c-messaging-composer';

export interface Console {
  page: Page;
  probe: Probe;
  close(): Promise<void>;
}

/** The agent's console in a browser, with that conversation open (or none) and everything on it loaded. */
export async function openConsole(name: string, stack: BenchStack, conversationId?: string): Promise<Console> {
  const browser = await launchBrowser();
  try {
    const user = await openUserPage(browser, { url: `http://localhost:${stack.ports.lightning}`, username: AGENT });
    await user.open(`/lightning/n/Switchboard_Console${conversationId ? `?c__conversation=${conversationId}` : ''}`);
    await user.page.locator(ROW).first().waitFor();
    if (conversationId) await user.page.locator(BUBBLE).first().waitFor();
    await user.page.waitForLoadState('networkidle', { timeout: 3_000 }).catch(() => undefined); // the event stream stays open
    const probe = await openProbe(user.page);
    const endProfile = await profilePage(user.page, name);
    return {
      page: user.page,
      probe,
      async close() {
        await endProfile();
        await browser.close();
      },
    };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** With `--profile`: where the page's scripts spend their time. The probe's figures of such a run are worth less. */
async function profilePage(page: Page, name: string): Promise<() => Promise<void>> {
  if (!isProfiled) return async () => undefined;
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Profiler.enable');
  await cdp.send('Profiler.start');
  return async () => {
    const { profile } = await cdp.send('Profiler.stop');
    mkdirSync(PROFILES, { recursive: true });
    writeFileSync(path.join(PROFILES, `${name}.page.cpuprofile`), JSON.stringify(profile));
  };
}

/** A first text from a phone, and the conversation that it made once it is in the org. */
export async function startConversation(stack: BenchStack, from: string): Promise<string> {
  await textFrom(stack, from, 'The first text.');
  return until('the first text is in the org', () => {
    const [row] = stack.salesforce.org.query(`SELECT ExternalId__c FROM Conversation__c WHERE CustomerNumber__c = '${from}'`);
    return row?.['ExternalId__c'] as string | undefined;
  });
}

/** A customer writes: the sandbox carrier stores the text and posts its signed webhook. */
export async function textFrom(stack: BenchStack, from: string, body: string): Promise<void> {
  const response = await fetch(`http://localhost:${stack.ports.carrier}/__sandbox/inbound`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ carrier: 'twilio', from, to: '+14155550100', body }),
  });
  if (!response.ok) throw new Error(`the sandbox carrier refused a text: ${await response.text()}`);
}

/** Asks again until there is an answer other than undefined and false. Throws after `withinMs`. */
export async function until<T>(what: string, ask: () => T | Promise<T>, withinMs = 30_000): Promise<NonNullable<T>> {
  const end = performance.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== null && answer !== false) return answer;
    if (performance.now() > end) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
