/** What is kept of a schedule that was played. */
import { broken, type Facts } from './oracle.ts';
import type { Step } from './schedule.ts';

export interface SeedRecord {
  seed: number;
  steps: readonly Step[];
  /** Texts that were handed over. */
  inbound: number;
  outbound: number;
  /** Outbound texts that ended as *unknown*. */
  unknown: number;
  switches: number;
  failures: string[];
  seconds: number;
}

export function recordOf(seed: number, steps: readonly Step[], facts: Facts, seconds: number): SeedRecord {
  const of = (direction: string) => facts.handed.filter((text) => text.direction === direction).length;
  return {
    seed,
    steps,
    inbound: of('inbound'),
    outbound: of('outbound'),
    unknown: facts.org.filter(({ sent }) => sent === 'Unknown').length,
    switches: facts.switches.length,
    failures: broken(facts, steps),
    seconds,
  };
}

/** The faults of a schedule, as a report names them. */
export function faultsOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.do === 'webhook') return [`${step.times} times the same webhook`];
    if (step.do === 'stop') return ['STOP'];
    if (!('fault' in step)) return [];
    if (step.do === 'user')
      return [`${step.fault} of ${step.who === 'all' ? 'all users' : step.who}${step.midBatch ? ' in mid-batch' : ''}`];
    return [step.fault === 'crash' ? `crash at ${step.point}` : `${step.do} ${step.fault}`];
  });
}
