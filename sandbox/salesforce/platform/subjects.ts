import type { FastifyRequest } from 'fastify';
import { pathOf } from '../../control/faults.ts';

/** The record types that a request touches, read from its path, its body and its query; for fault rules with `match.object`. */
export function objectsOf(request: FastifyRequest): string[] {
  const found = new Set<string>();
  const fromUrl = (url: string): void => {
    const path = /\/(?:sobjects|tree)\/(\w+)/.exec(url)?.[1];
    if (path) found.add(path);
    for (const [, name] of decodeQuery(url).matchAll(/\bFROM\s+(\w+)/gi)) if (name) found.add(name);
  };
  const fromRecords = (records: unknown): void => {
    for (const record of Array.isArray(records) ? records : []) {
      const type = (record as { attributes?: { type?: unknown } } | null)?.attributes?.type;
      if (typeof type === 'string') found.add(type);
    }
  };
  fromUrl(request.url);
  const body = request.body as Record<string, unknown> | null | undefined;
  if (typeof body === 'object' && body !== null) {
    fromRecords(body['records']);
    // Bulk jobs name what they write, or carry the query that they read by.
    if (typeof body['object'] === 'string') found.add(body['object']);
    for (const [, name] of String(body['query'] ?? '').matchAll(/\bFROM\s+(\w+)/gi)) if (name) found.add(name);
    for (const part of [body['compositeRequest'], body['batchRequests']].flat()) {
      const {
        url,
        body: inner,
        richInput,
      } = (part ?? {}) as { url?: unknown; body?: { records?: unknown }; richInput?: { records?: unknown } };
      if (typeof url === 'string') fromUrl(url);
      fromRecords(inner?.records ?? richInput?.records);
    }
  }
  return [...found];
}

function decodeQuery(url: string): string {
  const mark = url.indexOf('?');
  if (mark < 0) return '';
  try {
    return decodeURIComponent(url.slice(mark + 1).replace(/\+/g, ' '));
  } catch {
    return '';
  }
}

const KEPT = new Set(['describe', 'updated', 'deleted']);

/**
 * The name under which an API call is counted: record ids, external-id values and query locators give way to placeholders, so that
 * `/services/data/v65.0/sobjects/Message__c/ExternalId__c/:value` is one row.
 */
export function routeOf(request: FastifyRequest): string {
  const path = pathOf(request);
  const [, version, tail] = /^\/services\/data\/(v[\d.]+)\/(.+)$/.exec(path) ?? [];
  if (tail === undefined) return request.routeOptions.url ?? path;
  const segments = tail.split('/');
  const at = segments.indexOf('sobjects');
  if (at >= 0) {
    const rest = segments.slice(at + 2);
    const masked =
      rest.length === 1 && !KEPT.has(rest[0] ?? '') && at === 0
        ? [':id']
        : rest.length >= 2
          ? [rest[0] ?? '', ':value', ...rest.slice(2)]
          : rest;
    return `/services/data/${version}/${[...segments.slice(0, at + 2), ...masked].join('/')}`;
  }
  if (segments[0]?.startsWith('query') && segments[1]) return `/services/data/${version}/${segments[0]}/:locator`;
  if (segments[0] === 'jobs' && segments[2])
    return `/services/data/${version}/jobs/${[segments[1], ':id', ...segments.slice(3)].join('/')}`;
  return `/services/data/${version}/${tail}`;
}
