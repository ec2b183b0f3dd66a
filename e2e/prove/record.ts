/** What is kept of a schedule that was played. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Facts, Help } from './facts.ts';
import { broken } from './oracle.ts';
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
  /** What was done for the service after the faults were taken back. */
  helps: readonly Help[];
  /** Rows that waited for a person. */
  parked: number;
  /** Fail-points at which a process died. */
  crashes: readonly string[];
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
    helps: facts.helps,
    parked: facts.parked.length,
    crashes: facts.crashes,
    failures: broken(facts, steps),
    seconds,
  };
}

const ROOT = path.resolve(import.meta.dirname, '../..');

/** The commit of the checkout, with `+` where the service or what it is played with was changed. */
export function commitOf(): string {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: ROOT, encoding: 'utf8' }).stdout?.trim() ?? '';
  const changed = git('status', '--porcelain', '--', 'service', 'sandbox', 'e2e/prove', 'package-lock.json');
  return `${git('rev-parse', '--short=10', 'HEAD') || 'unknown'}${changed === '' ? '' : '+'}`;
}

/** The faults of a schedule, as a report names them. */
export function faultsOf(steps: readonly Step[]): string[] {
  return steps.flatMap((step) => {
    if (step.do === 'webhook') return [`${step.times} times the same webhook`];
    if (step.do === 'stop') return ['STOP'];
    if (step.do === 'admin') return [`${step.button} by an administrator`];
    if (!('fault' in step)) return [];
    if (step.do === 'user')
      return [`${step.fault} of ${step.who === 'all' ? 'all users' : step.who}${step.midBatch ? ' in mid-batch' : ''}`];
    return [step.fault === 'crash' ? `crash at ${step.point}` : `${step.do} ${step.fault}`];
  });
}
