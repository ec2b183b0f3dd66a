import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const ROOT = path.resolve(import.meta.dirname, '../..');
const SPRITES = ['utility', 'standard', 'custom', 'action', 'doctype'];

it('every icon that a component names is in the sprites of SLDS: others would show nothing', () => {
  const known = new Set(
    SPRITES.flatMap((sprite) => {
      const file = path.join(ROOT, `node_modules/@salesforce-ux/design-system/assets/icons/${sprite}-sprite/svg/symbols.svg`);
      return [...readFileSync(file, 'utf8').matchAll(/<symbol[^>]*\bid="([^"]+)"/g)].map(([, name]) => `${sprite}:${name ?? ''}`);
    }),
  );
  expect(known.size).toBeGreaterThan(1_000);
  const wrong: string[] = [];
  for (const file of globSync('{force-app/main/*/lwc,sandbox/lightning/shell}/**/*.{ts,html}', { cwd: ROOT })) {
    if (file.includes('__tests__')) continue;
    for (const [, name] of readFileSync(path.join(ROOT, file), 'utf8').matchAll(
      /['"`]((?:utility|standard|custom|action|doctype):[a-z0-9_]+)['"`]/g,
    )) {
      if (name && !known.has(name)) wrong.push(`${file}: ${name}`);
    }
  }
  expect(wrong).toEqual([]);
});
