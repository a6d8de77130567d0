/**
 * Reports on a period for each org: `npm run report -- --config my.jsonc --month 2026-10`.
 *
 * It reads a deployment's metrics, alarms and logs with your own AWS credentials, or with --data what `npm run watch`
 * remembers. It changes nothing.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { groups } from '../../functions/model/probe.ts';
import { loadConfig } from '../../lib/config/load-config.ts';
import type { Config } from '../../lib/config/schema.ts';
import { type MonitoredOrg, monitoredOrgs, planOf } from '../../lib/monitored-org.ts';
import { UsageError } from '../lab/result.ts';
import { openHistoryReader } from '../self-hosted/history/read-history.ts';
import { schemaVersion } from '../self-hosted/history/schema.ts';
import { awsOptions } from './aws-problem.ts';
import { defineCommand, listOf, writeReport } from './command.ts';
import { openCloudWatchSource, SourceError } from './report/cloudwatch-source.ts';
import { openHistorySource } from './report/history-source.ts';
import { type OrgReport, reportOrg } from './report/org-report.ts';

import { reportDocument } from './report/report-document.ts';
import type { Period, ReportSource } from './report/source.ts';
import { showProgress } from './reporters/progress.ts';
import { formatReport, toHtml, toMarkdown } from './reporters/report/formats.ts';

const minuteMs = 60_000;

/** An invalid period on the command line. */
export class PeriodError extends Error {
  override readonly name = 'PeriodError';
}

/** A month in UTC: `2026-10`. Throws `PeriodError`. */
export function monthPeriod(month: string): Period {
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month) ?? [];
  if (year === undefined || number === undefined)
    throw new PeriodError(`--month must be like 2026-10, not '${month}'.`);
  return { start: Date.UTC(Number(year), Number(number) - 1), end: Date.UTC(Number(year), Number(number)) };
}

/** A date, or a date with a time of day, in UTC: `2026-10-03`, `2026-10-03T14:30`. Throws `PeriodError`. */
export function timeOfFlag(flag: string, value: string): number {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z?)?$/.test(value)
    ? Date.parse(value.includes('T') ? `${value.replace('Z', '')}Z` : value)
    : Number.NaN;
  // Trap: Date.parse takes February 30 for March 2.
  const isInCalendar = !Number.isNaN(time) && daysIn(value.slice(0, 7)) >= Number(value.slice(8, 10));
  if (!isInCalendar)
    throw new PeriodError(`--${flag} must be like 2026-10-03 or 2026-10-03T14:30, in UTC, not '${value}'.`);
  return Math.floor(time / minuteMs) * minuteMs;
}

function daysIn(month: string): number {
  const { start, end } = monthPeriod(month);
  return (end - start) / (24 * 60 * minuteMs);
}

/** The longest time that one report covers. Longer ones have no points anyway. */
const mostDays = 455;

/** The delay after which CloudWatch shows a point. Before that, a minute would look like one without a run. */
export const publishedMs = 5 * minuteMs;

/** Returns the part of a period whose points can be read already: until `delayMs` ago. Throws `PeriodError` if that is empty. */
export function untilNow({ start, end }: Period, now: number, delayMs = 0): Period {
  if (start >= end) throw new PeriodError('The report must end after it begins.');
  const over = Math.floor((now - delayMs) / minuteMs) * minuteMs;
  if (start >= over) {
    const delay =
      delayMs > 0 ? `, and more than ${delayMs / minuteMs} minutes ago: later points may not be there yet` : '';
    throw new PeriodError(`The report must begin in the past${delay}.`);
  }
  if (end - start > mostDays * 24 * 60 * minuteMs)
    throw new PeriodError(`The report may cover ${mostDays} days at the most.`);
  return { start, end: Math.min(end, over) };
}

/** The formats of files, by the end of their name. */
const formats: Readonly<Record<string, (reports: readonly OrgReport[], generatedAt: number) => string>> = {
  '.html': toHtml,
  '.md': toMarkdown,
  '.json': reportDocument,
};

