import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FaultDomain, faultDomains } from '../../../../../functions/model/fault-domain.ts';
import { loadConfig } from '../../../../../lib/config/load-config.ts';
import type { Config } from '../../../../../lib/config/schema.ts';
import { bundle } from '../../../../../lib/functions/bundle.ts';
import { monitoredOrgs } from '../../../../../lib/monitored-org.ts';
import { openCloudWatchSource } from '../../../../../local/commands/report/cloudwatch-source.ts';
import { openHistorySource } from '../../../../../local/commands/report/history-source.ts';
import { type OrgReport, reportOrg } from '../../../../../local/commands/report/org-report.ts';
import { reportDocument, reportSchema } from '../../../../../local/commands/report/report-document.ts';
import type { ReportSource } from '../../../../../local/commands/report/source.ts';
import { monthPeriod } from '../../../../../local/commands/report.ts';
import { allCases } from '../../../../../local/lab/scenarios/all-cases.ts';
import { interceptOrg } from '../../../../../local/lab/scenarios/faults/answers.ts';
import { injects, type SimulationFault } from '../../../../../local/lab/scenarios/faults/configuration.ts';
import { connectionRefused } from '../../../../../local/lab/scenarios/faults/unreachable.ts';
import { Simulation } from '../../../../../local/lab/simulation/simulation.ts';
import { type History, openHistory } from '../../../../../local/self-hosted/history/open-history.ts';
import { synthesize } from '../../../../../local/self-hosted/synthesize.ts';
import { errorEnvelope } from '../../../../../packages/okta-emulator/src/index.ts';

const minuteMs = 60_000;

/** The monitor is deployed on the 28th, and the month ends two hours later. */
const month = monthPeriod('2026-10');
const startsAt = month.end - 120 * minuteMs;

function drilled({ orgs, ...config }: Config): Config {
  return {
    ...config,
    slo: { objectivePercent: 99.5, windowDays: 30, domains: ['okta'] },
    intervalMinutes: { ...config.intervalMinutes, status: 1 },
    // On a busy machine, a healthy answer may take seconds.
    orgs: orgs.slice(0, 1).map((each) => ({ ...each, slowAfterMs: 10_000, timeoutMs: 20_000 })),
  };
}

const config = drilled(loadConfig('lib/config/example.jsonc'));
const [monitored] = monitoredOrgs(config);
if (!monitored) throw new Error('the example has no org');
const org = monitored.org.name;

const faultsOf = (id: string) => {
  const [variant] = allCases.find((each) => each.id === id)?.variants ?? [];
  if (!variant) throw new Error(`there is no case ${id}`);
  return injects(...variant.faults);
};

/** What happens, minute by minute. The report must find exactly this. */
interface Episode {
  readonly minutes: number;
  readonly faults?: readonly SimulationFault[];
  /** What every minute of it is, by fault domain. */
  readonly page?: FaultDomain;
  readonly ticket?: FaultDomain;
  readonly isSilent?: true;
}

const outage = injects(interceptOrg(errorEnvelope('E0000009')));
const announce = faultsOf('O6');

const episodes: readonly Episode[] = [
  { minutes: 6 },
  { minutes: 3, faults: [outage], page: 'okta' },
  { minutes: 5, faults: [outage, announce], page: 'okta' },
  { minutes: 12 },
  { minutes: 4, faults: [injects(connectionRefused)], page: 'network' },
  { minutes: 12 },
  { minutes: 5, faults: [faultsOf('K1')], ticket: 'credentials' },
  { minutes: 12 },
  {
    minutes: 4,
    faults: [(simulation) => simulation.disable(`${org}-flows`), (simulation) => simulation.disable(`${org}-limits`)],
    isSilent: true,
  },
  { minutes: 6 },
  { minutes: 1, faults: [outage], page: 'okta' },
  { minutes: 3 },
];

const watchedMinutes = episodes.reduce((sum, { minutes }) => sum + minutes, 0);
const truth = (of: (episode: Episode) => boolean) => episodes.filter(of).reduce((sum, { minutes }) => sum + minutes, 0);
const startOf = (index: number) =>
  startsAt + episodes.slice(0, index).reduce((sum, { minutes }) => sum + minutes, 0) * minuteMs;

let simulation: Simulation;
let history: History;
const reports: Record<string, OrgReport> = {};

const options = {
  monitored,
  maintenance: [],
  period: { start: month.start, end: startsAt + watchedMinutes * minuteMs },
};

function cloudWatchAt(now: number): ReportSource {
  const client = {
    ...{ endpoint: simulation.aws.url, region: 'eu-west-1' },
    credentials: { accessKeyId: 'reporter', secretAccessKey: 'unused' },
  };
  return openCloudWatchSource({
    ...{ cloudWatch: new CloudWatchClient(client), logs: new CloudWatchLogsClient(client), region: 'eu-west-1' },
    ...{ deployment: config.deployment, groups: ['flows', 'limits', 'status'], logRetentionDays: 30, now },
  });
}

beforeAll(async () => {
  history = openHistory(':memory:');
  simulation = await Simulation.open({
    template: synthesize(config).template,
    bundleOf: (entry) => bundle(entry).file,
    startsAt,
    journal: history.journal,
  });
  for (const { minutes, faults = [] } of episodes) {
    const restores = [];
    for (const fault of faults) restores.push(await fault(simulation, org, { packetsLost: 0 }));
    for (let minute = 0; minute < minutes; minute += 1) await simulation.tick();
    for (const restore of restores.toReversed()) await restore?.();
  }
  reports.cloudWatch = await reportOrg(cloudWatchAt(simulation.now), options);
  reports.history = await reportOrg(openHistorySource(history.reader), options);
}, 120_000);
afterAll(async () => {
  await simulation?.[Symbol.asyncDispose]();
  history?.[Symbol.dispose]();
});

