/**
 * Runs the monitor on this machine, in real time, against the real orgs, without AWS: `npm run watch -- --config my.jsonc`.
 *
 * The same functions on the same schedules, alarms and messages as deployed. Secrets come from AWS Secrets Manager with your
 * own credentials, or from a file. Ends on Ctrl-C with 0.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ConfigError } from '../../lib/config/config-error.ts';
import { readConfig } from '../../lib/config/load-config.ts';
import { reviewConfig } from '../../lib/config/review-config.ts';
import { bundle } from '../../lib/functions/bundle.ts';
import { mostOrgStacks } from '../../lib/limits/fleet-limits.ts';
import { UnsupportedError } from '../../packages/cloudwatch-alarms/src/index.ts';
import { UsageError } from '../lab/result.ts';
import { pageReader } from '../self-hosted/board/read-page.ts';
import { boardJournal, type ServedBoard, serveBoard } from '../self-hosted/board/serve-board.ts';
import { FolderInUse, lockFolder } from '../self-hosted/history/lock.ts';
import { type History, openHistory } from '../self-hosted/history/open-history.ts';
import { retentionOf, usualKeepDays } from '../self-hosted/history/retention.ts';
import { stateFolder } from '../self-hosted/history/state-folder.ts';
import { tee } from '../self-hosted/journal.ts';
import { systemClock } from '../self-hosted/lambda/real-time-queue.ts';
import { Watch, type WatchOptions } from '../self-hosted/open-watch.ts';
import { missingSecrets, secretsInAws, secretsInFile } from '../self-hosted/secret-source.ts';
import { synthesize } from '../self-hosted/synthesize.ts';
import { awsOptions } from './aws-problem.ts';
import { defineCommand, integerOf, interrupted, listening, requireFree } from './command.ts';
import { showProgress } from './reporters/progress.ts';
import { formatWatchIntro, watchReporter } from './reporters/watch.ts';
import { firingAlarms, liveEvents, runWatch } from './watch/watch.ts';
import { openHealthRecord } from './watch/watch-health.ts';

export const watch = defineCommand({
  name: 'watch',
  options: {
    config: {
      type: 'string',
      value: '<path>',
      required: 'the path of your configuration',
      help: 'the configuration file with your own orgs',
    },
    secrets: {
      type: 'string',
      value: '<path>',
      help: 'a JSON file with the secrets by name; otherwise AWS has them',
    },
    data: { type: 'string', value: '<dir>', help: "the folder of the history; by default one among your user's state" },
    'keep-days': {
      type: 'string',
      value: '<n>',
      default: String(usualKeepDays),
      help: `how long the history is kept (default: ${usualKeepDays})`,
    },
    port: { type: 'string', value: '<number>', help: 'serve the board and /health on this port; 0 takes a free one' },
    host: {
      type: 'string',
      value: '<address>',
      default: '127.0.0.1',
      help: 'with --port: the address (default: loopback)',
    },
    json: { type: 'boolean', default: false, help: 'print each event as one line of JSON' },
  },
  async run(values, { stdout, stderr }) {
    const { config, notes } = reviewConfig(readConfig(values.config), { now: Date.now() });
    const keepDays = integerOf('keep-days', values['keep-days'], 1, 3_650);
    const port = values.port === undefined ? undefined : integerOf('port', values.port, 0, 65_535);
    // Before anything else: messages without a receiver are a reason to stop here.
    for (const { id, text } of notes) if (id === 'no-receiver') stderr.write(`${text}\n`);
    if (port) await requireFree({ host: values.host, port });
    await using opened = new AsyncDisposableStack();
    const folder = path.resolve(values.data ?? path.join(stateFolder(), 'okta-synthetics'));
    const history = openFolder(folder, opened);
    using progress = showProgress(stderr);
    if (process.env.HTTPS_PROXY || process.env.https_proxy) {
      progress.step('HTTPS_PROXY is not used: as in AWS, the functions connect directly');
    }
    if (port !== undefined && !isLoopback(values.host)) {
      progress.step(
        `--host ${values.host}: the board shows domains, findings and messages to every machine that can reach this one`,
      );
    }
    progress.step('synthesizing the stack and building the functions');
    // No CloudFormation here: its limits do not apply, so as many stacks as there may be hold many orgs.
    const { template } = synthesize(config.orgs.length > 30 ? { ...config, orgStacks: mostOrgStacks } : config);
    const stop = opened.use(interrupted());
    const clock = systemClock(stop.signal);
    const secrets =
      values.secrets === undefined
        ? secretsInAws(new SecretsManagerClient(awsOptions()))
        : secretsInFile(values.secrets, history.versionKey);
    const reporter = opened.use(watchReporter(stdout, { json: values.json, firing: () => firingAlarms(system) }));
    const live = liveEvents(reporter.show);
    let board: ServedBoard | undefined;
    const system = opened.use(
      await openSupported({
        ...{ template, history, clock, secrets, bundleOf: (entry) => bundle(entry).file },
        caFile: process.env.NODE_EXTRA_CA_CERTS,
        journal: tee(
          live.journal,
          boardJournal(
            () => board,
            (run) => health.onRun(run),
          ),
        ),
      }),
    );
    for (const name of await missingSecrets(system.deployment, secrets)) {
      progress.step(`the secret ${name} cannot be read from ${values.secrets ?? 'AWS'}: what needs it fails`);
    }
    const health = openHealthRecord(() => system.deployment.schedules, system.startedAt);
    if (port !== undefined) {
      const orgs = config.orgs.map(({ name }) => name);
      const read = pageReader({ ...{ system, orgs, now: clock.now }, reader: history.reader, name: config.deployment });
      const { host } = values;
      const served = serveBoard({ host, port, read, health: () => health.at(clock.now()) });
      board = opened.use(await listening({ host, port }, served));
    }
    const domains = config.orgs.map(({ domain }) => domain);
    reporter.intro(
      formatWatchIntro({
        ...{ config: values.config, domains, deployment: system.deployment, folder, keepDays, board: board?.url },
      }),
    );
    if (system.gap) reporter.show({ kind: 'gap', at: system.gap.end, gap: system.gap });
    const { deployment, alerts } = config;
    const onHistory = (trouble: string | undefined) => {
      progress.step(trouble === undefined ? 'the history is written again' : unwritten(folder, trouble));
      health.onHistory(trouble);
      system.announceHistory(trouble, { deployment, route: alerts.pages.length > 0 ? 'page' : 'ticket' });
    };
    await runWatch(system, {
      clock,
      history,
      retention: retentionOf(keepDays),
      live,
      onEvent: reporter.show,
      onHistory,
    });
    const trouble = history.store();
    if (trouble !== undefined) progress.step(unwritten(folder, `${trouble}. What waited in memory is lost`));
    return 0;
  },
});

/** Opens a watch, or explains which part of the template cannot run here. */
async function openSupported(options: WatchOptions): Promise<Watch> {
  try {
    return await Watch.open(options);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    throw new ConfigError(`This configuration cannot be watched here:\n${error.message}`);
  }
}

/** Takes the folder and opens its history, or says who has it or why it cannot be used. */
function openFolder(folder: string, opened: AsyncDisposableStack): History {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    opened.use(lockFolder(folder));
    return opened.use(openHistory(path.join(folder, 'history.sqlite')));
  } catch (error) {
    if (error instanceof FolderInUse)
      throw new UsageError(`${error.message} Give this one another folder with --data.`);
    // Errors of the file system and of SQLite have a code.
    if (!(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(`${folder} cannot hold the history (${error.message}): use another folder with --data.`);
  }
}

const unwritten = (folder: string, trouble: string) => `the history in ${folder} cannot be written: ${trouble}`;

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}
