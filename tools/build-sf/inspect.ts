/** Looks at a built project as the deploy tool does: every file must belong to a component, every component must compile. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { lwcCompileCheck } from '../verify-sf/lwc-compile.ts';
import { openProject } from '../verify-sf/project.ts';

export interface Inspection {
  /** Components by metadata type. */
  components: Record<string, number>;
  /** What is wrong, one line each; empty when the project can be deployed. */
  faults: string[];
}

/** Resolves the project with source-deploy-retrieve and compiles its components with the platform's compiler. */
export async function inspectProject(target: string): Promise<Inspection> {
  const { ComponentSet } = await import('@salesforce/source-deploy-retrieve');
  const source = path.join(target, 'force-app');
  const found = ComponentSet.fromSource({ fsPaths: [source] })
    .getSourceComponents()
    .toArray();
  const owned = new Set(
    found.flatMap((component) => [
      ...component.walkContent(),
      ...(component.xml ? [component.xml] : []),
      ...component.getChildren().flatMap((child) => child.xml ?? []),
    ]),
  );
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));

  const components: Record<string, number> = {};
  for (const { type } of found) components[type.name] = (components[type.name] ?? 0) + 1;
  const compiled = await lwcCompileCheck.run(openProject(target));
  return {
    components,
    faults: [
      ...files.filter((file) => !owned.has(file)).map((file) => `${path.relative(target, file)} belongs to no component`),
      ...files.filter((file) => file.endsWith('.ts')).map((file) => `${path.relative(target, file)} was not compiled`),
      ...('skipped' in compiled ? [compiled.skipped] : compiled.map(({ file, line, message }) => `${file}:${line} ${message}`)),
    ],
  };
}