export const report = defineCommand({
  name: 'report',
  options: {
    config: {
      type: 'string',
      value: '<path>',
      required: 'the path of your configuration',
      help: 'the configuration file of the deployment',
    },
    month: { type: 'string', value: '<yyyy-mm>', help: 'the month, in UTC: 2026-10' },
    from: { type: 'string', value: '<time>', help: 'instead of --month: a date or 2026-10-03T14:30, in UTC' },
    to: { type: 'string', value: '<time>', help: 'the end, which is not included (default: now)' },
    org: { type: 'string', value: '<name>', multiple: true, help: 'only this org; repeat it or separate by commas' },
    data: { type: 'string', value: '<dir>', help: 'read what npm run watch remembers in this folder, and not AWS' },
    out: {
      type: 'string',
      value: '<file>',
      multiple: true,
      help: 'write it to a file: .html, .md or .json; may be repeated',
    },
    json: { type: 'boolean', default: false, help: 'print the JSON document instead of text' },
  },
  exclusive: [['month', 'from', 'to']],
  async run(values, { stdout, stderr }) {
    const config = loadConfig(values.config);
    const now = Date.now();
    const period = periodOf(values, now);
    const files = (values.out ?? []).map((file) => {
      const format = formats[path.extname(file).toLowerCase()];
      if (!format) throw new UsageError(`--out ${file}: the name must end in ${Object.keys(formats).join(', ')}.`);
      return { file, format };
    });
    const orgs = orgsOf(config, listOf(values.org));
    await using opened = new AsyncDisposableStack();
    const source = values.data === undefined ? await inAws(config, orgs, now) : inHistory(values.data, opened);
    using progress = showProgress(stderr);
    const reports: OrgReport[] = [];
    for (const [index, monitored] of orgs.entries()) {
      progress.update(`${index} of ${orgs.length} orgs`);
      const options = { monitored, maintenance: config.alerts.maintenance, period };
      reports.push(
        await reportOrg(source, options).catch((error: unknown) => {
          throw error instanceof SourceError ? new UsageError(error.message) : error;
        }),
      );
    }
    progress[Symbol.dispose]();
    stdout.write(values.json ? reportDocument(reports, now) : `${formatReport(reports)}\n`);
    for (const { file, format } of files) writeReport(file, format(reports, now));
    return 0;
  },
});

interface PeriodFlags {
  readonly month?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly data?: string | undefined;
}

function periodOf({ month, from, to, data }: PeriodFlags, now: number): Period {
  const delayMs = data === undefined ? publishedMs : 0;
  try {
    if (month !== undefined) return untilNow(monthPeriod(month), now, delayMs);
    if (from === undefined) throw new PeriodError('--month or --from is required: --month 2026-10.');
    const period = { start: timeOfFlag('from', from), end: to === undefined ? now : timeOfFlag('to', to) };
    return untilNow(period, now, delayMs);
  } catch (error) {
    if (!(error instanceof PeriodError)) throw error;
    throw new UsageError(error.message);
  }
}

function orgsOf(config: Config, names: readonly string[] | undefined): readonly MonitoredOrg[] {
  const all = monitoredOrgs(config);
  const known = all.map(({ org }) => org.name);
  const unknown = (names ?? []).filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new UsageError(`--org ${unknown.join(', ')}: the configuration has ${known.join(', ')}.`);
  return all.filter(({ org }) => names?.includes(org.name) ?? true);
}

async function inAws(config: Config, orgs: readonly MonitoredOrg[], now: number): Promise<ReportSource> {
  const [cloudWatch, logs] = [new CloudWatchClient(awsOptions()), new CloudWatchLogsClient(awsOptions())];
  const region = await cloudWatch.config.region().catch(() => {
    throw new UsageError('No AWS Region is set: set AWS_REGION to that of the deployment, or use --data.');
  });
  const { deployment, logRetentionDays } = config;
  const running = groups.filter((group) => orgs.some((monitored) => planOf(monitored, group).length > 0));
  return openCloudWatchSource({ cloudWatch, logs, region, deployment, groups: running, logRetentionDays, now });
}

/** Opened for reading: `watch` may be writing to it. */
function inHistory(folder: string, opened: AsyncDisposableStack): ReportSource {
  const file = path.join(path.resolve(folder), 'history.sqlite');
  if (!existsSync(file))
    throw new UsageError(`--data ${folder}: there is no history.sqlite, which npm run watch writes.`);
  const { database, version } = openReadOnly(file);
  opened.defer(() => database.close());
  if (version !== schemaVersion)
    throw new UsageError(
      `--data ${folder}: its history is of version ${version}, and this is version ${schemaVersion}.`,
    );
  return openHistorySource(openHistoryReader(database));
}

function openReadOnly(file: string) {
  try {
    const database = new DatabaseSync(file, { readOnly: true, timeout: 5_000 });
    return { database, version: database.prepare('PRAGMA user_version').get()?.user_version };
  } catch (error) {
    // An error of SQLite has a code.
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(`${file} cannot be read (${error.message}).`);
  }
}
