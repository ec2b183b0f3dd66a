/** Every @AuraEnabled method under force-app as a plan. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseClass, type ApexClass } from './parse.ts';
import { ApexShapeError, type Plan } from './plans.ts';
import { planOf, type AccessRights } from './shapes.ts';

export type Catalogue = ReadonlyMap<string, Plan>;

/** Classes that the shapes rest on; the twin does what they do. */
const ACCESS = 'Access';

/**
 * Plans by `Class.method`.
 * @throws {ApexShapeError} naming file, line and why for every method that has neither shape
 */
export function readCatalogue(root: string): Catalogue {
  const files = globSync('force-app/main/*/classes/**/*.cls', { cwd: root }).sort();
  const sources = files.map((file) => ({ file: file.replaceAll(path.sep, '/'), source: readFileSync(path.join(root, file), 'utf8') }));
  // Tests never answer a page, and parsing them would only cost start-up time.
  const relevant = sources.filter(({ source }) => /@AuraEnabled/i.test(source) && !/@IsTest\s+(private|public)/i.test(source));
  const access = accessRights(sources.find(({ file }) => path.basename(file) === `${ACCESS}.cls`)?.source ?? '');

  const plans = new Map<string, Plan>();
  const problems: string[] = [];
  for (const { file, source } of relevant) {
    const parsed = parseClass(source);
    if (Array.isArray(parsed)) problems.push(...parsed.map(({ line, message }) => `${file}:${line}: ${message}`));
    else if (parsed) collect(parsed, file, source, access, plans, problems);
  }
  if (problems.length > 0) throw new ApexShapeError(problems);
  return plans;
}

function collect(
  parsed: ApexClass,
  file: string,
  source: string,
  access: AccessRights,
  plans: Map<string, Plan>,
  problems: string[],
): void {
  if (!parsed.modifiers.join(' ').includes('withsharing') && !/with sharing/.test(parsed.modifiers.join(' '))) {
    problems.push(`${file}:${parsed.line}: class ${parsed.name} must be "with sharing"`);
  }
  for (const line of parsed.otherAuraMembers) problems.push(`${file}:${line}: @AuraEnabled is allowed on methods only`);
  for (const method of parsed.auraMethods) {
    const plan = planOf(parsed.name, method, source, access);
    if ('why' in plan) problems.push(`${file}:${plan.line}: ${parsed.name}.${method.name}: ${plan.why}`);
    else if (plans.has(plan.name)) problems.push(`${file}:${method.line}: ${plan.name} exists twice; a page could not say which it means`);
    else plans.set(plan.name, plan);
  }
}

/** The constants of Access.cls and its map from permission to permission set, read from the source itself. */
export function accessRights(source: string): AccessRights {
  const constants = new Map<string, string>();
  for (const [, name, value] of source.matchAll(/static\s+final\s+String\s+(\w+)\s*=\s*'(\w+)'/gi))
    constants.set((name ?? '').toUpperCase(), value ?? '');
  const permissionSets = new Map<string, string>();
  for (const [, name, label] of source.matchAll(/\b(\w+)\s*=>\s*'([^']+)'/g)) {
    const permission = constants.get((name ?? '').toUpperCase());
    if (permission) permissionSets.set(permission, label ?? '');
  }
  return { constants, permissionSets };
}
