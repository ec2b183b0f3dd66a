import { createRequire } from 'node:module';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';

/** One import that a rule of tools/lint/imports.cjs forbids. */
export interface ForbiddenImport {
  rule: string;
  from: string;
  to: string;
}

interface Rules {
  forbidden: { name: string }[];
  options: ICruiseOptions;
}

export const RULES = createRequire(import.meta.url)('./imports.cjs') as Rules;

/**
 * Follows every import below `folders` of the project at `root` and answers those that break a rule. `modules` is how many files were
 * read: none would be a check that sees nothing.
 */
export async function findForbiddenImports(root: string, folders: string[]): Promise<{ modules: number; violations: ForbiddenImport[] }> {
  const { output } = await cruise(folders, {
    ...RULES.options,
    baseDir: root,
    validate: true,
    ruleSet: { forbidden: RULES.forbidden } as NonNullable<ICruiseOptions['ruleSet']>,
  });
  const { modules, summary } = output as ICruiseResult;
  return {
    modules: modules.length,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}
