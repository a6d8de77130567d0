import { defineConfig } from 'vitest/config';

/** `TEST_REPORT=file` writes the results as JSON as well, for CI to count. */
const { TEST_REPORT: outputFile } = process.env;

/** A hung test fails after this long. No test asserts how long anything takes: a busy machine takes its time. */
const timeouts = { testTimeout: 180_000, hookTimeout: 180_000 };

/** Takes longer than a quarter of a minute, and guards what changes rarely. */
const slow = '{test,packages/*/test}/**/*.slow.test.ts';

const suite = (name: string) => ({
  test: {
    name,
    include: name === 'slow' ? [slow] : [`test/${name}/**/*.test.ts`],
    exclude: name === 'slow' ? [] : [slow],
    // The test files of a worker share their modules: to load these for each file took most of the CPU time of the unit
    // tests, and 54 s of that of the integration tests. A test that changes a global restores it.
    isolate: !['unit', 'integration'].includes(name),
    ...timeouts,
  },
});

/**
 * `unit`: pure code. `integration`: TLS, processes, the CDK and the simulator. `e2e`: the commands as npm runs them. `slow`:
 * what of these takes long. `deploy`: the real CDK CLI against an AWS API on loopback. `browser`: the board in Chromium.
 * Each package has a project of its own. `npm test` runs the first three and those of the packages.
 */
export default defineConfig({
  test: {
    // Many tests wait for real answers, so vitest's default of one processor less would leave one idle.
    maxWorkers: '100%',
    reporters: ['default', ...(outputFile ? [['json', { outputFile }] as ['json', { outputFile: string }]] : [])],
    projects: [...['unit', 'integration', 'e2e', 'slow', 'deploy', 'browser'].map(suite), 'packages/*'],
  },
});
