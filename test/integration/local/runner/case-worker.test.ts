import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundle } from '../../../../lib/functions/bundle.ts';
import { type Lane, openLane } from '../../../../local/runner/case-worker.ts';
import { allCases } from '../../../../local/scenarios/all-cases.ts';
import { healthyLooks } from '../../../../local/scenarios/healthy-variants.ts';
import { placeOf } from '../../../../local/scenarios/place.ts';

let directory: string;
let lane: Lane;
beforeAll(async () => {
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-test-'));
  lane = await openLane((group) => bundle(group).file, directory, 'lane');
});
afterAll(async () => {
  await lane[Symbol.asyncDispose]();
  await rm(directory, { recursive: true });
});

/** `npm run cases` tries every cell; here it is the last of each case, which is seldom the plainest. */
const chosen = allCases.flatMap((one) => {
  const cell = one.cells.at(-1);
  return cell ? [{ one, cell, name: `${one.id} at ${placeOf(cell.site)}, ${cell.wire}` }] : [];
});

describe('a staged case', () => {
  it.each(chosen)('is named rightly, and gone when it is taken back: $name', async ({ one, cell }) => {
    expect(await lane.try(one, cell)).toMatchObject({ right: true });
    expect(await lane.runHealthy(cell.site.group, [])).toEqual({ found: [] });
  });
});

describe('a healthy org', () => {
  it.each(Object.entries(healthyLooks))('is found healthy by every group, looking like this: %s', async (_, looks) => {
    for (const group of lane.groups) expect(await lane.runHealthy(group, looks), group).toEqual({ found: [] });
  });
});
