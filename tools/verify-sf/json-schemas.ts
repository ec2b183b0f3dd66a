/** Check: sfdx-project.json and the scratch-org definition fit their official schemas, and name the API version of the package. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv, type AnySchema } from 'ajv';
import formats from 'ajv-formats';
import type { Check, Finding } from './check.ts';

const SCHEMAS = path.resolve(import.meta.dirname, '../../node_modules/@salesforce/schemas');
const API_VERSION = '65.0';
const PAIRS: [file: string, schema: string][] = [
  ['sfdx-project.json', 'sfdx-project.schema.json'],
  ['config/project-scratch-def.json', 'project-scratch-def.schema.json'],
];

export const jsonSchemasCheck: Check = {
  name: 'json-schemas',
  run: ({ root }) => PAIRS.flatMap(([file, schema]) => validate(root, file, schema)),
};

function validate(root: string, file: string, schemaFile: string): Finding[] {
  if (!existsSync(path.join(root, file))) return [{ file, line: 1, message: 'is missing' }];
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path.join(root, file), 'utf8'));
  } catch (error) {
    return [{ file, line: 1, message: error instanceof Error ? error.message : String(error) }];
  }
  const ajv = new Ajv({ strict: false, allErrors: true });
  formats.default(ajv);
  const check = ajv.compile(JSON.parse(readFileSync(path.join(SCHEMAS, schemaFile), 'utf8')) as AnySchema);
  const isValid = check(content);
  const faults = isValid
    ? []
    : (check.errors ?? []).map(({ instancePath, message, params }) => `${instancePath || '/'} ${message ?? ''} ${JSON.stringify(params)}`);
  const version = (content as { sourceApiVersion?: unknown }).sourceApiVersion;
  if (file === 'sfdx-project.json' && version !== API_VERSION) faults.push(`sourceApiVersion must be ${API_VERSION}`);
  return faults.map((message) => ({ file, line: 1, message }));
}
