import type { StepStatus } from 'c/coreSetupStep';
import type { Check } from 'c/coreCheckInstallation';
import type { Connection } from 'c/connectionsModel';
import type { Org, Registration, SetupPage } from 'c/coreOrg';
import type { CarrierAccount, OurNumber } from 'c/messagingSetupModel';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

export interface Step {
  key: 'register' | 'numbers' | 'access' | 'test' | 'users';
  number: number;
  heading: string;
  text: string;
  status: StepStatus;
  cause?: string;
  cure?: string;
  linkLabel?: string;
  page?: SetupPage;
}

export interface Progress {
  registration: Registration;
  org?: Org | undefined;
  connections: Connection[];
  accounts: CarrierAccount[];
  numbers: OurNumber[];
  checks: Check[];
  /** A test message of this visit reached the phone. */
  testDelivered: boolean;
  /** The last test message of this visit did not. */
  testFailed: boolean;
}

type Judged = Omit<Step, 'number' | 'status'> & { state: 'done' | 'open' | 'failed' };

/** Judges each step of the checklist; the first step that is neither done nor failed is the one to do next. */
export function stepsOf(progress: Progress): Step[] {
  const judged = [register(progress), numbers(progress), access(progress), test(progress), users(progress)];
  const next = judged.find(({ state }) => state === 'open');
  return judged.map(({ state, ...step }, index) => ({
    ...step,
    number: index + 1,
    status: state !== 'open' ? state : step.key === next?.key && !blockedBy(judged, index) ? 'next' : 'waiting',
  }));
}

/** Without a registration no later step can be done. */
function blockedBy(judged: Judged[], index: number): boolean {
  return index > 0 && judged[0]?.state !== 'done';
}

function register({ registration, org }: Progress): Judged {
  const step = { key: 'register' as const, heading: labels.registerHeading };
  if (registration === 'mismatch') {
    return { ...step, state: 'failed', text: labels.registerText, cause: labels.mismatchCause, cure: labels.mismatchCure };
  }
  if (!org) return { ...step, state: 'open', text: labels.registerText };
  return { ...step, state: 'done', text: fill(labels.registered, org.name, formatDateTime(org.registeredAt)) };
}

function numbers({ accounts, numbers: ours }: Progress): Judged {
  const step = { key: 'numbers' as const, heading: labels.numbersHeading, linkLabel: labels.openNumbers, page: 'numbers' as const };
  const broken = accounts.find(({ state }) => state === 'failed');
  const working = accounts.filter(({ state }) => state === 'connected');
  if (broken && working.length === 0) {
    const cause = fill(labels.carrierFailed, broken.label, broken.stateText);
    return { ...step, state: 'failed', text: labels.numbersText, cause, cure: labels.carrierCure };
  }
  if (accounts.length > 0 && ours.length === 0) return { ...step, state: 'open', text: labels.numberMissing };
  if (working.length === 0 || ours.length === 0) return { ...step, state: 'open', text: labels.numbersText };
  return { ...step, state: 'done', text: fill(labels.numbersDone, working.length, ours.length) };
}

function access({ checks }: Progress): Judged {
  return fromCheck(checks, 'access', { key: 'access', heading: labels.accessHeading, text: labels.accessText });
}

function test({ checks, testDelivered, testFailed }: Progress): Judged {
  const step = { key: 'test' as const, heading: labels.testHeading, text: labels.testText };
  if (testFailed) return { ...step, state: 'failed', cause: labels.testFailedCause, cure: labels.testFailedCure };
  return testDelivered ? { ...step, state: 'done', text: labels.testDone } : fromCheck(checks, 'test_message', step);
}

function users({ connections }: Progress): Judged {
  const step = { key: 'users' as const, heading: labels.usersHeading, linkLabel: labels.openUsers, page: 'users' as const };
  const working = connections.filter(({ status }) => status === 'connected').length;
  const lost = connections.find(({ status }) => status === 'disconnected');
  if (lost) {
    const cause = `${lost.name}: ${lost.causeText ?? labels.userLost}`;
    return { ...step, state: 'failed', text: labels.usersText, cause, cure: lost.nextStep ?? labels.userCure };
  }
  if (working < 2) return { ...step, state: 'open', text: labels.usersText };
  return { ...step, state: 'done', text: fill(labels.usersDone, working) };
}

/** A warning is not yet done but no fault either: its detail says what is missing. */
function fromCheck(checks: Check[], id: string, step: Omit<Judged, 'state'>): Judged {
  const check = checks.find((candidate) => candidate.id === id);
  if (!check) return { ...step, state: 'open' };
  if (check.status === 'ok') return { ...step, state: 'done', text: check.detail };
  if (check.status === 'warning') return { ...step, state: 'open', text: [check.detail, check.fix].filter(Boolean).join(' ') };
  return { ...step, state: 'failed', cause: check.detail, cure: check.fix ?? '' };
}
