import { alarmName } from '../../functions/findings/alarm-subject.ts';
import { resourceName } from '../../functions/model/deployment.ts';
import type { Route } from '../../functions/model/finding.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import { type StoredSecrets, startAwsEmulator } from './aws-emulator/aws-emulator.ts';
import type { Gap, History } from './history/open-history.ts';
import { windowOf } from './history/retention.ts';
import { openHttpsPosts } from './https-posts.ts';
import { type Journal, tee } from './journal.ts';
import { RunsInProgress } from './lambda/lambda-service.ts';
import { openRealTimeQueue, type RealTime } from './lambda/real-time-queue.ts';
import { createTables, LocalSystem, type SystemParts } from './local-system.ts';
import { readDeployed } from './template/read-deployment.ts';

export interface WatchOptions {
  /** As synthesized. Throws `UnsupportedError` for anything that the simulator does not support. */
  readonly template: object;
  /** The built code of an entry: `flows`, `notify`. */
  readonly bundleOf: (entry: Entry) => string;
  readonly secrets: StoredSecrets;
  readonly history: History;
  readonly clock: RealTime;
  /** A PEM file of authorities that the functions trust in addition to Node's own. */
  readonly caFile?: string | undefined;
  /** Receives the same events as the history. */
  readonly journal?: Journal | undefined;
  /** Posts to receivers by https. */
  readonly send?: typeof fetch;
}

/** A quota that no deployment reaches. */
const noQuota = { region: 'us-east-1', concurrency: Number.POSITIVE_INFINITY };

/**
 * The deployed system on this machine, in real time, against the real orgs: the same functions, schedules, alarms and
 * messages, and no AWS. It goes on where the history ends.
 *
 * The functions do neither more nor less here: an org gets the requests that the deployment would
 * send.
 */
export class Watch extends LocalSystem {
  /** The minutes before the first in which nothing ran, if it was open before. */
  readonly gap?: Gap;
  readonly #clock: RealTime;

  static async open({ template, history, clock, ...options }: WatchOptions): Promise<Watch> {
    const deployed = readDeployed(template);
    const { deployment } = deployed;
    const { startedAt, gap } = beginAt(history, clock.now());
    const kept = history.keptState(deployment, startedAt - windowOf(deployment), gap !== undefined);
    await using opening = new AsyncDisposableStack();
    const runsInProgress = new RunsInProgress(startedAt);
    // It has the real secrets, and every user of this machine can reach it.
    const accepts = runsInProgress.isKnown;
    const aws = opening.use(await startAwsEmulator(options.secrets, { now: clock.now, accepts }));
    await createTables({ aws, deployed, kept });
    const parts: SystemParts = {
      deployed,
      aws,
      startedAt,
      kept,
      runsInProgress,
      journal: tee(history.journal, options.journal),
      bundleOf: options.bundleOf,
      access: { awsEndpoint: aws.url, caFile: options.caFile },
      conditions: { account: noQuota, tellsPresentAfterMute: false },
      aheadMs: () => clock.aheadMs,
      // A watch may be behind a proxy, and on a network that somebody runs.
      eventOf: ({ egress: _, ...event }) => ({ event }),
      openQueue: (queue) => openRealTimeQueue(queue, clock),
      openHttps: (giveUp) =>
        openHttpsPosts({
          clock,
          giveUp,
          secrets: options.secrets,
          onChange: history.keepDelivery,
          ...(options.send && { send: options.send }),
        }),
    };
    const watch = new Watch(parts, history, clock, gap);
    opening.move();
    return watch;
  }

  private constructor(parts: SystemParts, history: History, clock: RealTime, gap: Gap | undefined) {
    super(parts);
    const { deployment } = parts.deployed;
    const keysOf = new Map(deployment.tables.map(({ name, ...keys }) => [name, keys]));
    parts.aws.tables.onPut = (table, item) => {
      const keys = keysOf.get(table);
      if (keys) history.keepItem(table, item, keys);
    };
    history.keepSchedules(this.scheduler.createdAt);
    if (gap) {
      this.gap = gap;
      history.keepGap(gap);
    }
    // A kill in the first minute is a kill in this minute.
    this.journal.onEvaluated(parts.startedAt, [], new Map());
    for (const message of history.pendingMessages(deployment)) this.messages.redeliver(message);
    this.#clock = clock;
  }

  /** Announces to the receivers of a route why the history cannot be written, or that it can be again. */
  announceHistory(trouble: string | undefined, to: { readonly deployment: string; readonly route: Route }): void {
    const alarm = alarmName({ kind: 'history-not-written' }, to.deployment);
    const about = { alarm, state: trouble === undefined ? 'OK' : 'ALARM' } as const;
    const topic = resourceName(to.deployment, `${to.route}-alarms`);
    this.messages.announce(topic, about, trouble ?? 'The history is written.', this.#clock.now());
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    await super[Symbol.asyncDispose]();
    await this.aws[Symbol.asyncDispose]();
  }
}

const minuteMs = 60_000;

/**
 * The first minute of a watch, and the minutes before it in which nothing ran.
 *
 * A minute that was under way when the last watch ended is not run again, because its requests may have been sent. It
 * belongs to the gap if no run that a schedule started in it has ended.
 */
export function beginAt(
  { evaluatedAt, reader }: Pick<History, 'evaluatedAt' | 'reader'>,
  now: number,
): { readonly startedAt: number; readonly gap?: Gap } {
  const minute = Math.floor(now / minuteMs) * minuteMs;
  // A time in the future: the clock was set back.
  if (evaluatedAt === undefined || evaluatedAt > minute) return { startedAt: minute };
  const startedAt = Math.max(minute, evaluatedAt + minuteMs);
  const runs = reader.runs({ start: evaluatedAt, end: startedAt });
  const hasRun = runs.some(({ schedule }) => schedule !== undefined);
  const start = hasRun ? evaluatedAt + minuteMs : evaluatedAt;
  return { startedAt, ...(start < startedAt && { gap: { start, end: startedAt, reason: 'not running' } }) };
}
