import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import frozen from './frozen.json' with { type: 'json' };

/** A baseline that changes makes every ratio before it worthless: a better one gets a new name. */
it('holds the baselines as they were when the first figure was taken', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => !/^frozen\./.test(name));
  const now = Object.fromEntries(
    files.sort().map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(path.join(import.meta.dirname, name)))
        .digest('hex'),
    ]),
  );
  expect(now).toEqual(frozen);
});
