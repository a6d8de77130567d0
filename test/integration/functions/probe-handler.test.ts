import { describe, expect, it } from 'vitest';
import { finding } from '../../../functions/diagnosis/finding.ts';
import { ProbeFailure } from '../../../functions/diagnosis/probe-failure.ts';
import { defineProbe, type Group, type Probe } from '../../../functions/model/probe.ts';
import { noCredentials } from '../../../functions/runtime/no-credentials.ts';
import { emfPoints } from '../../../local/emulators/aws/metrics.ts';
import { fullOrg } from '../../support/full-org.ts';
import { handleOnce } from '../../support/handle-once.ts';

function probe(id: string, run: Probe['run'], group: Group = 'flows'): Probe {
  const metrics = { Answer: { unit: 'None', statistic: 'Maximum', help: 'What the probe says.' } } as const;
  return defineProbe({
    ...{ id, question: 'Is it?', group, scope: 'org', requests: [], timed: false },
    ...{ metrics, run: run as () => Promise<{ readings: { Answer: number } }> },
  });
}
const fine = probe('fine', async () => ({ readings: { Answer: 42 } }));
const failing = probe('failing', async () => {
  throw new ProbeFailure('announced-incident', { readings: { Answer: 2 } });
});
const broken = probe('broken', async () => {
  throw new TypeError('not what we thought');
});

/** What a call wrote, apart from metrics. */
const told = (lines: readonly string[]) => lines.map((line) => JSON.parse(line)).filter((line) => !('_aws' in line));
const asText = (points: readonly { identity: { name: string; dimensions: object }; value: number }[]) =>
  points.map(({ identity: { name, dimensions }, value }) => `${name}${JSON.stringify(dimensions)} ${value}`);
const isoTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

describe('a run whose metrics are refused', () => {
  it('loses no point: each is in the log, with the time of the run, in the format that CloudWatch reads', async () => {
    const taken = await handleOnce(fullOrg, [fine, failing], noCredentials);
    const refused = await handleOnce(fullOrg, [fine, failing], noCredentials, true);
    expect(refused.points).toEqual([]);
    const inLog = refused.lines.flatMap(emfPoints);
    const monitor = 'Severity{"Domain":"monitor","Org":"acme"}';
    expect(asText(taken.points)).toContain(`${monitor} 0`);
    expect(asText(inLog).sort()).toEqual(
      asText(taken.points)
        .map((point) => (point === `${monitor} 0` ? `${monitor} 1` : point))
        .sort(),
    );
    const [outcome] = told(refused.lines);
    expect(new Set(inLog.map(({ at }) => at))).toEqual(new Set([outcome.at]));
  });

  it('is no failure: it is a finding, once everything is in the log', async () => {
    const { lines, ...ended } = await handleOnce(fullOrg, [fine], noCredentials, true);
    expect(ended).toMatchObject({ value: [{ probe: 'fine', status: 'passed' }] });
    expect(told(lines)).toMatchObject([
      { type: 'outcome', probe: 'fine' },
      { type: 'finding', at: isoTime, org: 'acme', finding: { code: 'metrics-refused', domain: 'monitor' } },
    ]);
  });

  it('says so in a group that otherwise adds only what it found', async () => {
    const rare = probe('rare', async () => ({ readings: { Answer: 1 } }), 'status');
    const { lines } = await handleOnce(fullOrg, [rare], noCredentials, true);
    expect(asText(lines.flatMap(emfPoints))).toEqual([
      'Severity{"Domain":"monitor","Org":"acme"} 1',
      'Answer{"Org":"acme","Probe":"rare"} 1',
    ]);
  });
});

describe('a run in which a probe breaks', () => {
  it('publishes and logs what the others found, and then ends in an error', async () => {
    for (const refuse of [false, true]) {
      const { lines, points, ...ended } = await handleOnce(fullOrg, [fine, broken, failing], noCredentials, refuse);
      expect(ended).toHaveProperty('error.message', 'the monitor failed: TypeError');
      expect(asText(refuse ? lines.flatMap(emfPoints) : points)).toEqual(
        expect.arrayContaining(['Answer{"Org":"acme","Probe":"fine"} 42', 'Answer{"Org":"acme","Probe":"failing"} 2']),
      );
      expect(told(lines)).toMatchObject([
        { type: 'outcome', at: isoTime, probe: 'fine', status: 'passed' },
        { type: 'outcome', probe: 'failing', status: 'failed', finding: finding('announced-incident') },
        { type: 'monitor-error', at: isoTime, org: 'acme', name: 'TypeError' },
        ...(refuse ? [{ type: 'finding' }] : []),
      ]);
    }
  });
});
