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
import { openRunState, type RunState } from '../state/state.ts';
import { stateTable } from '../state/state-table.ts';
import { type CheckAnswer, checkVersion } from './check-answer.ts';
import { canonicalName } from './connection.ts';
import { type Deadline, deadlineIn, publishReserveMs } from './deadline.ts';
import { readDrill } from './drill.ts';
import { openHttp } from './http.ts';
import { logLines, stampOf } from './log.ts';
import { pointsOf, publish } from './publish.ts';
import { openRestraints } from './restraint.ts';
import { type RunReport, run } from './run.ts';
import { type RunTime, readRunTime, runAtOf } from './run-time.ts';

/** The executions that a warm container has handled. */
export interface SeenExecutions {
  /** Whether this execution was handled before. Remembers it. */
  isRepeated(executionId: string): boolean;
}

/** An event is delivered again within minutes. In these, a container handles far fewer events than this. */
const most = 1_000;

/**
 * EventBridge Scheduler and Lambda deliver an event at least once: now and then the same one comes twice.
 * https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
 *
 * Trap: another container does not know what this one has handled.
 */
export function openSeenExecutions(): SeenExecutions {
  const seen = new Set<string>();
  return {
    isRepeated(executionId) {
      if (seen.has(executionId)) return true;
      seen.add(executionId);
      const [oldest] = seen;
      if (seen.size > most && oldest !== undefined) seen.delete(oldest);
      return false;
    },
  };
}

/**
 * Creates the Lambda handler for a group's probes. The event is one org's configuration, and what Scheduler says of the
 * run. Returns the lines that it logged: outcomes, and findings about the run itself. A repeated event is run once.
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
 * memory of the sent credentials is kept, because Okta counts these attempts too.
 */
export function probeHandler(probes: readonly Probe[], credentialsFor: (org: Org) => Credentials) {
  const group = new ProbeGroup(probes, credentialsFor);
  return (event: ProbeEvent, context: InvocationContext) => group.handle(event, context);
}

type InvocationContext = Pick<Context, 'getRemainingTimeInMillis'>;

/** The probes of one function, and the state that a warm container keeps between invocations. */
class ProbeGroup {
  private readonly cloudWatch = openCloudWatch();
  private readonly table = stateTable(process.env);
  private readonly memoryOf = openMemory(this.table, Date.now);
  private readonly seen = openSeenExecutions();
  private readonly restraints = openRestraints();
  private readonly probes: readonly Probe[];
  private readonly credentialsFor: (org: Org) => Credentials;

  constructor(probes: readonly Probe[], credentialsFor: (org: Org) => Credentials) {
    this.probes = probes;
    this.credentialsFor = credentialsFor;
  }

  async handle(event: ProbeEvent, context: InvocationContext): Promise<readonly RunLine[] | CheckAnswer> {
    requireOrg(event);
    const { schedule, groups, slo, check: isCheck, drill: asked, ...org } = event;
    const deadline = deadlineIn(context.getRemainingTimeInMillis() - publishReserveMs);
    if (isCheck === true) return this.check(org, deadline);
    const time = readRunTime(schedule, Date.now());
    const output = new RunOutput({ ...stampOf(time), org: org.name });
    if (time.executionId !== undefined && this.seen.isRepeated(time.executionId)) {
      output.note('this event came before and was run then');
      return [];
    }
    if (time.ignored !== undefined) output.note(time.ignored);
    const request = readDrill(asked, time.startedAt);
    if (request && 'ignored' in request) output.note(request.ignored);
    const drill = request && 'finding' in request ? request : undefined;
    const [probe] = this.probes;
    const state = this.table && probe ? openRunState(this.table, org.name, probe.group) : undefined;
    const { report, http } = await this.run(org, time, deadline, state);
    output.add(...logLines(report), ...report.monitorErrors.map((error) => output.monitorError(error)));
    if (drill) output.add({ type: 'drill', ...output.line, ...drill });
    const insecure = insecureSetting(process.env);
    if (insecure !== undefined) output.addFinding(finding('insecure-environment', { detail: insecure }));
    await Promise.all([this.publish(report, output, drill ? [drill.finding] : []), http.close().catch(() => {})]);
    const { executionId, intervalMinutes } = time;
    await state
      ?.add({
        ...{ org: org.name, at: runAtOf(time), lines: output.lines },
        ...{ executionId, intervalMinutes, expects: groups, slo },
      })
      .catch((error: unknown) => output.addFinding(finding('state-refused', { detail: nameOf(error) })));
    // Without a `cause`, because Lambda would log its message.
    if (report.monitorErrors.length > 0)
      throw new Error(`the monitor failed: ${report.monitorErrors.map(nameOf).join(', ')}`);
    return output.lines;
  }

