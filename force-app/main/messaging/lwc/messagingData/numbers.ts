import loadMyNumbers from '@salesforce/apex/MessagingController.myNumbers';

/** One of the company's numbers that the user may send from. */
export interface SendingNumber {
  id: string;
  number: string;
  label: string;
  /** ISO 3166 code of the country national numbers are read in. */
  country: string;
  isDefault: boolean;
}

const FRESH_MS = 300_000;
let kept: { at: number; numbers: Promise<SendingNumber[]> } | undefined;

/** The user's sending numbers; asked once for all components of the page and again after five minutes or a failure. */
export function myNumbers(): Promise<SendingNumber[]> {
  if (kept && Date.now() - kept.at < FRESH_MS) return kept.numbers;
  const numbers = loadMyNumbers<{ items?: SendingNumber[] }>().then((answer) => answer?.items ?? []);
  kept = { at: Date.now(), numbers };
  numbers.catch(forgetNumbers);
  return numbers;
}

export function forgetNumbers(): void {
  kept = undefined;
}

/** The number an answer leaves from: the one the customer wrote to, else the user's default, else the only choice there is. */
export function preferredNumber(numbers: SendingNumber[], ours: string): string {
  const same = numbers.find(({ number }) => number === ours);
  return (same ?? numbers.find(({ isDefault }) => isDefault) ?? numbers[0])?.number ?? '';
}

/** True where a conversation is called by its number, however that is grouped: nobody is known behind it. */
export function isNamedByNumber(name: string, number: string): boolean {
  return /^\+?[\d\s().-]+$/.test(name) && name.replace(/\D/g, '') === number.replace(/\D/g, '');
}
