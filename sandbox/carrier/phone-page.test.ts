import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../../tools/lwc/chromium.ts';
import { OUR_SMPP, OUR_TWILIO, createStopper, eventually, testCarrier, testHook, testLink } from './test-helpers.ts';

const PHONE = '+447700900111';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const stopper = createStopper();
afterEach(() => stopper.stopAll());

describe('the phone page over HTTP', () => {
  it('shows a phone, takes numbers as people write them and keeps a wrong one with its reason', async () => {
    const carrier = stopper.add(await testCarrier({ phones: [{ number: '+14155550155', label: 'Sample <person>' }] }));
    const first = await (await fetch(carrier.url)).text();
    expect(first).toContain('data-phone="+14155550155"');
    expect(first).toContain('Sample &lt;person&gt;');
    const typed = await (await fetch(`${carrier.url}/?phone=${encodeURIComponent('+44 (7700) 900-111')}`)).text();
    expect(typed).toContain(`data-phone="${PHONE}"`);
    const wrong = await fetch(`${carrier.url}/?phone=${encodeURIComponent('12<b>')}`);
    expect(wrong.status).toBe(422);
    expect(await wrong.text()).toContain('value="12&lt;b&gt;"');
  });

  it('refuses empty texts, pictures where none are taken, odd files and unknown fields', async () => {
    const carrier = stopper.add(await testCarrier());
    const order = { from: PHONE, to: OUR_TWILIO, body: '' };
    await expect(carrier.post('/phone/api/texts', order)).rejects.toThrow(/422.*Write something/);
    await expect(carrier.post('/phone/api/texts', { ...order, to: OUR_SMPP, media: ['parcel'] })).rejects.toThrow(/422.*takes no pictures/);
    await expect(carrier.post('/phone/api/texts', { ...order, media: ['nothing'] })).rejects.toThrow(/422.*no sample picture/);
    await expect(carrier.post('/phone/api/texts', { ...order, media: [{ contentType: 'image/png', data: '' }] })).rejects.toThrow(
      /422.*empty/,
    );
    await expect(carrier.post('/phone/api/texts', { ...order, from: 'me' })).rejects.toThrow(/400.*not a phone number/);
    await expect(carrier.post('/phone/api/texts', { ...order, extra: 1 })).rejects.toThrow(/400/);
    expect((await carrier.get(`/__sandbox/phones/${PHONE}`)).messages).toEqual([]);
  });

  it('answers to this machine only, and takes settings from its own pages only', async () => {
    const carrier = stopper.add(await testCarrier());
    const answer = await carrier.app.inject({ url: '/', headers: { host: 'evil.example' } });
    expect(answer.statusCode).toBe(421);
    const form = { number: OUR_TWILIO, smsUrl: 'http://localhost:8080/in' };
    const save = (headers: Record<string, string>, body = form): Promise<Response> =>
      fetch(`${carrier.url}/carrier`, { method: 'POST', redirect: 'manual', headers, body: new URLSearchParams(body) });
    expect((await save({ origin: 'https://evil.example' })).status).toBe(403);
    expect((await save({}, { ...form, smsUrl: 'javascript:alert(1)' })).status).toBe(422);
    expect((await save({ origin: carrier.url })).status).toBe(303);
    expect((await carrier.get('/__sandbox/accounts')).twilio[0].numbers[0].smsUrl).toBe(form.smsUrl);
    await carrier.post('/__sandbox/reset');
    expect((await carrier.get('/__sandbox/accounts')).twilio[0].numbers[0].smsUrl).toBe(form.smsUrl);
  });
});

describe('the phone page in a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());

  async function open(url: string, width = 1100): Promise<{ page: Page; complaints: string[] }> {
    const context = await browser.newContext({ viewport: { width, height: 900 }, timezoneId: 'UTC' });
    stopper.add(context);
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
    await page.goto(`${url}/?phone=${encodeURIComponent(PHONE)}`);
    await page.getByRole('heading', { name: `Phone ${PHONE}` }).waitFor();
    return { page, complaints };
  }

  async function violations(page: Page): Promise<string[]> {
    // Through the debugger, because the page's own policy allows no foreign script.
    await page.evaluate(AXE);
    const result = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
    return result.violations.map((violation) => `${violation.id}: ${violation.nodes[0]?.html ?? ''}`);
  }

  it('shows texts as they arrive and sends with the keyboard alone', async () => {
    const carrier = stopper.add(await testCarrier());
    const link = stopper.add(testLink(carrier.smppPort));
    await link.bound();
    const { page, complaints } = await open(carrier.url);
    await page.getByRole('combobox', { name: 'Conversation with' }).focus();
    await page.keyboard.press('ArrowDown');
    await link.submit({ from: OUR_SMPP, to: PHONE, text: 'Is 9 o’clock all right? 😀' });
    await page.getByText('Is 9 o’clock all right? 😀').waitFor();

    // Selection → log → five emoji and three words → text field.
    for (let tab = 0; tab < 10; tab += 1) await page.keyboard.press('Tab');
    await page.keyboard.type('Yes');
    await page.keyboard.press('Shift+Enter');
    await page.keyboard.type('see you ❤️');
    await page.keyboard.press('Enter');

    await page.getByText('Delivered').waitFor();
    expect(link.inbound.map((message) => message.text)).toEqual(['Yes\nsee you ❤️']);
    expect(await page.getByRole('textbox', { name: 'Text', exact: true }).inputValue()).toBe('');
    expect(await violations(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('sends pictures and STOP, says what became of them, and keeps the text when the sandbox is away', async () => {
    const carrier = await testCarrier();
    let open_ = true;
    stopper.add({ close: () => (open_ ? carrier.close() : undefined) });
    const hook = stopper.add(await testHook());
    await carrier.app.inject({ method: 'POST', url: '/carrier', payload: { number: OUR_TWILIO, smsUrl: hook.url } });
    const { page } = await open(carrier.url, 320);
    await page.getByRole('combobox', { name: 'Sample picture' }).selectOption('parcel');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByRole('img', { name: 'Picture: parcel.png' }).waitFor();
    await page.getByText('Delivered').waitFor();
    await page.locator('#file').setInputFiles({ name: 'own.png', mimeType: 'image/png', buffer: Buffer.from('89504e470d0a1a0a', 'hex') });
    await page.getByRole('button', { name: 'STOP' }).click();
    await page.keyboard.press('Enter');
    await eventually('both webhooks', () => hook.calls.length === 2);
    expect(hook.calls.map((call) => [call.params.Body, call.params.NumMedia])).toEqual([
      ['', '1'],
      ['STOP', '1'],
    ]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(320);
    expect(await violations(page)).toEqual([]);

    await carrier.close();
    open_ = false;
    await page.getByRole('textbox', { name: 'Text', exact: true }).fill('do not lose me');
    await page.keyboard.press('Enter');
    await page
      .getByRole('alert')
      .filter({ hasText: /kept; try again|line to the sandbox is down/ })
      .waitFor();
    expect(await page.getByRole('textbox', { name: 'Text', exact: true }).inputValue()).toBe('do not lose me');
  });

  it('has settings that can be used and read', async () => {
    const carrier = stopper.add(await testCarrier());
    const { page } = await open(carrier.url);
    await page.getByRole('link', { name: /Carrier settings/ }).click();
    await page
      .getByRole('textbox', { name: `Webhook address for texts to ${OUR_TWILIO}` })
      .fill('http://localhost:8080/carriers/twilio/1/inbound');
    await page.keyboard.press('Enter');
    await page.getByRole('status').getByText('is saved').waitFor();
    expect(await violations(page)).toEqual([]);
  });
});