  /** Runs the probes once, and reports to the caller alone. */
  private async check(org: Org, deadline: Deadline): Promise<CheckAnswer> {
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
    const time = readRunTime(undefined, Date.now());
    write({ type: 'event', ...stampOf(time), org: org.name, note: 'run by hand with check: nothing was published' });
    const report = await run(org, this.probes, {
      ...{ http, credentials: this.credentialsFor(org), now: Date.now, canonicalName, deadline, time },
      // The memory of a check would change the findings of the next run.
      memory: openMemory(undefined, Date.now)(org.name),
    });
    await http.close();
    const errors = report.monitorErrors.map((error) => ({ name: nameOf(error), frames: framesOf(error) }));
    return { check: checkVersion, outcomes: logLines(report), errors };
  }

  private async run(org: Org, time: RunTime, deadline: Deadline, state: RunState | undefined) {
    const http = openHttp({ signal: deadline.signal, now: Date.now, timeoutMs: org.timeoutMs });
    // Connects while the state is read. The run opens further connections once it has planned its requests.
    if (this.probes.some(({ requests }) => requests.some(isOfOrg))) http.prepare(`https://${org.domain}`, 1);
    // A run that was started by hand is not restrained.
    const restraint = time.due && this.restraints.before(org, this.probes, time, await state?.previous());
    const report = await run(org, this.probes, {
      ...(restraint && { restraint }),
      ...{ http, credentials: this.credentialsFor(org), now: Date.now, canonicalName, deadline, time },
      memory: this.memoryOf(org.name),
    });
    this.restraints.after(report);
    return { report, http };
  }

  /** Publishes the points of a run, or writes them to the log if CloudWatch refuses them. */
  private async publish(report: RunReport, output: RunOutput, drilled: readonly Finding[]): Promise<void> {
    const findings = [...output.findings, ...drilled];
    try {
      await publish(this.cloudWatch, pointsOf(report, findings), report.minute);
    } catch (error) {
      const refused = finding('metrics-refused', { detail: nameOf(error) });
      for (const document of emfLines(pointsOf(report, [...findings, refused]), report.minute)) write(document);
      output.addFinding(refused);
    }
  }
}

/** The log lines of one run, each written as soon as it is known. */
class RunOutput {
  readonly lines: RunLine[] = [];
  readonly findings: Finding[] = [];
  readonly line: Omit<EventLine, 'type' | 'note'>;

  constructor(line: RunOutput['line']) {
    this.line = line;
  }

  add(...lines: readonly RunLine[]): void {
    for (const line of lines) {
      this.lines.push(line);
      write(line);
    }
  }

  /** Adds a finding of the run itself. */
  addFinding(found: Finding): void {
    this.findings.push(found);
    this.add({ type: 'finding', ...this.line, finding: found });
  }

  /** Writes a remark, which is no part of the run's result. */
  note(note: string): void {
    write({ type: 'event', ...this.line, note });
  }

  monitorError(error: unknown): RunLine {
    return { type: 'monitor-error', ...this.line, name: nameOf(error), frames: framesOf(error) };
  }
}

/**
 * The input of a schedule. `readRunTime` reads its `schedule` and `readDrill` its `drill`, which may be anything. With
 * `check: true`, it is not a run.
 */
export type ProbeEvent = Org & { readonly schedule?: unknown; readonly check?: unknown; readonly drill?: unknown };

/** Throws, with one sentence, for an event without an org, as from an invocation by hand. */
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

/** Returns the name of an error. Its message may quote a request. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'unknown error';
}
