import { createInterface } from 'node:readline/promises';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { UsageError } from '../lab/result.ts';
import { environmentVariables } from './check/environment-config.ts';
import type { ProgressStream } from './reporters/progress.ts';

/** The longest answer to a question, and the longest key or secret, in characters. */
const [longestAnswer, longestKey] = [4_096, 16_384];

/** Standard input: a pipe, or a terminal whose echo can be switched off. */
export type HiddenInput = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(isRaw: boolean): unknown;
};

/** The keys that end an input. */
const enter = /[\r\n]/;
const endOfInput = '\u0004';
const interrupt = '\u0003';
const erase = ['\u007f', '\b'];

/**
 * Reads a secret: from a terminal one line that is not shown, and otherwise all of the input. Throws `UsageError` if it
 * was interrupted or is longer than `limit` characters.
 *
 * Trap: a terminal that is not raw ends a line after 4,096 characters and echoes it. The lines of a paste after the first are
 * dropped, so that no shell runs them.
 */
export async function readHidden(
  input: HiddenInput,
  prompt: ProgressStream,
  question: string,
  limit: number,
): Promise<string> {
  const isTerminal = input.isTTY === true && input.setRawMode !== undefined;
  if (isTerminal) {
    // Raw mode comes first, so that the terminal never echoes an early answer.
    input.setRawMode?.(true);
    prompt.write(question);
  }
  const decoder = new StringDecoder('utf8');
  let text = '';
  try {
    // The terminal may be asked for something else after this.
    for await (const chunk of isTerminal ? input.iterator({ destroyOnReturn: false }) : input) {
      text += decoder.write(Buffer.from(chunk));
      if (text.length > limit) throw new UsageError(`What was read has more than ${limit} characters.`);
      if (!isTerminal) continue;
      if (text.includes(interrupt)) throw new UsageError('Interrupted: nothing was read.');
      for (const key of erase) text = erased(text, key);
      const end = text.search(enter);
      const stop = text.indexOf(endOfInput);
      if (end >= 0 || stop >= 0) return text.slice(0, end >= 0 ? end : stop);
    }
    return text;
  } finally {
    if (isTerminal) {
      input.setRawMode?.(false);
      prompt.write('\n');
    }
  }
}

/** Reads one line that is shown, from a terminal. Without spaces around it. Throws `UsageError` as `readHidden` does. */
export async function readShown(
  input: HiddenInput,
  prompt: ProgressStream,
  question: string,
  limit: number,
): Promise<string> {
  prompt.write(question);
  let text = '';
  for await (const chunk of input.iterator({ destroyOnReturn: false })) {
    text += Buffer.from(chunk).toString('utf8');
    if (text.length > limit) throw new UsageError(`What was read has more than ${limit} characters.`);
    const end = text.search(enter);
    if (end >= 0) return text.slice(0, end).trim();
  }
  return text.trim();
}

function erased(text: string, key: string): string {
  const kept: string[] = [];
  for (const character of text) {
    if (character === key) kept.pop();
    else kept.push(character);
  }
  return kept.join('');
}

/** Asks a question. Only `y` and `yes` mean yes, and an aborted signal means no. Throws `UsageError` without a terminal. */
export async function confirm(
  input: HiddenInput | undefined,
  output: ProgressStream,
  question: string,
  signal: AbortSignal,
): Promise<boolean> {
  if (!input?.isTTY) throw new UsageError('stdin is not a terminal: pass --yes to skip the confirmation.');
  output.write(`${question} [y/N] `);
  if (signal.aborted) return false;
  const lines = createInterface({ input });
  const close = () => lines.close();
  signal.addEventListener('abort', close, { once: true });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    signal.removeEventListener('abort', close);
    close();
    if (signal.aborted) output.write('\n');
  }
}

/** Questions at a terminal. */
export interface Questions {
  /** Reads a line that is not shown. */
  hidden(question: string): Promise<string>;
  /** Reads a line that is shown. */
  line(question: string): Promise<string>;
  /** Returns whether to go on. */
  confirm(question: string): Promise<boolean>;
}

/** Returns the questions of a terminal. Undefined if the input is not one. */
export function questionsAt(input: HiddenInput | undefined, output: ProgressStream): Questions | undefined {
  if (!input?.isTTY) return undefined;
  return {
    hidden: (question) => readHidden(input, output, question, longestAnswer),
    line: (question) => readShown(input, output, question, longestAnswer),
    confirm: (question) => confirm(input, output, question, new AbortController().signal),
  };
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Asks for the settings of a service application that the environment lacks: its client ID, scopes, key or secret, and
 * whether it requires DPoP. Returns the environment with the answers as variables. A secret is not shown.
 *
 * Throws `UsageError` without a terminal.
 */
export async function askForClient(
  env: Environment,
  input: HiddenInput | undefined,
  prompt: ProgressStream,
): Promise<Environment> {
  if (input?.isTTY !== true)
    throw new UsageError('--prompt asks on a terminal, and there is none: set the variables in docs/check.md.');
  const names = environmentVariables;
  const answers: Record<string, string> = {};
  const isSet = (...variables: readonly (keyof typeof names)[]) => variables.some((each) => env[names[each]]?.trim());
  const ask = (question: string) => readShown(input, prompt, question, longestKey);
  if (!isSet('clientId')) answers[names.clientId] = await ask('Client ID (empty for none): ');
  if (!isSet('clientId') && !answers[names.clientId]) return env;
  if (!isSet('scopes')) answers[names.scopes] = await ask('Scopes, separated by spaces: ');
  if (!isSet('privateKey', 'keyFile', 'clientSecret')) {
    const file = await ask('File of its private key (empty to enter a key or a secret): ');
    if (file) answers[names.keyFile] = file;
    else {
      const secret = await readHidden(
        input,
        prompt,
        'Private key as a JWK, or client secret (not shown): ',
        longestKey,
      );
      answers[secret.trimStart().startsWith('{') ? names.privateKey : names.clientSecret] = secret;
    }
  }
  if (!isSet('dpop'))
    answers[names.dpop] = String(
      /^y(es)?$/i.test(await ask('Does it require DPoP, as new service applications do? [y/N] ')),
    );
  return { ...env, ...answers };
}
