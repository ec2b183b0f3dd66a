import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findForbiddenImports, RULES, type ForbiddenImport } from './imports.ts';

const FOLDERS = ['service', 'sandbox'];

/** What may be imported, one file for each place that a rule speaks of. */
const TARGETS = [
  'service/src/app.ts',
  'service/src/messaging/index.ts',
  'service/src/messaging/store.ts',
  'service/src/acd/index.ts',
  'service/src/directory/index.ts',
  'service/src/feed/index.ts',
  'service/src/connections/index.ts',
  'service/src/tenancy/index.ts',
  'service/src/gateways/smpp/index.ts',
  'service/src/gateways/smpp/link.ts',
  'service/src/gateways/twilio/index.ts',
  'service/src/platform/log.ts',
  'service/src/platform/log.test.ts',
  'sandbox/mail/server.ts',
  'tools/lwc/paths.ts',
  'force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts',
  'force-app/main/messaging/lwc/messagingData/views.ts',
];

/** Rule → a file that breaks it and what it imports, from the root or as a package. Each must be reported by its rule. */
const PLANTED: [rule: string, from: string, to: string][] = [
  ['layer-directory', 'service/src/directory/planted.ts', 'service/src/messaging/index.ts'],
  ['layer-feed', 'service/src/feed/planted.ts', 'service/src/directory/index.ts'],
  ['layer-connections', 'service/src/connections/planted.ts', 'service/src/feed/index.ts'],
  ['layer-tenancy', 'service/src/tenancy/planted.ts', 'service/src/connections/index.ts'],
  ['layer-gateways', 'service/src/gateways/mail/planted.ts', 'service/src/tenancy/index.ts'],
  ['layer-platform', 'service/src/platform/planted.ts', 'service/src/gateways/smpp/index.ts'],
  ['client-of-salesforce', 'service/src/connections/jsforce.ts', 'jsforce'],
  ['client-of-salesforce', 'service/src/feed/grpc.ts', '@grpc/grpc-js'],
  ['client-of-salesforce', 'service/src/feed/avro.ts', 'avsc'],
  ['client-of-smpp', 'service/src/messaging/smpp.ts', 'smpp'],
  ['client-of-mail', 'service/src/connections/nodemailer.ts', 'nodemailer'],
  ['client-of-twilio', 'service/src/messaging/twilio.ts', 'twilio'],
  ['composition-root', 'service/src/messaging/root.ts', 'service/src/app.ts'],
  ['part-by-its-index', 'service/src/acd/planted.ts', 'service/src/messaging/store.ts'],
  ['gateway-by-its-index', 'service/src/messaging/wire.ts', 'service/src/gateways/smpp/link.ts'],
  ['gateway-alone', 'service/src/gateways/twilio/planted.ts', 'service/src/gateways/smpp/index.ts'],
  [
    'platform-knows-nothing-of-ours',
    'service/src/platform/lightning.ts',
    'force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts',
  ],
  ['product-without-instruments', 'service/src/messaging/sandbox.ts', 'sandbox/mail/server.ts'],
  ['product-without-instruments', 'service/src/messaging/tools.ts', 'tools/lwc/paths.ts'],
  ['product-without-instruments', 'service/src/messaging/tested.ts', 'service/src/platform/log.test.ts'],
  ['one-function-shared-with-lightning', 'service/src/messaging/views.ts', 'force-app/main/messaging/lwc/messagingData/views.ts'],
  ['peers-without-the-service', 'sandbox/carrier/planted.ts', 'service/src/gateways/smpp/index.ts'],
  ['product-without-development-packages', 'service/src/messaging/dev.ts', 'fast-check'],
  ['no-circle', 'service/src/acd/circle-back.ts', 'service/src/acd/circle.ts'],
  ['resolves', 'service/src/messaging/nowhere.ts', 'service/src/messaging/gone.ts'],
];

