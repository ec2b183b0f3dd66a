import { describe, expect, it } from 'vitest';
import { readKeyword } from './keywords.ts';
import { preview } from './send.ts';
import { deliveryStatus, sentStatus, statusOfParts } from './status.ts';
import { shardOf } from './types.ts';

describe('keywords', () => {
  it.each([
    'STOP',
    'stop',
    ' Stop. ',
    '"STOP"',
    'stop!!',
    'StopAll',
    'Stop all',
    'UNSUBSCRIBE',
    'cancel',
    'END',
    'quit',
    'opt-out',
    'Arrêt',
    'arret',
    'STOPP',
    'Baja',
    'revoke',
  ])('%j means stop', (text) => expect(readKeyword(text)?.kind).toBe('stop'));
  it.each(['START', 'unstop', 'Opt-In', 'subscribe '])('%j means start', (text) => expect(readKeyword(text)?.kind).toBe('start'));
  it.each(['HELP', 'help?', 'Info', 'Hilfe', 'aide'])('%j means help', (text) => expect(readKeyword(text)?.kind).toBe('help'));
  it.each(['', ' ', 'please stop', 'stop it now', 'the end', 'nonstop', 'no help needed', 'STARTING', '🛑', 'ok'])(
    '%j means nothing',
    (text) => expect(readKeyword(text)).toBeUndefined(),
  );
});

describe('the status of a message', () => {
  const [sent, delivered, undelivered, failed] = (['sent', 'delivered', 'undelivered', 'failed'] as const).map((status) => ({ status }));

  it('follows from all of its parts', () => {
    expect(statusOfParts([delivered!, delivered!], 2)).toBe('delivered');
    expect(statusOfParts([delivered!, sent!], 2)).toBe('sent');
    expect(statusOfParts([delivered!, undelivered!, sent!], 3)).toBe('undelivered');
    expect(statusOfParts([undelivered!, failed!], 2)).toBe('failed');
  });

  it('is not known while the carrier does not have all parts', () => {
    expect(statusOfParts([delivered!], 2)).toBeUndefined();
    expect(statusOfParts([failed!, delivered!], 3)).toBeUndefined();
  });

  it.each([
    ['queued', false, 'Queued', null],
    ['sending', false, 'Sending', null],
    ['sent', true, 'Sent', 'Pending'],
    ['delivered', true, 'Sent', 'Delivered'],
    ['undelivered', true, 'Sent', 'Undelivered'],
    ['failed', true, 'Sent', 'Failed'],
    ['failed', false, 'Failed', null],
    ['unknown', false, 'Unknown', null],
  ] as const)('%s (accepted: %s) is shown as %s / %s', (status, accepted, first, second) => {
    const message = { direction: 'outbound', status, accepted };
    expect([sentStatus(message), deliveryStatus(message)]).toEqual([first, second]);
  });

  it('of an inbound one is Received', () => {
    const message = { direction: 'inbound', status: 'received', accepted: false } as const;
    expect([sentStatus(message), deliveryStatus(message)]).toEqual(['Received', null]);
  });
});

describe('the beginning of a text', () => {
  it('is one line of at most 200 units and ends with a whole character', () => {
    expect(preview('  two\n\n lines\t here ')).toBe('two lines here');
    expect(preview('x'.repeat(500))).toHaveLength(200);
    const emoji = preview(`x${'🙂'.repeat(150)}`);
    expect(emoji).toHaveLength(199);
    expect(emoji.isWellFormed()).toBe(true);
  });
});

it('gives a conversation always the same of four lanes', () => {
  const ids = Array.from({ length: 64 }, (_, index) => `00000000-0000-4000-8000-0000000000${index.toString(16).padStart(2, '0')}`);
  expect(new Set(ids.map(shardOf))).toEqual(new Set(['0', '1', '2', '3']));
  expect(shardOf(ids[63]!)).toBe('3');
});
