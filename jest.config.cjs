/**
 * Component tests: `npx jest --config jest.config.cjs <name>` runs the tests whose path contains <name>, e.g. `messagingThread`.
 *
 * - Tests lie beside the component in `__tests__/<component>.test.ts`. `c/*` finds components of every `force-app/main/<area>/lwc`.
 * - Apex: `jest.mock('@salesforce/apex/Class.method', () => ({ default: jest.fn() }), { virtual: true })`; for `@wire` the factory gives
 *   `{ default: require('@salesforce/sfdx-lwc-jest').createApexTestWireAdapter(jest.fn()) }`, and the test calls `.emit(…)` / `.error(…)`.
 * - Labels read as their own name (`c.Switchboard_Send`), schema imports as their tokens.
 * - `await expect(element).toBeAccessible()` is ready in every test (sa11y).
 * - Mocks that sfdx-lwc-jest lacks or has too hollow are in test/lwc/: `lightning/modal`, `lightning/empApi` (a test delivers an event
 *   with `deliver(channel, payload)`), `lightning/navigation` (`lastNavigation()`), `lightning/confirm|alert|prompt`,
 *   `lightning/platformShowToastEvent` (a test listens on the element for `ShowToastEvent.eventName`).
 * - Base components are hollow here: what is rendered is proved in the browser tests, not by jest.
 */
const { jestConfig } = require('@salesforce/sfdx-lwc-jest/config');

// sfdx-lwc-jest runs on engine 8 while the templates are compiled by 9.4.3, which LWC would report in every run. The browser tests use one version.
process.env.SKIP_LWC_VERSION_MISMATCH_CHECK = 'true';

module.exports = {
  ...jestConfig,
  rootDir: __dirname,
  roots: ['<rootDir>/force-app', '<rootDir>/test/lwc'],
  testMatch: ['**/__tests__/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/build/', '<rootDir>/.data/'],
  moduleNameMapper: {
    '^lightning/(modal|empApi|navigation|platformShowToastEvent|platformUtilityBarApi|confirm|alert|prompt)$':
      '<rootDir>/test/lwc/lightning/$1.js',
  },
  setupFilesAfterEnv: [...(jestConfig.setupFilesAfterEnv ?? []), '<rootDir>/test/lwc/setup.cjs'],
  restoreMocks: false,
};
