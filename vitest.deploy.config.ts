import { defineConfig } from 'vitest/config';

/** The deployment test drives the real CDK CLI against an AWS API on loopback: minutes, not milliseconds. */
export default defineConfig({
  test: {
    include: ['test/deploy/**/*.test.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
