import type { Context } from 'aws-lambda';
import { openCloudWatch } from '../aws/clients.ts';
import { type EmfDocument, emfLines } from '../aws/emf.ts';
import { finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import type { EventLine } from '../model/log-line.ts';
import type { Org } from '../model/org.ts';
import type { Credentials, Probe } from '../model/probe.ts';
import { insecureSetting } from '../model/tls.ts';
import { isOfOrg } from '../okta/endpoints.ts';
import type { RunLine } from '../state/history.ts';
import { openMemory } from '../state/memory.ts';
import { openRunState } from '../state/state.ts';
import { stateTable } from '../state/state-table.ts';
import { type CheckAnswer, checkVersion } from './check-answer.ts';
import { canonicalName, resolves } from './connection.ts';
import { deadlineIn, publishReserveMs } from './deadline.ts';
import { readDrill } from './drill.ts';
import { openHttp } from './http.ts';
import { logLines, stampOf } from './log.ts';
import { pointsOf, publish } from './publish.ts';
import { openRestraints } from './restraint.ts';
import { run } from './run.ts';
import { readRunTime, runAtOf } from './run-time.ts';
import { openSeenExecutions } from './seen-executions.ts';

/**
 * Creates the Lambda handler for a group's probes. The event is one org's configuration, and what Scheduler says of the
 * run. Returns what it logged: the outcomes, and what the run found of itself. An event that comes twice is run once.
 *
 * With a `drill`, it runs as usual and also reports the finding that the drill names. See `readDrill`.
 *
 * An error in the monitor is thrown only after everything that was measured is published and logged, so that Lambda
 * counts the error and no outcome is lost. If CloudWatch rejects the metrics, they are written to the log in the
 * embedded metric format instead, so no data is lost. The run then reports a finding and does not fail.
 *
 * Last of all the run is added to the state table. If that fails, messages lack the run and link to its log.
 *
 * With `check: true` in the event, the probes run and the answer is all that remains of it: nothing is published, no state
 * is read or written, and the log has no outcome of it that a message could be written from. Trap: of a test user, it is
 * still remembered what was sent, because Okta counts these attempts too.
 */
export function probeHandler(probes: readonly Probe[], credentialsFor: (org: Org) => Credentials) {
  const cloudWatch = openCloudWatch();
  const table = stateTable(process.env);
  const memoryOf = openMemory(table, Date.now);
  const seen = openSeenExecutions();
  const restraints = openRestraints();
  /** Runs the probes once, and tells nobody but the caller. */
  const check = async (org: Org, remainingMs: number): Promise<CheckAnswer> => {
    const deadline = deadlineIn(remainingMs - publishReserveMs);
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
    const time = readRunTime(undefined, Date.now());
    write({ type: 'event', ...stampOf(time), org: org.name, note: 'somebody checked: nothing was published' });
    const report = await run(org, probes, {
      ...{ http, credentials: credentialsFor(org), now: Date.now, canonicalName, resolves, deadline, time },
      // What a check remembers would change what the next run finds.
      memory: openMemory(undefined, Date.now)(org.name),
    });
    await http.close();
    const errors = report.monitorErrors.map((error) => ({ name: nameOf(error), frames: framesOf(error) }));
    return { check: checkVersion, outcomes: logLines(report), errors };
  };
  return async (
    event: ProbeEvent,
    context: Pick<Context, 'getRemainingTimeInMillis'>,
  ): Promise<readonly RunLine[] | CheckAnswer> => {
    requireOrg(event);
    const { schedule, groups, slo, check: isCheck, drill: asked, ...org } = event;
    if (isCheck === true) return check(org, context.getRemainingTimeInMillis());
    const time = readRunTime(schedule, Date.now());
    const line = { ...stampOf(time), org: org.name };
    if (time.executionId !== undefined && seen.isRepeated(time.executionId)) {
      write({ type: 'event', ...line, note: 'this event came before and was run then' });
      return [];
    }
    if (time.ignored !== undefined) write({ type: 'event', ...line, note: time.ignored });
    const request = readDrill(asked, time.startedAt);
    if (request && 'ignored' in request) write({ type: 'event', ...line, note: request.ignored });
    const drill = request && 'finding' in request ? request : undefined;
    const deadline = deadlineIn(context.getRemainingTimeInMillis() - publishReserveMs);
    const [probe] = probes;
    const state = table && probe ? openRunState(table, org.name, probe.group) : undefined;
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
    // While the state is read. The run opens the others once it knows what it will ask.
    if (probes.some(({ requests }) => requests.some(isOfOrg))) http.prepare(`https://${org.domain}`, 1);
    // Whoever invokes the function by hand wants to know everything.
    const restraint = time.due && restraints.before(org, probes, time, await state?.previous());
    const report = await run(org, probes, {
      ...(restraint && { restraint }),
      http,
      credentials: credentialsFor(org),
      now: Date.now,
      canonicalName,
      resolves,
      deadline,
      time,
      memory: memoryOf(org.name),
    });
    restraints.after(report);
    const { minute, monitorErrors } = report;
    const errors = monitorErrors.map(
      (error): RunLine => ({ type: 'monitor-error', ...line, name: nameOf(error), frames: framesOf(error) }),
    );
    const lines: RunLine[] = [
      ...logLines(report),
      ...errors,
      ...(drill ? [{ type: 'drill', ...line, ...drill } as const] : []),
    ];
    for (const each of lines) write(each);
    const addFinding = (found: Finding) => {
      const reported: RunLine = { type: 'finding', ...line, finding: found };
      lines.push(reported);
      write(reported);
    };
    const insecure = insecureSetting(process.env);
    const ownFindings = insecure === undefined ? [] : [finding('insecure-environment', { detail: insecure })];
    ownFindings.forEach(addFinding);
    const findings = [...ownFindings, ...(drill ? [drill.finding] : [])];
    const [published] = await Promise.allSettled([
      publish(cloudWatch, pointsOf(report, findings), minute),
      http.close(),
    ]);
    if (published.status === 'rejected') {
      const metricsRefused = finding('metrics-refused', { detail: nameOf(published.reason) });
      for (const document of emfLines(pointsOf(report, [...findings, metricsRefused]), minute)) write(document);
      addFinding(metricsRefused);
    }
    const { executionId, intervalMinutes } = time;
    await state
      ?.add({
        org: org.name,
        at: runAtOf(time),
        lines,
        executionId,
        intervalMinutes,
        expects: groups,
        slo,
      })
      .catch((error: unknown) => addFinding(finding('state-refused', { detail: nameOf(error) })));
    // Without a `cause`, because Lambda would log its message.
    if (monitorErrors.length > 0) throw new Error(`the monitor failed: ${monitorErrors.map(nameOf).join(', ')}`);
    return lines;
  };
}

/**
 * The input of a schedule. `readRunTime` reads its `schedule` and `readDrill` its `drill`, which may be anything. With
 * `check: true`, it is no run.
 */
export type ProbeEvent = Org & { readonly schedule?: unknown; readonly check?: unknown; readonly drill?: unknown };

/** Throws, in one sentence, for an event that is no org: somebody invoked the function by hand. */
function requireOrg(event: unknown): asserts event is ProbeEvent {
  const { name, domain, servers, ...others } = Object(event) as Partial<Org>;
  if (typeof name === 'string' && typeof domain === 'string' && Array.isArray(servers)) return;
  const found = 'Records' in others || 'selfTest' in others ? 'for a function that writes messages' : 'no org';
  throw new Error(
    `The event is ${found}: invoke the function with the input of its schedule, an object with "name", "domain" and "servers".`,
  );
}

/** Writes one log line as JSON. Lambda does not change JSON lines. */
function write(line: RunLine | EventLine | EmfDocument): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/** The stack frames of an error, without its message. Parts of a message may even look like frames. */
function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { stack = '', message } = error;
  const frames = stack.slice(Math.max(0, stack.indexOf(message)) + message.length).split('\n');
  return frames.filter((line) => /^\s+at .*:\d+:\d+\)?$/.test(line)).slice(0, 8);
}

/** The name of an error. Its message may quote what was sent. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
