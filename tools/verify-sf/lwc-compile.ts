/** Check: scripts (types stripped), templates and style sheets of all components compile with the platform's compiler. */
import { StripError, stripTypes } from '../build-sf/strip.ts';
import { bundles } from './bundles.ts';
import type { Check, Finding, Project } from './check.ts';

/** Version whose rules the compiler applies; it counts like the platform's releases. */
const API_VERSION = 65;

export const lwcCompileCheck: Check = {
  name: 'lwc-compile',
  async run(project) {
    const { transformSync } = (await import('@lwc/compiler')) as unknown as { transformSync: Transform };
    const findings: Finding[] = [];
    for (const { name, folder } of bundles(project).values()) {
      const files = project.files.filter((file) => file.startsWith(`${folder}/`) && /\.(js|ts|html|css)$/.test(file));
      for (const file of files) findings.push(...compile(file, name, project, transformSync));
    }
    return findings;
  },
};

/** What is used of the compiler's `transformSync`; its own types do not resolve. */
type Transform = (source: string, fileName: string, options: object) => { warnings?: { message: string; location?: { line: number } }[] };

function compile(file: string, name: string, project: Project, transform: Transform): Finding[] {
  try {
    const source = project.read(file);
    const isScript = file.endsWith('.ts');
    const text = isScript ? stripTypes(source, file) : source;
    const fileName = file.slice(file.lastIndexOf('/') + 1).replace(/\.ts$/, '.js');
    const { warnings } = transform(text, fileName, { name, namespace: 'c', apiVersion: API_VERSION, enableDynamicComponents: true });
    return (warnings ?? []).map((warning) => ({
      file,
      line: warning.location?.line ?? 1,
      message: warning.message,
    }));
  } catch (error) {
    if (error instanceof StripError) return [{ file, line: error.line, message: error.message }];
    const { message, location } = error as { message: string; location?: { line?: number } };
    return [{ file, line: location?.line ?? 1, message: (message.split('\n')[0] ?? message).replace(/^.*?(?=LWC\d)/, '') }];
  }
}
