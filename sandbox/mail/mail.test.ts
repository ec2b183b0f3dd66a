import nodemailer from 'nodemailer';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startMail } from './server.ts';
import type { MailPeer } from './server.ts';

let peer: MailPeer;
let send: (to: string, more?: object) => Promise<unknown>;

beforeEach(async () => {
  peer = await startMail({ smtpPort: 0, port: 0 });
  const transport = nodemailer.createTransport({ host: '127.0.0.1', port: peer.smtpPort, secure: false, ignoreTLS: true });
  send = (to, more = {}) =>
    transport.sendMail({
      from: 'Switchboard <switchboard@sandbox.test>',
      to,
      subject: 'Invitation – für Sie',
      text: 'Open http://localhost:8080/connect/invite/abc123. It works once.',
      ...more,
    });
});
afterEach(() => peer.close());

async function mails(to = ''): Promise<{ id: number; subject: string; links: string[]; to: string[]; text: string }[]> {
  const response = await fetch(`${peer.url}/__sandbox/mails?to=${encodeURIComponent(to)}`);
  return ((await response.json()) as { items: never[] }).items;
}

async function fault(rule: unknown): Promise<void> {
  const response = await fetch(`${peer.url}/__sandbox/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(rule),
  });
  expect(response.status).toBe(201);
}

test('keeps what a client sends and finds it by recipient', async () => {
  await send('standby@sandbox.test, Admin <ADMIN@sandbox.test>');
  await send('other@sandbox.test', { subject: 'Other' });
  const found = await mails('admin@sandbox.test');
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    subject: 'Invitation – für Sie',
    to: ['standby@sandbox.test', 'admin@sandbox.test'],
    links: ['http://localhost:8080/connect/invite/abc123'],
  });
  expect(await mails()).toHaveLength(2);
});

test('shows list and message with clickable links, without letting mail markup into the page', async () => {
  await send('a@sandbox.test', {
    subject: '<b>bold</b>',
    html: '<p><a href="http://localhost:8080/x?a=1&amp;b=2">go</a></p><script>alert(1)</script>',
  });
  const [mail] = await mails();
  expect(mail?.links).toEqual(['http://localhost:8080/connect/invite/abc123', 'http://localhost:8080/x?a=1&b=2']);
  const list = await (await fetch(peer.url)).text();
  expect(list).toContain('&lt;b&gt;bold&lt;/b&gt;');
  const page = await fetch(`${peer.url}/mails/${mail?.id}`);
  const markup = await page.text();
  expect(markup).toContain('<a href="http://localhost:8080/connect/invite/abc123"');
  expect(markup).not.toContain('<script');
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect((await fetch(`${peer.url}/mails/99`)).status).toBe(404);
});

test('a temporary failure answers 451 as often as told, and keeps nothing', async () => {
  await fault({ match: { method: 'SMTP' }, times: 1, action: { status: 451 } });
  await expect(send('a@sandbox.test')).rejects.toMatchObject({ responseCode: 451 });
  expect(await mails()).toHaveLength(0);
  await send('a@sandbox.test');
  expect(await mails()).toHaveLength(1);
});

test('drop "before" loses the message, drop "after" keeps it and loses the reply', async () => {
  await fault([
    { match: { user: 'lost@sandbox.test' }, action: { drop: 'before' } },
    { match: { user: 'kept@sandbox.test' }, action: { drop: 'after' } },
  ]);
  await expect(send('lost@sandbox.test')).rejects.toThrow(/close|socket|ECONN/i);
  await expect(send('kept@sandbox.test')).rejects.toThrow(/close|socket|ECONN/i);
  expect((await mails()).map((mail) => mail.to)).toEqual([['kept@sandbox.test']]);
});

test('reset empties the mailbox, the faults and the counts', async () => {
  await send('a@sandbox.test');
  await fault({ match: { method: 'SMTP' }, action: { status: 451 } });
  const counted = (await (await fetch(`${peer.url}/__sandbox/calls`)).json()) as { byUser: Record<string, number> };
  expect(counted.byUser['a@sandbox.test']).toBe(1);
  await fetch(`${peer.url}/__sandbox/reset`, { method: 'POST' });
  expect(await mails()).toHaveLength(0);
  await send('a@sandbox.test');
  expect(await mails()).toHaveLength(1);
});
