import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import type { Cores } from './cores.ts';
import type { ProcessorShare } from './processor-share.ts';

/** A process that answers each message with one of its own, and whose first message says that it is ready. */
export interface MeasuredProcess<Ready, Message extends object, Reply> extends AsyncDisposable {
  readonly pid: number;
  readonly ready: Ready;
  /** Rejects if the process ends without an answer. */
  ask(message: Message): Promise<Reply>;
}

export interface ProcessOptions {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  readonly nodeFlags?: readonly string[];
  /** Where it runs. By default, where this process does. */
  readonly cores?: Cores | undefined;
  readonly share?: ProcessorShare | undefined;
}

/** Starts a Node.js process that ends when its channel is disconnected. */
export async function startProcess<Ready, Message extends object, Reply>({
  script,
  args = [],
  env = {},
  nodeFlags = [],
  cores,
  share,
}: ProcessOptions): Promise<MeasuredProcess<Ready, Message, Reply>> {
  const child = fork(script, args, {
    ...{ execArgv: [...nodeFlags], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] },
    env: { PATH: process.env.PATH, ...env },
  });
  const pid = child.pid ?? 0;
  const next = nextMessageOf(child);
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    if (child.connected) child.disconnect();
    await exited;
  };
  try {
    share?.add(pid);
    cores?.pin(pid);
    const ready = (await next()) as Ready;
    return {
      pid,
      ready,
      ask(message) {
        const answer = next() as Promise<Reply>;
        if (child.connected) child.send(message);
        return answer;
      },
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function nextMessageOf(child: ChildProcess): () => Promise<unknown> {
  let errorOutput = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errorOutput += text;
  });
  const ended = once(child, 'exit').then(async ([code, signal]) => {
    if (child.stderr) await finished(child.stderr).catch(() => {});
    throw new Error(`A measured process ended with ${code ?? signal}. ${errorOutput}`.trim());
  });
  // Whoever waits for a message is told. When nobody does, the process was stopped.
  ended.catch(() => {});
  return () => Promise.race([once(child, 'message').then(([message]) => message), ended]);
}
