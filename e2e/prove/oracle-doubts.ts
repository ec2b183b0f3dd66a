/** A text may be *unknown* only where something has hidden from the service what became of this very submission. */
import type { Facts, StatusMove } from './facts.ts';
import { OURS } from './our-numbers.ts';
import type { CarrierKind } from './schedule.ts';

/**
 * Each text that became *unknown* was under way during an outage (a process died or stood still, its database or its line was gone), or it
 * is one of at most as many as the carriers' faults have hidden the answers of. A graceful stop hides none: it finishes what is under way.
 */
export function* doubts({ handed, moves, outages, hidden }: Facts): Generator<string> {
  const left: Record<CarrierKind, string[]> = { twilio: [], smpp: [] };
  for (const [index, move] of moves.entries()) {
    if (move.to !== 'unknown') continue;
    const text = handed.find(({ ids }) => ids.includes(move.id));
    const carrier: CarrierKind = text?.ours === OURS.twilio ? 'twilio' : 'smpp';
    const begun = beginOf(moves.slice(0, index), move);
    const excused = outages.some(
      (outage) => outage.from <= move.at && outage.to >= begun && (outage.carrier === undefined || outage.carrier === carrier),
    );
    if (!excused) left[carrier].push(text?.body.slice(0, 24) ?? move.id);
  }
  for (const carrier of ['twilio', 'smpp'] as const)
    if (left[carrier].length > hidden[carrier])
      yield `${left[carrier].length} texts (${left[carrier].join(', ')}) were in doubt without a reason: ${hidden[carrier]} answers of ${carrier} were hidden`;
}

/** When the submission began that ended in doubt. */
const beginOf = (before: readonly StatusMove[], { id, at }: StatusMove) =>
  before.findLast((each) => each.id === id && each.to === 'sending')?.at ?? at;
