import { createHash } from 'node:crypto';
import { SAMPLE_NUMBERS } from '../salesforce/sample/sample.ts';

/** A number of the company at the Twilio-compatible carrier. */
export interface TwilioNumber {
  readonly sid: string;
  readonly number: string;
  readonly label: string;
  /** Where inbound texts are posted; empty = nowhere, then they can only be found in the list. */
  smsUrl: string;
  smsFallbackUrl: string;
}

export interface TwilioAccount {
  readonly kind: 'twilio';
  readonly accountSid: string;
  readonly authToken: string;
  readonly name: string;
  /** The carrier itself refuses texts to phones that sent STOP (error 21610) until they send START. */
  blocksStopped: boolean;
  readonly numbers: TwilioNumber[];
}

export interface SmppAccount {
  readonly kind: 'smpp';
  readonly systemId: string;
  readonly password: string;
  readonly numbers: readonly { readonly number: string; readonly label: string }[];
}

export interface CarrierAccounts {
  readonly twilio: readonly TwilioAccount[];
  readonly smpp: readonly SmppAccount[];
}

/** Same shape as the carrier's ids: a prefix and 32 hexadecimal digits, always the same for the same name. */
export function stableSid(prefix: string, name: string): string {
  return prefix + createHash('sha256').update(`${prefix} ${name}`).digest('hex').slice(0, 32);
}

/** The sample accounts that the rest of the sandbox counts on. */
export function sampleAccounts(): CarrierAccounts {
  const number = '+14155550100';
  return {
    twilio: [
      {
        kind: 'twilio',
        accountSid: 'AC00000000000000000000000000000001',
        authToken: 'sandbox-auth-token',
        name: 'Sandbox US',
        blocksStopped: false,
        numbers: [{ sid: stableSid('PN', number), number, label: 'United States', smsUrl: '', smsFallbackUrl: '' }],
      },
    ],
    smpp: [{ kind: 'smpp', systemId: 'switchboard', password: 'sandbox', numbers: [{ number: '+447700900100', label: 'United Kingdom' }] }],
  };
}

/** A phone that the phone page offers. */
export interface SamplePhone {
  readonly number: string;
  readonly label: string;
}

/** People of the sample org, and somebody whom it does not know. */
export function samplePhones(): SamplePhone[] {
  return [
    { number: SAMPLE_NUMBERS.single, label: 'Maya Rivera, a contact' },
    { number: SAMPLE_NUMBERS.shared, label: 'shared by two contacts' },
    { number: SAMPLE_NUMBERS.lead, label: 'Kofi Mensah, a lead' },
    { number: SAMPLE_NUMBERS.leadAndContact, label: 'a contact and a lead have it' },
    { number: SAMPLE_NUMBERS.unicode, label: '田中 美咲, a contact' },
    { number: SAMPLE_NUMBERS.account, label: "an account's switchboard" },
    { number: SAMPLE_NUMBERS.unknown, label: 'nobody in the org' },
  ];
}

/** The number's carrier and account, or null for a number that is not the company's. */
export function ownerOf(
  accounts: CarrierAccounts,
  number: string,
): { account: TwilioAccount; number: TwilioNumber } | { account: SmppAccount } | null {
  for (const account of accounts.twilio) {
    const found = account.numbers.find((candidate) => candidate.number === number);
    if (found) return { account, number: found };
  }
  const account = accounts.smpp.find((candidate) => candidate.numbers.some((own) => own.number === number));
  return account ? { account } : null;
}
