import { alarmName } from '../../functions/findings/alarm-subject.ts';
import { resourceName } from '../../functions/model/deployment.ts';
import type { Route } from '../../functions/model/finding.ts';
import type { Entry } from '../../lib/functions/entries.ts';
import { type StoredSecrets, startAwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { Gap, History } from '../history/open-history.ts';
import { type Journal, tee } from '../simulator/journal.ts';
import { noShift } from '../simulator/lambda/clock-shift.ts';
import { openRealTimeQueue, type RealTime } from '../simulator/lambda/real-time-queue.ts';
import { openRunsInProgress } from '../simulator/lambda/runs-in-progress.ts';
import { type LocalSystem, openLocalSystem, readDeployed } from '../simulator/local-system.ts';
import { beginAt } from './begin-at.ts';
import { openHttpsPosts } from './https-posts.ts';
import { windowOf } from './window.ts';

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
  /** Is told the same as the history. */
  readonly journal?: Journal | undefined;
  /** Posts to receivers by https. */
  readonly send?: typeof fetch;
}

/** A system in real time, and what its history misses. */
export interface Watch extends LocalSystem {
  /** The minutes before the first in which nothing ran, if it was open before. */
  readonly gap?: Gap;
  /** Tells the receivers of a route why the history cannot be written, or that it can be again. */
  announceHistory(trouble: string | undefined, to: { readonly deployment: string; readonly route: Route }): void;
}

/** Nobody runs into a quota of AWS here. */
const noQuota = { region: 'us-east-1', concurrency: Number.POSITIVE_INFINITY };

/**
 * The deployed system on this machine, in real time, against the real orgs: the same functions, schedules, alarms and
 * messages, and no AWS. It goes on where the history ends.
 *
 * Nothing here limits what the functions do, and nothing adds to it: an org gets the requests that the deployment would
 * send.
 */
export async function openWatch({ template, history, clock, ...options }: WatchOptions): Promise<Watch> {
  const deployed = readDeployed(template);
  const { deployment } = deployed;
  const { startedAt, gap } = beginAt(history, clock.now());
  const kept = history.keptState(deployment, startedAt - windowOf(deployment), gap !== undefined);
  await using opening = new AsyncDisposableStack();
  const runsInProgress = openRunsInProgress(startedAt);
  // It has the real secrets, and every user of this machine can reach it.
  const accepts = runsInProgress.isKnown;
  const aws = opening.use(await startAwsEmulator(options.secrets, { now: clock.now, accepts }));
  const journal = tee(history.journal, options.journal);
  const system = opening.use(
    await openLocalSystem({
      ...{ deployed, aws, startedAt, kept, journal, bundleOf: options.bundleOf },
      access: { awsEndpoint: aws.url, caFile: options.caFile },
      runsInProgress,
      account: () => noQuota,
      tellsPresentAfterMute: () => false,
      clockOf: () => ({ shift: noShift, aheadMs: clock.aheadMs }),
      eventOf: (org) => ({ event: org }),
      openQueue: (queue) => openRealTimeQueue(queue, clock),
      openHttps: (giveUp) =>
        openHttpsPosts({
          ...{ clock, giveUp, secrets: options.secrets, onChange: history.keepDelivery },
          ...(options.send && { send: options.send }),
        }),
    }),
  );
  const keysOf = new Map(deployment.tables.map(({ name, ...keys }) => [name, keys]));
  aws.tables.onPut = (table, item) => {
    const keys = keysOf.get(table);
    if (keys) history.keepItem(table, item, keys);
  };
  history.keepSchedules(system.scheduler.createdAt);
  if (gap) history.keepGap(gap);
  // A kill in the first minute is a kill in this minute.
  journal.onEvaluated(startedAt, [], new Map());
  for (const message of history.pendingMessages(deployment)) system.stack.redeliver(message);
  const opened = opening.move();
  const { stack, lambda, scheduler, ingestion, ...rest } = system;
  return {
    ...rest,
    ...(gap && { gap }),
    announceHistory(trouble, { deployment: name, route }) {
      const alarm = alarmName({ kind: 'history-not-written' }, name);
      const about = { alarm, state: trouble === undefined ? 'OK' : 'ALARM' } as const;
      stack.announce(resourceName(name, `${route}-alarms`), about, trouble ?? 'The history is written.', clock.now());
    },
    get now() {
      return system.now;
    },
    [Symbol.asyncDispose]: () => opened.disposeAsync(),
  };
}
