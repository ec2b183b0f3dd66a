import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The version of package.json: one for the package in the org and the service. */
export const VERSION: string = (JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as { version: string })
  .version;
