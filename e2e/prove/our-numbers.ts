import type { CarrierKind } from './schedule.ts';

/** The company's number at each carrier of the sandbox. */
export const OURS: Record<CarrierKind, string> = { twilio: '+14155550100', smpp: '+447700900100' };