describe.each(['cloudWatch', 'history'])('the report of a drilled month from %s', (name) => {
  const report = () => {
    const { [name]: found } = reports;
    if (!found) throw new Error(`there is no report from ${name}`);
    return found;
  };

  it.each(faultDomains)('counts every minute of the fault domain %s, and no other', (domain) => {
    const pages = truth(({ page }) => page === domain);
    const tickets = truth(({ ticket }) => ticket === domain);
    expect(report().domains.find((each) => each.domain === domain)).toEqual({
      domain,
      pageMinutes: { least: pages, most: pages },
      ticketMinutes: { least: tickets, most: tickets },
    });
  });

  it('counts minutes without data as unknown, neither as good nor as bad', () => {
    const bad = truth(({ page }) => page === 'okta');
    const unseen = truth(({ page }) => page === 'network');
    const silent = truth(({ isSilent }) => isSilent === true);
    const total = (options.period.end - options.period.start) / minuteMs;
    const good = watchedMinutes - bad - unseen - silent;
    expect(report().availability).toMatchObject({
      ...{ total, unseen, unknown: total - watchedMinutes + silent, maintenance: 0 },
      ...{ bad: { least: bad, most: bad }, good: { least: good, most: good } },
    });
  });

  it('has each incident from its first bad minute to the one after its last, with its finding and its requests', () => {
    expect(
      report().incidents.map(({ domain, start, end, findings: [lead] }) => [domain, start, end, lead?.code]),
    ).toEqual([
      ['okta', startOf(1), startOf(3), 'internal-error'],
      ['network', startOf(4), startOf(5), 'connection-refused'],
      ['credentials', startOf(6), startOf(7), 'client-refused'],
    ]);
    const [outageOfOkta] = report().incidents;
    expect(outageOfOkta?.findings[0]?.requests[0]).toMatchObject({ answer: '500', requestId: expect.any(String) });
    expect(report().incidents.map(({ problem }) => problem)).toEqual([undefined, undefined, undefined]);
  });

  it('says when people were told of each incident', () => {
    const fired = simulation.transitions.filter(({ to }) => to === 'ALARM');
    for (const { domain, severity, firedAt } of report().incidents) {
      expect(firedAt).toBe(fired.find(({ alarm }) => alarm.endsWith(`${org}/${domain}/${severity}`))?.at);
    }
  });

  it('counts a single bad minute, which no alarm tells of, and lists no incident for it', () => {
    expect(report().brief).toEqual({ count: 1, minutes: { least: 1, most: 1 } });
  });

  it("shows Okta's announcements beside the observations", () => {
    expect(report().announcements).toMatchObject([
      { start: startOf(2), end: startOf(3), isOwnCell: true, observedAt: startOf(1) },
    ]);
    expect(report().announcements[0]?.words.join()).toMatch(/Service Disruption/);
  });

  it('takes the bad minutes from the error budget of the time, and of the rolling window', () => {
    const bad = truth(({ page }) => page === 'okta');
    const { total, objective } = report().availability;
    expect(objective?.budget.minutes).toBeCloseTo(total * 0.005);
    expect(objective?.budget.used).toEqual({ least: bad, most: bad });
    expect(objective?.rolling).toMatchObject({ minutes: 216, used: { least: bad, most: bad } });
    expect(objective?.rolling.leftPercent.least).toBeCloseTo(100 - (bad / 216) * 100);
  });

  it('tells the gaps of the monitor, first of all the time before its deployment', () => {
    expect(report().gaps.map(({ start, end }) => [start, end])).toEqual([
      [month.start, startsAt],
      [startOf(8), startOf(9)],
    ]);
  });

  it('has percentiles of each timed probe and the headroom of each hour', () => {
    expect(report().latency.map(({ target }) => target)).toContain('token@default');
    for (const { buckets } of report().latency) {
      for (const { p50, p95, p99 } of buckets)
        expect([p50, p95, p99]).toEqual([p50, p95, p99].toSorted((a, b) => a - b));
    }
    expect(report().headroom.length).toBeGreaterThan(0);
  });
});

it.each(['cloudWatch', 'history'])('the JSON document of the report from %s follows its schema', (name) => {
  const document = reportDocument([reports[name] as OrgReport], simulation.now);
  expect(reportSchema.safeParse(JSON.parse(document)).error).toBeUndefined();
});

it('both sources tell the same', () => {
  const comparable = (name: string) => {
    const { source: _, resolutions: __, remarks: ___, ...rest } = reports[name] as OrgReport;
    return rest;
  };
  expect(comparable('history')).toEqual(comparable('cloudWatch'));
});

it('weeks later, CloudWatch has periods of five minutes: the truth lies between two bounds, and the report says so', async () => {
  const later = await reportOrg(cloudWatchAt(simulation.now + 40 * 24 * 60 * minuteMs), options);
  const bad = truth(({ page }) => page === 'okta');
  const { least, most } = later.availability.bad;
  expect([least <= bad, bad <= most]).toEqual([true, true]);
  expect(least).toBeLessThan(most);
  expect(later.remarks.join()).toMatch(/periods of 5 minutes/);
  expect(later.incidents[0]?.firedAt).toBe('unknown');
  expect(later.incidents[0]?.problem).toBe('the logs are kept for 30 days');
});
