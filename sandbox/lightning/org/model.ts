/** What one user's page shows: the context that is put into the page, with names as this org spells them. */
import type { ShellContext, ShellObject } from '../context-types.ts';
import type { AppMetadata } from '../metadata/app.ts';
import { withNamespace } from '../apex/query.ts';
import type { OrgClient, OrgFacts, SampleUser } from './client.ts';
import { OrgError } from './client.ts';
import { describe } from './describe.ts';

/** Custom permissions that the user's permission sets grant, without namespace. */
export function customPermissionsOf(user: SampleUser, app: AppMetadata): Set<string> {
  return new Set(setsOf(user, app).flatMap((set) => set.customPermissions));
}

export async function contextFor(
  user: SampleUser,
  { org, facts, app, links }: { org: OrgClient; facts: OrgFacts; app: AppMetadata; links: ShellContext['links'] },
): Promise<ShellContext> {
  const objects = (await Promise.all(app.layouts.map((layout) => objectFor(user, layout.name, layout.icon, { org, facts, app })))).filter(
    (each) => each !== undefined,
  );
  const { locale, timeZone } = await regionOf(user, org);
  const visible = new Set(setsOf(user, app).flatMap((set) => set.visibleTabs));
  return {
    user: shellUser(user),
    locale,
    timeZone,
    users: facts.users.filter(({ active }) => active).map(shellUser),
    orgId: facts.orgId,
    namespace: facts.namespace,
    customPermissions: [...customPermissionsOf(user, app)],
    app: {
      label: app.label,
      tabs: app.tabs
        .filter(({ apiName }) => apiName.startsWith('standard-') || visible.has(apiName))
        .flatMap(({ apiName, label, component, object }) => {
          if (!object) return [{ apiName, label, ...(component ? { component } : {}) }];
          const known = objects.find(({ localName }) => localName === object);
          return known ? [{ apiName, label: known.plural, object: known.name }] : [];
        }),
      utilities: app.utilities,
    },
    objects,
    links,
  };
}

/** Salesforce names locales by their Java names: `en_GB`, `de_DE_EURO`, `zh_Hans_CN`. */
async function regionOf({ id, username }: SampleUser, org: OrgClient): Promise<{ locale: string; timeZone: string }> {
  const soql = `SELECT LocaleSidKey, TimeZoneSidKey FROM User WHERE Id = '${id}'`;
  const { records } = await org.rest<{ records: { LocaleSidKey: string; TimeZoneSidKey: string }[] }>(
    username,
    `/query?q=${encodeURIComponent(soql)}`,
  );
  const [row = { LocaleSidKey: 'en_US', TimeZoneSidKey: 'UTC' }] = records;
  return { locale: row.LocaleSidKey.replaceAll('_', '-'), timeZone: row.TimeZoneSidKey };
}

// An object that the user may not read does not exist for the page.
async function objectFor(
  user: SampleUser,
  localName: string,
  icon: string,
  { org, facts, app }: { org: OrgClient; facts: OrgFacts; app: AppMetadata },
): Promise<ShellObject | undefined> {
  try {
    const { name, label, labelPlural, keyPrefix } = await describe(org, user.username, withNamespace(localName, facts.namespace));
    const page = app.recordPages.get(localName);
    return { name, localName, label, plural: labelPlural, keyPrefix: keyPrefix ?? '', icon, ...(page ? { page } : {}) };
  } catch (error) {
    if (error instanceof OrgError && (error.status === 404 || error.status === 403)) return undefined;
    throw error;
  }
}

function setsOf(user: SampleUser, app: AppMetadata): AppMetadata['permissionSets'] {
  return app.permissionSets.filter(({ name }) =>
    user.permissionSets.some((assigned) => assigned === name || assigned.endsWith(`__${name}`)),
  );
}

function shellUser({ id, username, name, admin }: SampleUser): ShellContext['user'] {
  return { id, username, name, admin };
}
