import { expect, it } from 'vitest';
import { isRecordId } from './ids.ts';

it.each(['003000000000001', '003000000000001AAA', '00Q000000000009EAA', '001D000000IqhSLIAZ', '0014600000oMRsMAAW'])('%s is an id', (id) =>
  expect(isRecordId(id)).toBe(true),
);

it.each(['', '0030000000000', '0030000000000017', '00300000000000017', '003000000000001AAB', '001d000000IqhSLIAZ', '003000000000001aaa'])(
  '%s is none',
  (id) => expect(isRecordId(id)).toBe(false),
);
