import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatTarget } from '../../../../functions/model/target.ts';
import { bundle } from '../../../../lib/functions/bundle.ts';
import { type CaseWorker, openCaseWorker } from '../../../../local/runner/case-worker.ts';
import { allCases } from '../../../../local/scenarios/all-cases.ts';
import { healthyVariants } from '../../../../local/scenarios/healthy-variants.ts';

let directory: string;
let lane: CaseWorker;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-'));
  lane = await openCaseWorker((group) => bundle(group).file, directory, 'lane');
});
afterAll(async () => {
  await lane[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** `npm run cases` tries every cell; here it is the last of each case, which is seldom the plainest. */
const chosen = allCases.flatMap((one) => {
  const cell = one.variants.at(-1);
  return cell ? [{ one, cell, name: `${one.id} at ${formatTarget(cell.target)}, ${cell.symptom}` }] : [];
});

describe('a staged case', () => {
  it.each(chosen)('is named rightly, and gone when it is taken back: $name', async ({ one, cell }) => {
    expect(await lane.try(one, cell)).toMatchObject({ passed: true });
    expect(await lane.runHealthy(cell.target.group, [])).toEqual({ found: [] });
  });
});

describe('a healthy org', () => {
  it.each(Object.entries(healthyVariants))(
    'is found healthy by every group, looking like this: %s',
    async (_, looks) => {
      for (const group of lane.groups) expect(await lane.runHealthy(group, looks), group).toEqual({ found: [] });
    },
  );
});
