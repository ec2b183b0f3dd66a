/** Topics of change events: the standard channel, custom channels and single objects, as the org's metadata says. */
import type { ObjectDef, Org } from '../org.ts';

/** The objects whose changes a topic carries; undefined when there is no such topic. */
export function objectsOfTopic(org: Org, topic: string): ObjectDef[] | undefined {
  const [, name] = /^\/data\/(\w+)$/.exec(topic) ?? [];
  if (name === undefined) return undefined;
  const objects = (channel?: string): ObjectDef[] =>
    org.metadata.channelMembers
      .filter((member) => channel === undefined || member.channel === channel)
      .flatMap((member) => org.schema.object(org.own(member.object)) ?? []);
  if (name === 'ChangeEvents') return objects('ChangeEvents');
  const custom = org.metadata.eventChannels.find((channel) => (org.namespace ? `${org.namespace}__${channel}` : channel) === name);
  if (custom !== undefined) return objects(custom);
  const single = objects().find((object) => `${object.name.replace(/__c$/, '__')}ChangeEvent` === name);
  return single && [single];
}

/** Whether the user may receive these changes: with "View All Data", or "View All" on every object. Source: Change Data Capture guide, required permissions. */
export function maySubscribe(org: Org, userId: string, objects: readonly ObjectDef[]): boolean {
  const rights = org.users.rights(userId);
  return rights.viewAllData || rights.modifyAllData || objects.every((object) => rights.object(object).viewAll);
}
