import type { Connection } from 'c/connectionsModel';
import type { Org, Registration, SetupPage } from 'c/coreOrg';
import { fill } from 'c/coreText';
import { formatDateTime } from 'c/coreTime';
import { labels } from './labels';

export interface Banner {
  key: string;
  theme: 'error' | 'warning' | 'info';
  title: string;
  text: string;
  linkLabel?: string;
  page?: SetupPage;
}

export interface Overview {
  registration: Registration;
  org?: Org | undefined;
  connections: Connection[];
  /** When the shown state was read, if the service has not answered since. */
  staleSince?: number | undefined;
}

/** What an admin must know on every page of the setup tab, the worst first; one banner per cause. */
export function bannersOf({ registration, org, connections, staleSince }: Overview): Banner[] {
  if (registration === 'mismatch') {
    return [
      { key: 'mismatch', theme: 'error', title: labels.mismatchTitle, text: labels.mismatchText, ...link(labels.registerAgain, 'start') },
    ];
  }
  if (registration === 'unregistered') {
    return [
      {
        key: 'unregistered',
        theme: 'info',
        title: labels.unregisteredTitle,
        text: labels.unregisteredText,
        ...link(labels.register, 'start'),
      },
    ];
  }
  return [stale(staleSince), reached(org, connections), modeOff(org)].filter((banner) => banner !== undefined);
}

function stale(since: number | undefined): Banner | undefined {
  if (since === undefined) return undefined;
  return { key: 'stale', theme: 'error', title: labels.staleTitle, text: fill(labels.staleText, formatDateTime(since)) };
}

/** All users down explains a hold, and a hold outweighs a missing spare: only one of the three is shown. */
function reached(org: Org | undefined, connections: Connection[]): Banner | undefined {
  const working = connections.filter(({ status }) => status === 'connected');
  if (org && working.length === 0) {
    return { key: 'down', theme: 'error', title: labels.allDownTitle, text: labels.allDownText, ...link(labels.openUsers, 'users') };
  }
  if (org?.hold) {
    const { reason, detail, since, retryAt } = org.hold;
    const next = retryAt ? fill(labels.heldRetry, formatDateTime(retryAt)) : '';
    const text = [reason, detail, fill(labels.heldSince, formatDateTime(since)), next].filter(Boolean).join(' ');
    return { key: 'held', theme: 'error', title: labels.heldTitle, text, ...link(labels.openHealth, 'health') };
  }
  const lost = connections.some(({ status }) => status === 'disconnected');
  if (working.length === 1 && lost) {
    const text = fill(labels.lastSpareText, working[0]?.name ?? '');
    return { key: 'spare', theme: 'warning', title: labels.lastSpareTitle, text, ...link(labels.openUsers, 'users') };
  }
  return undefined;
}

function modeOff(org: Org | undefined): Banner | undefined {
  if (!org || org.connectionMode) return undefined;
  return { key: 'off', theme: 'warning', title: labels.modeOffTitle, text: labels.modeOffText, ...link(labels.openUsers, 'users') };
}

function link(linkLabel: string, page: SetupPage): Pick<Banner, 'linkLabel' | 'page'> {
  return { linkLabel, page };
}
