/** A row may wait for a person only where a fault of the schedule makes the org refuse that record, and as often as it does. */
import type { Facts } from './facts.ts';
import type { Step } from './schedule.ts';

/** What the org says where each fault makes it refuse single records for good, and how many; a fault that is not named parks nothing. */
const PARKS: Readonly<Record<string, { code: RegExp; rows: number }>> = {
  'poison-row': { code: /^FIELD_CUSTOM_VALIDATION_EXCEPTION$/, rows: 1 },
  'missing-parent': { code: /^INVALID_CROSS_REFERENCE_KEY$/, rows: 2 },
  'duplicate-external-id': { code: /^DUPLICATE_EXTERNAL_ID$/, rows: 1 },
  refused: { code: /^JSON_PARSER_ERROR$/, rows: 2 },
  'strip-permission': { code: /^(INSUFFICIENT_ACCESS|INVALID_FIELD|INVALID_TYPE)/, rows: Infinity },
  'strip-field': { code: /^(INSUFFICIENT_ACCESS|INVALID_FIELD)/, rows: Infinity },
};

export function* parkedRows({ parked }: Facts, steps: readonly Step[]): Generator<string> {
  const reasons = steps.flatMap((step) => ('fault' in step && PARKS[step.fault]) || []).map((reason) => ({ ...reason }));
  for (const { kind, code, reason } of parked) {
    const explained = reasons.find((each) => each.code.test(code) && each.rows > 0);
    if (explained) explained.rows -= 1;
    else yield `a ${kind} row was parked without a reason: ${code} ${reason}`;
  }
}
