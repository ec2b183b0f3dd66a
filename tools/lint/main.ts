/** `npm run lint:imports`: every import that breaks a rule of imports.cjs, one in a line. Ends with 1 when there is one. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { findForbiddenImports } from './imports.ts';

const root = path.resolve(import.meta.dirname, '../..');
const folders = ['service', 'sandbox', 'tools', 'bench', 'e2e'].filter((folder) => existsSync(path.join(root, folder)));
const { modules, violations } = await findForbiddenImports(root, folders);
for (const { rule, from, to } of violations) console.log(`${from} imports ${to} (${rule})`);
if (modules === 0) console.log('no file was read');
if (modules === 0 || violations.length > 0) process.exitCode = 1;
