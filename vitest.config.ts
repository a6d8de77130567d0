import { defineConfig } from 'vitest/config';

/** `TEST_REPORT=file` writes the results as JSON besides, for CI to count. */
const { TEST_REPORT: outputFile } = process.env;

/** Two suites: `npm test`, and `npm run test:deploy`, which drives the real CDK CLI against an AWS API on loopback. */
export default defineConfig({
  test: {
    // Many tests wait for real answers: vitest's choice, which spares a processor, would leave it idle.
    maxWorkers: '100%',
    reporters: ['default', ...(outputFile ? [['json', { outputFile }] as ['json', { outputFile: string }]] : [])],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/deploy/**'],
          // Of what hangs. How long anything takes is no test's business: a busy machine takes its time.
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'deploy',
          include: ['test/deploy/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
