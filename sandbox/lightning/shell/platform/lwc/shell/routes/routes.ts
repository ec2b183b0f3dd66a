/** Page references and addresses: `/lightning/r/Contact/003…/view`, `/lightning/o/Contact/list`, `/lightning/n/Switchboard_Console`. */
import { context } from 'shell/context';

export interface Page {
  type: string;
  attributes: Record<string, string | undefined>;
  state: Record<string, string | undefined>;
}

export interface PageInput {
  type: string;
  attributes?: Record<string, string | undefined>;
  state?: Record<string, string | undefined>;
}

const HOME: Page = { type: 'standard__namedPage', attributes: { pageName: 'home' }, state: {} };
const listeners = new Set<(page: Page) => void>();

/** The address of a page. A web page's is its own; an unknown type is an error, as the platform has no address for it either. */
export function toUrl(page: PageInput): string {
  const { attributes = {}, state = {} } = page;
  const query = new URLSearchParams(Object.entries(state).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
  const suffix = query.size > 0 ? `?${query.toString()}` : '';
  switch (page.type) {
    case 'standard__recordPage': {
      const { recordId = '', objectApiName = objectOf(recordId), actionName = 'view' } = attributes;
      return `/lightning/r/${objectApiName ? `${objectApiName}/` : ''}${recordId}/${actionName}${suffix}`;
    }
    case 'standard__objectPage':
      return `/lightning/o/${attributes['objectApiName'] ?? ''}/${attributes['actionName'] ?? 'list'}${suffix}`;
    case 'standard__navItemPage':
      return `/lightning/n/${attributes['apiName'] ?? ''}${suffix}`;
    case 'standard__namedPage':
      return `/lightning/page/${attributes['pageName'] ?? 'home'}${suffix}`;
    case 'standard__search':
      return `/lightning/page/search${suffix}`;
    case 'standard__webPage':
      return attributes['url'] ?? '';
    default:
      throw new Error(`This page cannot go to a ${page.type}`);
  }
}

/** The page that an address of ours names; anything unknown is home. */
export function toPage(url: URL): Page {
  const [, root, kind, ...rest] = url.pathname.split('/').map(decodeURIComponent);
  const state = Object.fromEntries(url.searchParams);
  if (root !== 'lightning') return HOME;
  if (kind === 'r') {
    const [objectApiName, recordId] = rest.length >= 3 ? rest : [objectOf(rest[0] ?? ''), rest[0]];
    return { type: 'standard__recordPage', attributes: { objectApiName, recordId, actionName: rest.at(-1) ?? 'view' }, state };
  }
  if (kind === 'o') return { type: 'standard__objectPage', attributes: { objectApiName: rest[0], actionName: rest[1] ?? 'list' }, state };
  if (kind === 'n') return { type: 'standard__navItemPage', attributes: { apiName: rest[0] }, state };
  if (kind === 'page' && rest[0] === 'search') return { type: 'standard__search', attributes: {}, state };
  return HOME;
}

export function currentPage(): Page {
  return toPage(new URL(location.href));
}

/** Goes there: inside the page with the browser's history, to a web page in a new window. */
export function navigate(page: PageInput, replace = false): void {
  const url = toUrl(page);
  if (page.type === 'standard__webPage' && !url.startsWith('/lightning/')) {
    window.open(url, '_blank', 'noopener');
    return;
  }
  if (url === location.pathname + location.search) replace = true;
  if (replace) history.replaceState(null, '', url);
  else history.pushState(null, '', url);
  announce();
}

/** Calls `listener` now and at every change; answers how to stop. */
export function onPage(listener: (page: Page) => void): () => void {
  listeners.add(listener);
  listener(currentPage());
  return () => listeners.delete(listener);
}

function objectOf(recordId: string): string | undefined {
  return context().objects.find(({ keyPrefix }) => keyPrefix !== '' && recordId.startsWith(keyPrefix))?.name;
}

function announce(): void {
  const page = currentPage();
  for (const listener of [...listeners]) listener(page);
}

window.addEventListener('popstate', announce);
