import type { CarrierAccount, CarrierKind } from 'c/messagingSetupModel';
import { labels } from './labels';

/** One field of the form. `path` is where the value stands in the request, and how the service names it in an error. */
export interface FieldSpec {
  path: string;
  label: string;
  type: 'text' | 'password' | 'url' | 'checkbox';
  /** Sent as a number. Typed as text: a number field would show a port as "2,775". */
  number?: boolean;
  pattern?: string;
  patternMessage?: string;
  required?: boolean;
  help?: string;
  initial?: string | boolean;
}

/** Write-only: the service never gives it back. */
export const SECRET = 'secret';

const RATE: FieldSpec = {
  path: 'ratePerSecond',
  label: labels.rate,
  type: 'text',
  number: true,
  required: true,
  initial: '10',
  pattern: '[0-9]{1,4}(\\.[0-9]{1,2})?',
  patternMessage: labels.rateInvalid,
  help: labels.rateHelp,
};
const WINDOW: FieldSpec = {
  path: 'windowSize',
  label: labels.windowSize,
  type: 'text',
  number: true,
  required: true,
  initial: '10',
  pattern: '[0-9]{1,3}',
  patternMessage: labels.windowInvalid,
  help: labels.windowHelp,
};
const LABEL: FieldSpec = { path: 'label', label: labels.accountName, type: 'text', required: true, help: labels.accountNameHelp };

const FIELDS: Record<CarrierKind, FieldSpec[]> = {
  twilio: [
    LABEL,
    { path: 'settings.accountSid', label: labels.accountSid, type: 'text', required: true },
    { path: SECRET, label: labels.authToken, type: 'password', required: true },
    {
      path: 'settings.baseUrl',
      label: labels.baseUrl,
      type: 'url',
      required: true,
      initial: 'https://api.twilio.com',
      help: labels.baseUrlHelp,
    },
    RATE,
  ],
  smpp: [
    LABEL,
    { path: 'settings.host', label: labels.host, type: 'text', required: true },
    {
      path: 'settings.port',
      label: labels.port,
      type: 'text',
      number: true,
      required: true,
      initial: '2775',
      pattern: '[0-9]{1,5}',
      patternMessage: labels.portInvalid,
    },
    { path: 'settings.tls', label: labels.tls, type: 'checkbox', initial: false },
    { path: 'settings.systemId', label: labels.systemId, type: 'text', required: true },
    { path: SECRET, label: labels.password, type: 'password', required: true },
    { path: 'settings.systemType', label: labels.systemType, type: 'text', help: labels.systemTypeHelp },
    RATE,
    WINDOW,
  ],
};

export type Values = Record<string, string | boolean>;

export function fieldsOf(kind: CarrierKind): FieldSpec[] {
  return FIELDS[kind];
}

/** What the form starts with: the stored settings, or the usual ones. Secrets are never known here. */
export function startValues(kind: CarrierKind, account?: CarrierAccount): Values {
  const stored = account && {
    label: account.label,
    ratePerSecond: account.ratePerSecond,
    windowSize: account.windowSize,
    settings: account.settings,
  };
  const values = FIELDS[kind].map(({ path, initial = '' }) => {
    const value = (stored && read(stored, path)) ?? initial;
    return [path, typeof value === 'boolean' ? value : String(value)] as const;
  });
  return Object.fromEntries(values);
}

/** The request of the form. A secret left empty is left out, so that the stored one stays. */
export function toBody(kind: CarrierKind, values: Values): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  for (const { path, type, number } of FIELDS[kind]) {
    const value = values[path] ?? '';
    const entered = typeof value === 'string' ? value.trim() : value;
    if (type === 'password' && entered === '') continue;
    write(body, path, number ? Number(entered) : entered);
  }
  return body;
}

function read(from: Record<string, unknown>, path: string): unknown {
  return path.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown> | undefined)?.[part], from);
}

function write(into: Record<string, unknown>, path: string, value: unknown): void {
  const [first = '', second] = path.split('.');
  if (second === undefined) into[first] = value;
  else into[first] = { ...(into[first] as object | undefined), [second]: value };
}
