/** All checks, the slow one first so that it runs beside the others. */
import { apexRulesCheck } from './apex-rules.ts';
import { apexSyntaxCheck } from './apex-syntax.ts';
import { apexTypesCheck } from './apex-types.ts';
import { auraShapesCheck } from './aura-shapes.ts';
import type { Check, Finding, Project } from './check.ts';
import { jsonSchemasCheck } from './json-schemas.ts';
import { lwcCompileCheck } from './lwc-compile.ts';
import { lwcMetaCheck } from './lwc-meta.ts';
import { metadataCheck } from './metadata.ts';
import { queryNamesCheck } from './query-names.ts';
import { referencesCheck } from './references/check.ts';

export const CHECKS: readonly Check[] = [
  apexTypesCheck,
  jsonSchemasCheck,
  metadataCheck,
  apexSyntaxCheck,
  queryNamesCheck,
  apexRulesCheck,
  auraShapesCheck,
  referencesCheck,
  lwcMetaCheck,
  lwcCompileCheck,
];

/** How a check ended. `crash` is its own error, which is no pass. */
export interface Outcome {
  name: string;
  status: 'ok' | 'failed' | 'skipped';
  milliseconds: number;
  findings: Finding[];
  reason?: string;
}

/** Runs one check; whatever it throws counts as failed. */
export async function runCheck(check: Check, project: Project): Promise<Outcome> {
  const start = performance.now();
  const done = (status: Outcome['status'], findings: Finding[] = [], reason?: string): Outcome => ({
    name: check.name,
    status,
    milliseconds: Math.round(performance.now() - start),
    findings,
    ...(reason === undefined ? {} : { reason }),
  });
  try {
    const result = await check.run(project);
    if ('skipped' in result) return done('skipped', [], result.skipped);
    return done(result.length === 0 ? 'ok' : 'failed', result);
  } catch (error) {
    return done('failed', [], `the check itself broke: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  }
}
