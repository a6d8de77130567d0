import { finding } from '../findings/finding.ts';
import { isTransient, type Outcome } from '../model/outcome.ts';
import type { RunMemory } from '../model/probe.ts';
import { memberAt } from '../okta/json-fields.ts';
import { isFromOkta } from '../okta/sender.ts';

const hourMs = 3_600_000;

/**
 * So many runs of an hour that needed a retry are no chance any more. If one request in a thousand fails, and a run sends
 * fifteen, there are eight once in some years. If one in fifty fails, there are sixteen.
 */
export const frequentRetries = 8;

/**
 * Adds a warning to the first probe that passed only on its second try, if that happens often: each run passes, but users of
 * programs that do not try again see failures.
 */
export async function withFrequentRetries(
  outcomes: readonly Outcome[],
  memory: Pick<RunMemory, 'of'>,
  nowMs: number,
): Promise<readonly Outcome[]> {
  const retried = outcomes.filter(({ retriedAfter }) => retriedAfter !== undefined);
  if (retried.length === 0) return outcomes;
  const runs = memory.of('retries');
  const known = memberAt(await runs.read().catch(() => undefined), 'at');
  const earlier = (Array.isArray(known) ? known : []).filter(
    (at: unknown): at is number => typeof at === 'number' && at > nowMs - hourMs && at < nowMs,
  );
  const at = [...earlier, nowMs].slice(-60);
  // Lost if another run wrote first, or if the table refuses it: the count is then one too low.
  await runs.write({ at }).catch(() => {});
  const passed = retried.find(({ status }) => status === 'passed');
  const failed = passed?.exchanges.find(isTransient);
  if (at.length < frequentRetries || !passed || !failed) return outcomes;
  const code = isFromOkta(failed) ? 'intermittent-errors' : 'intermittent-failures';
  const detail = `in ${at.length} runs of the last hour, a first try failed; in this one ${passed.retriedAfter} at ${failed.url}`;
  const warning = finding(code, { detail });
  return outcomes.map((outcome) =>
    outcome === passed && outcome.status === 'passed'
      ? { ...outcome, warnings: [...outcome.warnings, warning] }
      : outcome,
  );
}