/** Imports that look alike and are allowed. */
const ALLOWED: [from: string, to: string][] = [
  ['service/src/app.ts', 'service/src/messaging/index.ts'],
  ['service/src/acd/index.ts', 'service/src/messaging/index.ts'],
  ['service/src/messaging/index.ts', 'service/src/messaging/store.ts'],
  ['service/src/messaging/store.ts', 'service/src/gateways/smpp/index.ts'],
  ['service/src/directory/index.ts', 'service/src/connections/index.ts'],
  ['service/src/gateways/smpp/index.ts', 'force-app/main/messaging/lwc/messagingSegments/messagingSegments.ts'],
  ['service/src/gateways/smpp/link.ts', 'smpp'],
  ['service/src/gateways/smpp/link.test.ts', 'sandbox/mail/server.ts'],
  ['service/src/gateways/smpp/link.test.ts', 'service/src/platform/log.ts'],
  ['service/src/gateways/smpp/link.test.ts', 'fast-check'],
  ['sandbox/mail/test-helpers.ts', 'service/src/gateways/smpp/index.ts'],
];

const PACKAGES = {
  jsforce: 'dependencies',
  '@grpc/grpc-js': 'dependencies',
  avsc: 'dependencies',
  smpp: 'dependencies',
  nodemailer: 'dependencies',
  twilio: 'devDependencies',
  'fast-check': 'devDependencies',
};

let root: string;
let found: ForbiddenImport[];

beforeAll(async () => {
  root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'switchboard-imports-')));
  for (const target of TARGETS) write(target, []);
  write('service/src/acd/circle.ts', ['service/src/acd/circle-back.ts']);
  for (const [, from, to] of PLANTED) write(from, [to]);
  for (const from of new Set(ALLOWED.map(([file]) => file)))
    write(
      from,
      ALLOWED.filter(([file]) => file === from).map(([, to]) => to),
    );
  plantPackages();
  found = (await findForbiddenImports(root, FOLDERS)).violations;
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, imports: string[]): void {
  const lines = imports.map((to, index) => {
    const relative = path.relative(path.dirname(file), to);
    return `import * as part${index} from '${isFile(to) ? (relative.startsWith('.') ? relative : `./${relative}`) : to}';\nconsole.log(part${index});`;
  });
  mkdirSync(path.join(root, path.dirname(file)), { recursive: true });
  writeFileSync(path.join(root, file), [...lines, 'export const here = 1;', ''].join('\n'));
}

/** Names of packages may have a scope in front. */
const isFile = (to: string): boolean => to.includes('/') && !to.startsWith('@');

function plantPackages(): void {
  const names = (kind: string) =>
    Object.fromEntries(Object.entries(PACKAGES).flatMap(([name, of]) => (of === kind ? [[name, '1.0.0']] : [])));
  const own = { name: 'planted', type: 'module', dependencies: names('dependencies'), devDependencies: names('devDependencies') };
  writeFileSync(path.join(root, 'package.json'), JSON.stringify(own));
  for (const name of Object.keys(PACKAGES)) {
    const folder = path.join(root, 'node_modules', name);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, 'package.json'), JSON.stringify({ name, version: '1.0.0', main: 'index.js' }));
    writeFileSync(path.join(folder, 'index.js'), 'module.exports = {};');
  }
}

describe('import rules', () => {
  test.each(PLANTED)('%s reports %s', (rule, from) => {
    expect(found.filter((violation) => violation.from === from).map((violation) => violation.rule)).toContain(rule);
  });

  test('every rule has a planted violation', () => {
    expect(RULES.forbidden.map(({ name }) => name).filter((name) => !PLANTED.some(([rule]) => rule === name))).toEqual([]);
  });

  test('what is allowed is not reported', () => {
    const files = new Set(ALLOWED.map(([from]) => from));
    expect(found.filter(({ from }) => files.has(from))).toEqual([]);
  });
});
