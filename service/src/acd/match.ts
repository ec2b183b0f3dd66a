import type { Found } from '../directory/index.ts';
import type { Definition, Filter } from './definition.ts';

export interface Owner {
  id: string;
  name: string;
  /** False of users who do not work here any more. */
  isActive: boolean;
  /** Only of users who work here, and only what a dial plan can take. */
  extension: string | null;
}

export interface OpenCase {
  id: string;
  number: string;
  priority: string | null;
  openedAt: Date | null;
  owner: Owner | undefined;
}

/** A record that may be who calls, with what is known around it. */
export type Match = Pick<Found, 'id' | 'object' | 'name' | 'accountId' | 'activityAt' | 'changedAt' | 'field' | 'fields'> & {
  owner: Owner | undefined;
  accountOwner: Owner | undefined;
  /** The newest one of those that are open. */
  openCase: OpenCase | undefined;
};

export type Values = Match['fields'];

/** What a field says as text: empty for nothing. */
export const textOf = (value: Values[string] | undefined): string => (value === undefined || value === null ? '' : String(value));

const same = (a: string, b: string) => a.localeCompare(b, 'en', { sensitivity: 'accent' }) === 0;

export function meets(match: Pick<Match, 'object' | 'fields'>, filters: readonly Filter[]): boolean {
  return filters
    .filter(({ object }) => object === match.object)
    .every(({ field, is, value = '' }) => {
      const held = textOf(match.fields[field]);
      if (is === 'filled') return held !== '';
      if (is === 'empty') return held === '';
      return same(held, value) === (is === 'equal');
    });
}

/** A checkbox that is set, or a text: one of the VIP values, any text where there are none. */
export function isVip({ fields }: Pick<Match, 'fields'>, { fields: { vip }, vipValues }: Definition): boolean {
  const value = vip === undefined ? null : fields[vip];
  if (typeof value === 'boolean') return value;
  const held = textOf(value);
  return held !== '' && (vipValues.length === 0 || vipValues.some((one) => same(one, held)));
}
