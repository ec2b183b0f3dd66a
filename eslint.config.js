import js from '@eslint/js';
import lwcConfig from '@salesforce/eslint-config-lwc';
import { builtinRules } from 'eslint/use-at-your-own-risk';
import tseslint from 'typescript-eslint';

/*
 * What imports what is checked by dependency-cruiser (tools/lint/imports.cjs), since only resolved paths tell it.
 */

/** Code that runs on Node. The shell of the Lightning page runs in browsers and is linted with the components. */
const NODE = ['{service,sandbox,tools,bench,e2e}/**/*.ts', '*.config.ts'];
const SHELL = 'sandbox/lightning/shell/**/*.ts';
const COMPONENTS = ['force-app/**/lwc/**/*.ts', SHELL];
const TESTS = ['**/*.test.ts', '**/*.e2e.ts', '**/*.test-helper.ts', '**/test-helpers.ts', '**/__tests__/**'];
/** Components that wait on purpose and clear their timer when they leave the page. Another one belongs here only if it does so too. */
const TIMERS = [
  '**/corePoll.ts',
  '**/coreRegister.ts',
  '**/acdLog.ts',
  '**/connectionsInvite.ts',
  '**/messagingData/calmly.ts',
  '**/messagingInbox.ts',
  '**/messagingThread/afterPaint.ts',
  '**/messagingUserPicker.ts',
  SHELL,
];

/** A second `max-lines`, because one rule cannot both warn and refuse. */
const house = { rules: { 'long-file': builtinRules.get('max-lines') } };

const names = (text) => Object.fromEntries(text.split(' ').map((name) => [name, 'readonly']));

export default tseslint.config(
  { ignores: ['**/node_modules/', 'build/', '.data/', 'coverage/', 'types/', 'tools/verify-sf/bad/', '**/*.tmp.*'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  { plugins: { house }, rules: { 'max-lines': ['error', { max: 400 }] } },
  { files: ['**/*.ts'], ignores: TESTS, rules: { 'house/long-file': ['warn', { max: 250 }] } },

  // Plain JavaScript: configuration, mocks of component tests, scripts of pages.
  { files: ['**/*.{js,cjs,mjs}'], extends: [js.configs.recommended] },
  { files: ['**/*.cjs'], languageOptions: { sourceType: 'commonjs', globals: names('process console __dirname jest document afterEach') } },
  {
    files: ['test/lwc/**/*.js'],
    languageOptions: { parser: tseslint.parser, globals: names('jest document window CustomEvent Event setTimeout') },
  },
  {
    files: ['{sandbox,service}/**/*.js'],
    languageOptions: {
      globals: names(
        'window document fetch location history navigator FormData FileReader EventSource Option CSS URL URLSearchParams setTimeout clearTimeout setInterval clearInterval requestAnimationFrame',
      ),
    },
  },

  // Node, with types: a promise that nobody waits for is a lost error.
  {
    files: NODE,
    ignores: [SHELL],
    extends: [js.configs.recommended, tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-control-regex': 'off', // NUL is searched for on purpose: PostgreSQL cannot store it
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-misused-spread': ['error', { allow: ['string'] }], // by code point is what counting and splitting texts need
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      '@typescript-eslint/require-await': 'off', // handlers are async by contract, also where there is nothing to wait for
      '@typescript-eslint/unbound-method': 'off', // no class of ours hands its methods out
      '@typescript-eslint/no-unnecessary-condition': 'off', // does not see what a callback changed meanwhile
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      '@typescript-eslint/no-unnecessary-type-assertion': 'off', // calls an assertion idle that steers the inference of Fastify's types
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' }],
    },
  },
  // Other processes read our times: they come from the database's clock (platform/clock.ts). Gateways speak of their peers' times only.
  {
    files: ['service/src/**/*.ts'],
    ignores: [...TESTS, 'service/src/platform/clock.ts', 'service/src/gateways/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        {
          selector: "CallExpression[callee.object.name='Date'][callee.property.name='now']",
          message: 'Ask the clock, or performance.now() for spans.',
        },
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: 'Ask the clock.' },
      ],
    },
  },
  { files: ['**/*.config.ts', '{service,sandbox,tools}/**/*.d.ts'], rules: { 'no-restricted-syntax': 'off' } },
  // Values of any type pass through the sandbox's org; how they become text is its subject.
  { files: ['sandbox/**/*.ts', 'tools/**/*.ts'], ignores: [SHELL], rules: { '@typescript-eslint/no-base-to-string': 'off' } },
  {
    files: TESTS,
    ignores: COMPONENTS,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/restrict-template-expressions': 'off',
    },
  },

  // Lightning web components: Salesforce's own rules, read by the TypeScript parser, without those that tsc and Prettier make idle.
  ...lwcConfig.configs.recommended.map((config) => ({ ...config, files: COMPONENTS })),
  {
    files: COMPONENTS,
    languageOptions: { parser: tseslint.parser },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      ...tseslint.configs.eslintRecommended.rules,
      'consistent-return': 'off',
      'default-case': 'off',
      'dot-notation': 'off',
      'import/default': 'off',
      'import/named': 'off',
      'import/namespace': 'off',
      'import/no-unresolved': 'off',
      'no-confusing-arrow': 'off',
      'no-unused-vars': 'off',
      'no-use-before-define': ['error', { functions: false, variables: false }],
      'no-void': 'off', // marks a promise that answers for its own errors
    },
  },
  { files: TIMERS, rules: { '@lwc/lwc/no-async-operation': 'off' } },
  { files: [SHELL], rules: { '@lwc/lwc/no-document-query': 'off', 'no-restricted-globals': 'off' } },
  {
    files: ['**/__tests__/**/*.ts'],
    rules: {
      '@lwc/lwc/no-async-operation': 'off',
      '@lwc/lwc/no-unexpected-wire-adapter-usages': 'off',
      '@lwc/lwc/prefer-custom-event': 'off',
      'no-await-in-loop': 'off',
    },
  },
);
