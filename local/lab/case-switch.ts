import type { MonitoredOrg } from '../../lib/monitored-org.ts';
import type { OktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { UsageError } from './result.ts';
import { type Variant, variantName } from './scenarios/case.ts';
import { selectVariants } from './select.ts';
import type { Change, TestEnvironment } from './simulation/environment.ts';

/** Makes an emulator fail as cases do, until other cases are selected. */
export interface CaseSwitch {
  /** What fails now: `O1@token@default`. */
  readonly active: readonly string[];
  /**
   * Selects cases instead of those before; none ends all failures. Each happens in the first of its ways that the
   * emulator alone can cause. Throws `UsageError` if there is none, and then changes nothing.
   */
  select(cases: readonly string[]): Promise<void>;
}

interface Failure {
  readonly name: string;
  readonly changes: readonly Change[];
}

/** Thrown by a fault that uses something else than Okta: AWS, an API, or a secret that the monitor must use. */
class NotAtOkta extends Error {}

const notAtOkta = new Proxy({} as never, {
  get() {
    throw new NotAtOkta();
  },
});

export function createCaseSwitch(okta: OktaEmulator, orgs: readonly MonitoredOrg[]): CaseSwitch {
  const elsewhere = { org: 'okta', api: notAtOkta, aws: notAtOkta, secrets: notAtOkta };
  const environment: TestEnvironment = { okta: withLastingLimits(okta), ...elsewhere };
  let failures: readonly Failure[] = [];

  async function start(id: string): Promise<Failure> {
    for (const { case: one, variant } of selectVariants(orgs, [id])) {
      const changes = await injectAtOkta(environment, variant);
      if (changes) return { name: variantName(one, variant), changes };
    }
    throw new UsageError(`Case ${id} needs more than the emulator: AWS, or another configuration of the monitor.`);
  }

  return {
    get active() {
      return failures.map(({ name }) => name);
    },
    async select(cases) {
      const started: Failure[] = [];
      try {
        for (const id of cases) started.push(await start(id));
      } catch (error) {
        for (const { changes } of started) await restoreAll(changes);
        throw error;
      }
      for (const { changes } of failures) await restoreAll(changes);
      failures = started;
    },
  };
}

/** Injects the faults of a variant, or none of them if one changes anything else than Okta. */
async function injectAtOkta(environment: TestEnvironment, { faults }: Variant): Promise<readonly Change[] | undefined> {
  const changes: Change[] = [];
  try {
    for (const fault of faults) {
      const change = await fault(environment);
      changes.push(change);
      if (change.event || change.timeoutMs !== undefined) throw new NotAtOkta();
    }
    return changes;
  } catch (error) {
    await restoreAll(changes);
    if (error instanceof NotAtOkta) return undefined;
    throw error;
  }
}

async function restoreAll(changes: readonly Change[]): Promise<void> {
  for (const { restore } of changes.toReversed()) await restore?.();
}

const renewalMs = 20_000;

/** A rate limit that a fault takes is full again after a minute. This takes it again and again, until it is restored. */
function withLastingLimits(okta: OktaEmulator): OktaEmulator {
  return {
    ...okta,
    setRemaining(...limit) {
      const restore = okta.setRemaining(...limit);
      const renewal = setInterval(() => okta.setRemaining(...limit), renewalMs).unref();
      return () => {
        clearInterval(renewal);
        restore();
      };
    },
  };
}
