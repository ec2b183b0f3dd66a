/** `npm run build:sf`: writes build/sfdx and looks it over. Deploy it with `cd build/sfdx && sf project deploy start`; see docs/deploy.md. */
import path from 'node:path';
import { buildProject, BuildError } from './build.ts';
import { inspectProject } from './inspect.ts';

const root = path.resolve(import.meta.dirname, '../..');
try {
  const { target, files, compiled } = buildProject(root, path.join(root, 'build/sfdx'));
  const { components, faults } = await inspectProject(target);
  if (faults.length > 0) throw new BuildError(faults.join('\n'));
  const kinds = Object.entries(components).map(([type, count]) => `${count} ${type}`);
  process.stdout.write(`${path.relative(root, target)}: ${files.length} files, ${compiled} of them compiled\n${kinds.sort().join(', ')}\n`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
