import { expect, it } from 'vitest';
import { readFunctionLog } from '../../../../local/self-hosted/lambda/function-log.ts';

it('keeps a log line that is not JSON as it is', () => {
  expect(readFunctionLog(['(node:1) Warning: at 2026-11-21T12:00:00.000Z', '[1]'])).toEqual({
    lines: ['(node:1) Warning: at 2026-11-21T12:00:00.000Z', '[1]'],
    points: [],
    outcomes: { passed: 0, failed: 0, skipped: 0 },
    findings: [],
  });
});
