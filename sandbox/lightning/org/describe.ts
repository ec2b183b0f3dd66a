/** Describe calls of the sandbox org, kept for a short while: rights may change while the page is open. */
import type { OrgClient } from './client.ts';

export interface DescribeField {
  name: string;
  label: string;
  type: string;
  relationshipName: string | null;
  referenceTo: string[];
  /** Empty for fields of other types. */
  picklistValues?: { value: string; label: string }[];
}

export interface Describe {
  name: string;
  label: string;
  labelPlural: string;
  keyPrefix: string | null;
  fields: DescribeField[];
  childRelationships?: { childSObject: string; field: string; relationshipName: string | null }[];
}

const KEPT_MS = 5_000;
const kept = new WeakMap<OrgClient, Map<string, { until: number; answer: Promise<Describe> }>>();

export function describe(org: OrgClient, username: string, object: string): Promise<Describe> {
  const cache = kept.get(org) ?? new Map<string, { until: number; answer: Promise<Describe> }>();
  kept.set(org, cache);
  const key = `${username} ${object}`;
  const known = cache.get(key);
  if (known && known.until > Date.now()) return known.answer;
  const answer = org.rest<Describe>(username, `/sobjects/${encodeURIComponent(object)}/describe`);
  cache.set(key, { until: Date.now() + KEPT_MS, answer });
  answer.catch(() => cache.delete(key));
  return answer;
}
