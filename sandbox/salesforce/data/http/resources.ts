/** Version list and the map of resources. */
import { NEWEST_VERSION, OLDEST_VERSION, urlBase } from './call.ts';
import type { ApiAnswer, ApiCall } from './call.ts';

const SEASONS = ["Spring '24", "Summer '24", "Winter '25", "Spring '25", "Summer '25", "Winter '26"];

/** Body of `GET /services/data`. */
export function versions(): { label: string; url: string; version: string }[] {
  return Array.from({ length: NEWEST_VERSION - OLDEST_VERSION + 1 }, (_, index) => {
    const version = `${OLDEST_VERSION + index}.0`;
    return { label: SEASONS[index] ?? version, url: `/services/data/v${version}`, version };
  });
}

/** Body of `GET /services/data/vXX.0`; clients read `identity` from here. */
export function versionRoot(call: ApiCall): ApiAnswer {
  const base = urlBase(call);
  const names = ['sobjects', 'query', 'queryAll', 'search', 'parameterizedSearch', 'composite', 'recent', 'limits', 'actions', 'jobs'];
  const host = call.headers['host'] ?? 'localhost';
  const body: Record<string, string> = Object.fromEntries(names.map((name) => [name, `${base}/${name}`]));
  body['identity'] = `http://${host}/id/${call.engine.orgId}/${call.actor.userId}`;
  return { status: 200, body };
}
