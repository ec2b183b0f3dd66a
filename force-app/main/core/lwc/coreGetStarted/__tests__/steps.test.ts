import { stepsOf } from '../steps';
import type { Progress } from '../steps';

const ORG = { name: 'Sample', registeredAt: '2026-11-01T08:00:00Z' } as Progress['org'];
const ACCOUNT = { id: 'a', label: 'Carrier', state: 'connected', stateText: '' } as Progress['accounts'][0];
const NUMBER = { id: 'n', number: '+14155550100' } as Progress['numbers'][0];
const USER = { id: 'u', name: 'Ada', status: 'connected' } as Progress['connections'][0];
const check = (id: string, status: 'ok' | 'warning' | 'failed') => ({ id, title: id, status, detail: `${id} detail`, fix: `${id} fix` });

const NEW: Progress = {
  registration: 'unregistered',
  connections: [],
  accounts: [],
  numbers: [],
  checks: [],
  testDelivered: false,
  testFailed: false,
};
const DONE: Progress = {
  registration: 'registered',
  org: ORG,
  connections: [USER, { ...USER, id: 'v' }],
  accounts: [ACCOUNT],
  numbers: [NUMBER],
  checks: [check('access', 'ok'), check('test_message', 'ok')],
  testDelivered: false,
  testFailed: false,
};
const statuses = (progress: Progress) => Object.fromEntries(stepsOf(progress).map(({ key, status }) => [key, status]));
const step = (progress: Progress, key: string) => stepsOf(progress).find((candidate) => candidate.key === key);

describe('steps of Get started', () => {
  it('starts with the registration and lets nothing pass it', () => {
    expect(statuses(NEW)).toEqual({ register: 'next', numbers: 'waiting', access: 'waiting', test: 'waiting', users: 'waiting' });
  });

  it('is done when everything is in place', () => {
    expect(new Set(Object.values(statuses(DONE)))).toEqual(new Set(['done']));
  });

  it('goes on with the first open step', () => {
    expect(statuses({ ...DONE, accounts: [], numbers: [] })).toMatchObject({ register: 'done', numbers: 'next', access: 'done' });
    expect(statuses({ ...DONE, checks: [check('access', 'ok')] })).toMatchObject({ test: 'next' });
  });

  it('tells a refreshed sandbox to register anew', () => {
    expect(step({ ...NEW, registration: 'mismatch' }, 'register')).toMatchObject({
      status: 'failed',
      cause: 'c.Setup_Mismatch_Cause',
      cure: 'c.Setup_Mismatch_Cure',
    });
  });

  it('fails the carrier step only when no account works', () => {
    const broken = { ...ACCOUNT, id: 'b', state: 'failed' as const, stateText: 'wrong password' };
    expect(step({ ...DONE, accounts: [broken] }, 'numbers')).toMatchObject({
      status: 'failed',
      cure: 'c.Setup_Carrier_Cure',
      page: 'numbers',
    });
    expect(step({ ...DONE, accounts: [broken, ACCOUNT] }, 'numbers')).toMatchObject({ status: 'done' });
  });

  it('asks for the first number once an account is there', () => {
    expect(step({ ...DONE, numbers: [] }, 'numbers')).toMatchObject({ status: 'next', text: 'c.Setup_Number_Missing' });
  });

  it('takes cause and cure of a failed check', () => {
    expect(step({ ...DONE, checks: [check('access', 'failed')] }, 'access')).toMatchObject({
      status: 'failed',
      cause: 'access detail',
      cure: 'access fix',
    });
  });

  it('reads a warning as not yet done, with what is missing', () => {
    expect(step({ ...DONE, checks: [check('access', 'warning')] }, 'access')).toMatchObject({
      status: 'next',
      text: 'access detail access fix',
    });
  });

  it('counts a test message delivered just now', () => {
    expect(step({ ...DONE, checks: [], testDelivered: true }, 'test')).toMatchObject({ status: 'done' });
  });

  it('fails with the newest test message, whatever an earlier one did', () => {
    expect(step({ ...DONE, testDelivered: true, testFailed: true }, 'test')).toMatchObject({
      status: 'failed',
      text: 'c.Setup_Test_Text',
      cure: 'c.Setup_Test_Failed_Cure',
    });
  });

  it('names the user that was lost, with the next step of the service', () => {
    const lost = {
      ...USER,
      id: 'w',
      name: 'Bob',
      status: 'disconnected' as const,
      causeText: 'The password was changed.',
      nextStep: 'Reconnect Bob.',
    };
    expect(step({ ...DONE, connections: [USER, lost] }, 'users')).toMatchObject({
      status: 'failed',
      cause: 'Bob: The password was changed.',
      cure: 'Reconnect Bob.',
    });
  });

  it('is not done with a single user', () => {
    expect(step({ ...DONE, connections: [USER] }, 'users')).toMatchObject({ status: 'next' });
  });
});
