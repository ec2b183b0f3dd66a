/** Accessibility of what is really in the document. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';

const SOURCE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export interface AxeOptions {
  /** CSS selectors of parts that are not ours. */
  exclude?: string[];
  /** Rules that cannot hold here; say why where you name one. */
  disable?: string[];
}

export interface AxeViolation {
  rule: string;
  impact: string;
  help: string;
  nodes: string[];
}

/**
 * Runs axe in an isolated world of the page. Synthetic shadow is an emulation by patched DOM functions: there, and only there, the document is
 * seen as browsers and assistive technology see it, with everything that components render.
 */
export async function axeViolations(page: Page, { exclude = [], disable = [] }: AxeOptions = {}): Promise<AxeViolation[]> {
  const cdp = await page.context().newCDPSession(page);
  try {
    const { frameTree } = await cdp.send('Page.getFrameTree');
    const { executionContextId } = await cdp.send('Page.createIsolatedWorld', { frameId: frameTree.frame.id });
    await evaluate(cdp, executionContextId, `${SOURCE};undefined`);
    const options = { rules: Object.fromEntries(disable.map((rule) => [rule, { enabled: false }])), resultTypes: ['violations'] };
    const run = `axe.run({ include: [['html']], exclude: ${JSON.stringify(exclude.map((selector) => [selector]))} }, ${JSON.stringify(options)})
      .then(({ violations }) => violations.map(({ id, impact, help, nodes }) =>
        ({ rule: id, impact: String(impact), help, nodes: nodes.map(({ html, failureSummary }) => html.slice(0, 300) + ' -- ' + failureSummary) })))`;
    return (await evaluate(cdp, executionContextId, run)) as AxeViolation[];
  } finally {
    await cdp.detach();
  }
}

/** Throws with every violation in words unless there is none. */
export async function expectAccessible(page: Page, options: AxeOptions = {}): Promise<void> {
  const violations = await axeViolations(page, options);
  if (violations.length === 0) return;
  const lines = violations.map(({ rule, impact, help, nodes }) => `${rule} (${impact}): ${help}\n    ${nodes.slice(0, 5).join('\n    ')}`);
  throw new Error(`${violations.length} accessibility violations at ${page.url()}:\n${lines.join('\n')}`);
}

interface Session {
  send(
    method: 'Runtime.evaluate',
    parameters: { contextId: number; expression: string; awaitPromise: boolean; returnByValue: boolean },
  ): Promise<{ result: { value?: unknown }; exceptionDetails?: { text: string; exception?: { description?: string } } }>;
}

async function evaluate(cdp: Session, contextId: number, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await cdp.send('Runtime.evaluate', {
    contextId,
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  return result.value;
}
