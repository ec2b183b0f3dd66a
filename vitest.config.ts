import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{service,sandbox,tools,bench}/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    hookTimeout: 30_000,
    pool: 'forks',
    maxWorkers: 2,
  },
});
