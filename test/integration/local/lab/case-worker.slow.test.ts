import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { groups } from '../../../../functions/model/probe.ts';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { monitoredOrgs, planOf } from '../../../../lib/monitored-org.ts';
import { CaseWorker } from '../../../../local/lab/run-cases.ts';
import { variantName } from '../../../../local/lab/scenarios/case.ts';
import { healthyVariants } from '../../../../local/lab/scenarios/healthy-variants.ts';
import { selectVariants } from '../../../../local/lab/select.ts';

const config = loadConfig('lib/config/example.jsonc');
const orgs = monitoredOrgs({ ...config, orgs: config.orgs.map((org) => ({ ...org, negativeTests: true })) });
const running = orgs.flatMap((org) =>
  groups.filter((group) => planOf(org, group).length > 0).map((group) => ({ org, group })),
);

let worker: CaseWorker;
beforeAll(async () => {
  worker = await CaseWorker.open(orgs);
});
afterAll(() => worker[Symbol.asyncDispose]());

/** `npm run cases` tries every variant. This tries the last one of each case, which is rarely the plainest. */
const selected = Object.values(Object.groupBy(selectVariants(orgs), (each) => each.case.id)).flatMap(
  (variants) => variants?.slice(-1) ?? [],
);

describe('a case worker', () => {
  it.each(selected.map((each) => [`${variantName(each.case, each.variant)}, ${each.variant.symptom}`, each] as const))(
    'sees the monitor diagnose a fault, and no trace of it once it is restored: %s',
    async (_, each) => {
      expect(await worker.try(each)).toMatchObject({ verification: { passed: true } });
      expect(await worker.runHealthy(each.org, each.variant.target.group, [])).toMatchObject({
        findings: [],
        verification: { passed: true },
      });
    },
  );

  it.each(Object.entries(healthyVariants))(
    'sees no false alarm in any group of a healthy org: %s',
    async (_, faults) => {
      for (const { org, group } of running) {
        expect(await worker.runHealthy(org, group, faults), group).toMatchObject({
          findings: [],
          verification: { passed: true },
        });
      }
    },
  );
});
