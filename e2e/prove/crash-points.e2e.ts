/** A process dies at every place that the service names: in schedules, or in a test of the service. */
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { CRASH_POINTS } from './schedule.ts';

const SERVICE = path.resolve(import.meta.dirname, '../../service/src');
const read = (pattern: string) =>
  globSync(pattern, { cwd: SERVICE }).map((file) => ({ file, text: readFileSync(path.join(SERVICE, file), 'utf8') }));

it('every fail-point of the service is crashed at', () => {
  const sources = read('**/*.ts').filter(({ file }) => !file.includes('.test'));
  const named = sources.flatMap(({ text }) =>
    [...text.matchAll(/failPoints\.hit\((?:'([^']+)'|`([^`]+)`)\)/g)].map((hit) => hit[1] ?? (hit[2] as string)),
  );
  // The lane of an org stands for all lanes: they share the engine.
  const points = [...new Set(named.map((name) => name.replace('${purpose.name}', 'org')))];
  expect(points.length).toBeGreaterThan(15);
  const tests = read('**/*.test.ts')
    .map(({ text }) => text)
    .join('\n');
  const missing = points.filter((point) => !(CRASH_POINTS as readonly string[]).includes(point) && !tests.includes(`'${point}'`));
  expect(missing).toEqual([]);
});
