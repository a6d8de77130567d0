import { defineConfig } from 'vitest/config';

/** The test files of a worker share their modules. A hung test fails after three minutes; no test asserts how long anything takes. */
export default defineConfig({
  test: {
    name: 'cloudwatch-alarms',
    include: ['test/**/*.test.ts'],
    isolate: false,
    // As in the whole repository's projects, with which they run together.
    maxWorkers: '100%',
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
