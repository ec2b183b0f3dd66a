import { readProblem } from 'c/coreErrors';

/** Why nothing is sent to the org at the moment. */
export interface Hold {
  /** What keeps the org from being reached, in words. */
  reason: string;
  /** What to do, or what the service does by itself. */
  detail: string;
  since: string;
  /** When the service tries again by itself. */
  retryAt?: string | null;
}

/** The org as the service knows it: the answer of `GET /v1/org`. */
export interface Org {
  orgId: string;
  name: string;
  loginHost: string;
  namespace?: string | null;
  registeredAt: string;
  /** Off: the service keeps every message and writes nothing to the org. */
  connectionMode: boolean;
  hold: Hold | null;
  main: { username: string } | null;
  notifyEmails: string[];
  serviceUrl: string;
}

/** `mismatch`: the key belongs to another org, as after a sandbox refresh. */
export type Registration = 'registered' | 'unregistered' | 'mismatch';

/** The pages of the setup tab, as they are named in the address (`c__page`). */
export type SetupPage = 'start' | 'numbers' | 'phone' | 'users' | 'health' | 'check';

export const SETUP_PAGES: readonly SetupPage[] = ['start', 'numbers', 'phone', 'users', 'health', 'check'];

/** Reads a state parameter; anything unknown is the first page. */
export function toSetupPage(value: unknown): SetupPage {
  return SETUP_PAGES.find((page) => page === value) ?? 'start';
}

/** What a failed call says about the registration; undefined where the failure has nothing to do with it. */
export function registrationOf(error: unknown): Registration | undefined {
  const { code } = readProblem(error);
  if (code === 'not_registered') return 'unregistered';
  if (code === 'org_mismatch') return 'mismatch';
  return undefined;
}

/** Asks the setup tab, from anywhere inside it, to show another page. */
export function goToPage(from: { dispatchEvent(event: Event): boolean }, page: SetupPage): void {
  from.dispatchEvent(new CustomEvent('gotopage', { detail: { page }, bubbles: true, composed: true }));
}
