/**
 * Who may import whom (read by dependency-cruiser; `npm run lint:imports`). Layers are listed from the top; arrows point down only.
 * A rule that is not proved by a planted violation in imports.test.ts is not finished.
 */
const LAYERS = ['(messaging|sync|acd|crm)', 'directory', 'feed', 'connections', 'tenancy', 'gateways', 'platform'];
const TESTS = '\\.test\\.ts$|\\.e2e\\.ts$|test-helpers?\\.ts$|/test-database\\.ts$';
const SEGMENTS = '^force-app/main/messaging/lwc/messagingSegments/messagingSegments\\.ts$';
/** Wire libraries and the one gateway that may know each. */
const CLIENTS = {
  salesforce: ['jsforce', '@grpc/grpc-js', '@grpc/proto-loader', 'avsc'],
  smpp: ['smpp'],
  mail: ['nodemailer'],
  twilio: ['twilio'],
};

const src = (folder) => `^service/src/${folder}/`;

const layerRules = LAYERS.slice(1).map((layer, index) => ({
  name: `layer-${layer}`,
  comment: 'Arrows point down: app → features → directory → feed → connections → tenancy → gateways → platform.',
  severity: 'error',
  from: { path: src(layer) },
  to: { path: src(`(${LAYERS.slice(0, index + 1).join('|')})`) },
}));

const clientRules = Object.entries(CLIENTS).map(([gateway, packages]) => ({
  name: `client-of-${gateway}`,
  comment: `Only gateways/${gateway} knows the library of its peer.`,
  severity: 'error',
  from: { path: '^service/src/', pathNot: [`^service/src/gateways/${gateway}/`, TESTS] },
  to: { path: packages.map((name) => `^node_modules/(@types/)?${name}/`).join('|') },
}));

module.exports = {
  forbidden: [
    ...layerRules,
    ...clientRules,
    {
      name: 'composition-root',
      comment: 'app.ts, main.ts and config.ts know every part; no part knows them.',
      severity: 'error',
      from: { path: '^service/src/[^/]+/', pathNot: TESTS },
      to: { path: '^service/src/(app|main|config)\\.ts$' },
    },
    {
      name: 'part-by-its-index',
      comment: 'A feature, the directory, the feed and the connections are used through their index.ts.',
      severity: 'error',
      from: { path: '^service/src/([^/]+)', pathNot: TESTS },
      to: {
        path: '^service/src/(messaging|sync|acd|crm|directory|feed|connections)/',
        pathNot: ['^service/src/$1', '^service/src/[^/]+/index\\.ts$'],
      },
    },
    {
      name: 'gateway-by-its-index',
      comment: 'A gateway is used through its index.ts, and never by another gateway.',
      severity: 'error',
      from: { path: '^service/src/(?!gateways/)', pathNot: TESTS },
      to: { path: '^service/src/gateways/[^/]+/', pathNot: '^service/src/gateways/[^/]+/index\\.ts$' },
    },
    {
      name: 'gateway-alone',
      comment: 'A gateway knows the platform and itself.',
      severity: 'error',
      from: { path: '^service/src/gateways/([^/]+)/' },
      to: { path: '^service/src/gateways/([^/]+)/', pathNot: '^service/src/gateways/$1/' },
    },
    {
      name: 'platform-knows-nothing-of-ours',
      severity: 'error',
      from: { path: src('platform') },
      to: { path: '^(service/src|sandbox|force-app|tools|bench|e2e)/', pathNot: src('platform') },
    },
    {
      name: 'product-without-instruments',
      comment: 'The service loads nothing of the sandbox, the tools or the benches; its tests may.',
      severity: 'error',
      from: { path: '^service/src/', pathNot: TESTS },
      to: { path: ['^(sandbox|tools|bench|e2e|test)/', TESTS] },
    },
    {
      name: 'one-function-shared-with-lightning',
      comment: 'What counts segments in the composer counts them in the service. Nothing else of the org is code of the service.',
      severity: 'error',
      from: { path: '^service/' },
      to: { path: '^force-app/', pathNot: SEGMENTS },
    },
    {
      name: 'peers-without-the-service',
      comment: 'A peer that used the code under test would agree with its faults. Tests of the peers may use it as a client.',
      severity: 'error',
      from: { path: '^sandbox/', pathNot: TESTS },
      to: { path: '^service/' },
    },
    {
      name: 'product-without-development-packages',
      severity: 'error',
      from: { path: '^service/src/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-circle',
      comment: 'Types may refer to each other; code that runs may not.',
      severity: 'error',
      from: { path: '^(service|sandbox|tools)/', pathNot: '^sandbox/lightning/shell/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolves',
      comment: 'An import that cannot be followed is one that the rules above cannot judge.',
      severity: 'error',
      from: { path: '^(service|sandbox|tools|bench|e2e)/', pathNot: '^sandbox/lightning/shell/' },
      to: { couldNotResolve: true, pathNot: '^(@lwc/compiler|lightning/|@salesforce/|c/)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(build|\\.data|tools/verify-sf/bad|sandbox/lightning/shell)/' },
    tsPreCompilationDeps: true,
    combinedDependencies: false,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json', '.d.ts'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      exportsFields: ['exports'],
      mainFields: ['module', 'main', 'types'],
    },
  },
};
