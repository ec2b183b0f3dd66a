import type { Hold } from 'c/coreOrg';
import { labels } from './labels';

export type CarrierKind = 'twilio' | 'smpp';
export type CarrierState = 'connected' | 'connecting' | 'failed' | 'off';
export type NumberKind = 'phone' | 'short_code' | 'sender_name';

/** An item of `GET /v1/carrier-accounts`; secrets go in and never come out. */
export interface CarrierAccount {
  id: string;
  kind: CarrierKind;
  label: string;
  settings: Record<string, unknown>;
  hasSecret: boolean;
  /** Messages (parts at SMPP) per second. */
  ratePerSecond: number;
  /** Submits that may wait for an answer at once. */
  windowSize: number;
  state: CarrierState;
  stateSince: string;
  /** In words, with the next step where there is one. */
  stateText: string;
  webhookUrl?: string | null;
  statusUrl?: string | null;
}

/** An item of `GET /v1/numbers`. */
export interface OurNumber {
  id: string;
  number: string;
  kind: NumberKind;
  label: string;
  accountId: string;
  accountLabel: string;
  /** ISO 3166 code of the country national numbers are read in. */
  country: string;
  isDefault: boolean;
  /** Salesforce user ids; empty means everyone. */
  users: string[];
}

export interface PhoneFieldObject {
  object: string;
  label: string;
  fields: { name: string; label: string; selected: boolean }[];
}

export interface Backlog {
  waiting: number;
  oldestAt?: string | null;
}

export interface Usage {
  used: number;
  max: number;
  at: string;
}

/** The answer of `GET /v1/health`. */
export interface Health {
  backlog: { toOrg: Backlog; toCarrier: Backlog };
  parked: number;
  unknown: number;
  carriers: { id: string; label: string; kind: CarrierKind; state: CarrierState; stateText: string; since: string }[];
  apiUsage: Usage | null;
  eventUsage: Usage | null;
  main: { username: string } | null;
  hold: Hold | null;
  connectionMode: boolean;
}

/** An item of `GET /v1/parked`. */
export interface ParkedRow {
  id: string;
  kind: 'message' | 'conversation' | 'optOut' | 'outbox';
  label: string;
  code: string;
  reason: string;
  nextStep: string;
  since: string;
  attempts: number;
}

interface StateLook {
  word: string;
  badge: string;
}

export const CARRIER_STATES: Record<CarrierState, StateLook> = {
  connected: { word: labels.connected, badge: 'slds-theme_success' },
  connecting: { word: labels.connecting, badge: '' },
  failed: { word: labels.failed, badge: 'slds-theme_error' },
  off: { word: labels.off, badge: '' },
};

export const CARRIER_KINDS: Record<CarrierKind, string> = { twilio: labels.twilio, smpp: labels.smpp };

export const NUMBER_KINDS: Record<NumberKind, string> = {
  phone: labels.phone,
  short_code: labels.shortCode,
  sender_name: labels.senderName,
};

export { countryName, countryOptions, ownCountry } from './countries';
