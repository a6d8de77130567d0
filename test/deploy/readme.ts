import { execFileSync, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, mkdtemp, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';

/** Returns the commands in the console blocks of the README by section, without their comments. */
export function readmeCommands(readme = readFileSync('README.md', 'utf8')): ReadonlyMap<string, readonly string[]> {
  const sections = readme.split(/^## /m).slice(1);
  return new Map(
    sections.map((section) => {
      const blocks = [...section.matchAll(/^```console\n(.*?)^```/gms)].map(([, block = '']) => block);
      const commands = blocks.flatMap((block) => [...block.matchAll(/^\$ (.+?)(?: +#.*)?$/gm)]);
      return [section.slice(0, section.indexOf('\n')), commands.flatMap(([, command]) => command ?? [])];
    }),
  );
}

/** Copies the tracked files into an empty folder, as a fresh clone has them, with the packages of this one. */
export async function freshClone(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-clone-'));
  const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0').filter(Boolean);
  await Promise.all(tracked.map((file) => cp(file, path.join(folder, file))));
  await symlink(path.resolve('node_modules'), path.join(folder, 'node_modules'));
  return folder;
}

/** The end of a question, and what a person answers. */
export type Answers = readonly (readonly [question: string, answer: string])[];

export interface Finished {
  readonly code: number | null;
  /** Without colour. */
  readonly output: string;
  /** How many questions were answered. */
  readonly asked: number;
}

/** Runs a command in a pseudo-terminal, as `script` does. Python is there, because moto is written in it. */
const pty =
  'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(["sh", "-c", f"stty cols {sys.argv[1]}; {sys.argv[2]}"])))';

/** The environment of a person's shell, without variables of npm, a pipeline, AWS, or the test runner. */
const personal = Object.fromEntries(
  Object.entries(process.env).filter(
    ([name]) => !/^(npm_|CI$|VITEST|NODE_|TEST|AWS_|CDK_|OKTA_|FORCE_COLOR|NO_COLOR|COLUMNS)/i.test(name),
  ),
);

/** The shell of a person in a folder. */
export class Shell {
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    // The command line of the CDK would ask for its newest version and tell AWS that it is used.
    const quiet = { CDK_DISABLE_CLI_TELEMETRY: 'true', CDK_DISABLE_VERSION_CHECK: 'true' };
    this.#env = { ...personal, ...quiet, XDG_STATE_HOME: path.join(folder, '.state'), ...env };
  }

  /** Runs a command in a terminal, at which a person answers each question. */
  inTerminal(command: string, answers: Answers = [], columns = 160): Promise<Finished> {
    return this.#run(['python3', '-c', pty, String(columns), command], answers);
  }

  /** Runs a command as a pipeline does, without a terminal. */
  piped(command: string): Promise<Finished> {
    return this.#run(['sh', '-c', command]);
  }

  async #run([file = '', ...args]: readonly string[], answers?: Answers): Promise<Finished> {
    const child = spawn(file, args, {
      ...{ cwd: this.#folder, env: this.#env },
      stdio: [answers ? 'pipe' : 'ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let read = 0;
    let asked = 0;
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const onData = (chunk: Buffer) => {
      output += chunk;
      const unread = output.slice(read);
      const answer = answers?.find(([question]) => unread.includes(question))?.[1];
      if (answer === undefined) return;
      read = output.length;
      asked += 1;
      child.stdin?.write(`${answer}\r`);
    };
    child.stdout?.on('data', onData);
    child.stderr?.on('data', onData);
    child.on('close', resolve);
    const code = await promise;
    return { code, output: answers ? stripVTControlCharacters(output) : output, asked };
  }
}
