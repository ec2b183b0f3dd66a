/** Channels of change events (PlatformEventChannelMember). */
import { text } from './xml.ts';
import type { Xml } from './xml.ts';

/** A channel of change events, and an object whose changes go out on it. */
export interface ChannelMemberMeta {
  /** `Name__chn`, or `ChangeEvents` for the standard channel. */
  channel: string;
  /** Bare name of the object: `Contact` for `ContactChangeEvent`, `Thing__c` for `Thing__ChangeEvent`. */
  object: string;
}

/** What one file says. */
export function channelMember(xml: Xml): ChannelMemberMeta {
  const object = text(xml, 'selectedEntity')
    .replace(/__ChangeEvent$/, '__c')
    .replace(/ChangeEvent$/, '');
  return { channel: text(xml, 'eventChannel'), object };
}
