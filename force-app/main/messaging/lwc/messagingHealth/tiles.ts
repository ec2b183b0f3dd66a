import { fill } from 'c/coreText';
import type { Backlog, Health } from 'c/messagingSetupModel';
import { labels } from './labels';

export interface Tile {
  key: string;
  label: string;
  value: number;
  note: string;
  /** Somebody should look. */
  alert: boolean;
}

/** Waiting longer than this is more than the pace of a carrier or a batch. */
const LONG_MS = 60_000;

/** The four figures that tell whether messages flow. */
export function tilesOf({ backlog, parked, unknown }: Health, now: number): Tile[] {
  return [
    waiting('toOrg', labels.toOrg, backlog.toOrg, now),
    waiting('toCarrier', labels.toCarrier, backlog.toCarrier, now),
    { key: 'parked', label: labels.parked, value: parked, note: parked > 0 ? labels.parkedNote : labels.parkedNone, alert: parked > 0 },
    {
      key: 'unknown',
      label: labels.unknown,
      value: unknown,
      note: unknown > 0 ? labels.unknownNote : labels.unknownNone,
      alert: unknown > 0,
    },
  ];
}

function waiting(key: string, label: string, { waiting: value, oldestAt }: Backlog, now: number): Tile {
  const oldest = Date.parse(oldestAt ?? '');
  if (value === 0 || Number.isNaN(oldest)) return { key, label, value, note: labels.nothingWaits, alert: false };
  return { key, label, value, note: fill(labels.oldest, ageInWords(now - oldest)), alert: now - oldest > LONG_MS };
}

/** A waiting time: "12 s", "5 min", "3 h", "2 days". */
export function ageInWords(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return fill(labels.seconds, seconds);
  if (seconds < 3600) return fill(labels.minutes, Math.floor(seconds / 60));
  if (seconds < 172_800) return fill(labels.hours, Math.floor(seconds / 3600));
  return fill(labels.days, Math.floor(seconds / 86_400));
}
