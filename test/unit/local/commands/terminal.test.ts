import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askForClient, type HiddenInput, questionsAt, readHidden } from '../../../../local/commands/terminal.ts';
import { UsageError } from '../../../../local/lab/result.ts';

/** Reads from a terminal on which these keys are pressed, or from a pipe. */
async function read(chunks: readonly string[], isTTY: boolean, most = 100) {
  const modes: boolean[] = [];
  const input: HiddenInput = Object.assign(new PassThrough(), {
    ...(isTTY && { isTTY, setRawMode: (isRaw: boolean) => void modes.push(isRaw) }),
  });
  const modesAtWrite: (boolean | undefined)[] = [];
  let written = '';
  const prompt = {
    write(text: string | Uint8Array) {
      written += String(text);
      modesAtWrite.push(modes.at(-1));
      return true;
    },
  };
  for (const chunk of chunks) (input as unknown as PassThrough).write(chunk);
  if (!isTTY) (input as unknown as PassThrough).end();
  const text = await readHidden(input, prompt, 'Token: ', most).catch((error: unknown) => error);
  return { text, modes, written, modesAtWrite };
}

describe('a hidden input', () => {
  it('is the line that was typed or pasted, and is never shown', async () => {
    expect(await read(['sec', 'ret\r'], true)).toMatchObject({
      ...{ text: 'secret', modes: [true, false], written: 'Token: \n' },
    });
  });

  it('is hidden before it is asked for', async () => {
    expect((await read(['secret\r'], true)).modesAtWrite[0]).toBe(true);
  });

  it('ends at the first line, so that nothing of a longer paste is left', async () => {
    expect((await read(['one\ntwo\n'], true)).text).toBe('one');
  });

  it('can be corrected', async () => {
    expect((await read(['secrex\u007ft\r'], true)).text).toBe('secret');
  });

  it('is the whole input of a pipe, without a prompt', async () => {
    expect(await read(['one\n', 'two\n'], false)).toMatchObject({
      ...{ text: 'one\ntwo\n', modes: [], written: '' },
    });
  });

  it.each([true, false])('is refused if it is too long, and the terminal is as before', async (isTTY) => {
    const { text, modes } = await read(['secret-'.repeat(20)], isTTY);
    expect(text).toBeInstanceOf(UsageError);
    expect(String(text)).not.toContain('secret-');
    expect(modes).toEqual(isTTY ? [true, false] : []);
  });

  it('can be interrupted, and the terminal is as before', async () => {
    const { text, modes } = await read(['sec\u0003'], true);
    expect(text).toBeInstanceOf(UsageError);
    expect(modes).toEqual([true, false]);
  });
});

/** A terminal, the modes that it was in, and what was written to it. */
function terminal() {
  const modes: boolean[] = [];
  let written = '';
  const keys = new PassThrough();
  const input: HiddenInput = Object.assign(keys, {
    isTTY: true,
    setRawMode: (isRaw: boolean) => void modes.push(isRaw),
  });
  const output = {
    write(text: string | Uint8Array) {
      written += String(text);
      return true;
    },
  };
  return {
    questions: questionsAt(input, output),
    press: (text: string) => keys.write(text),
    end: () => keys.end(),
    modes,
    written: () => written,
  };
}

describe('questions at a terminal', () => {
  it('are answered one after the other: hidden, shown, yes or no', async () => {
    const { questions, press, modes, written } = terminal();
    const secret = questions?.hidden('Token: ');
    press('canary\r');
    expect(await secret).toBe('canary');
    const server = questions?.line('Which one? ');
    press(' default \n');
    expect(await server).toBe('default');
    const goOn = questions?.confirm('Do this?');
    press('yes\n');
    expect(await goOn).toBe(true);
    const again = questions?.hidden('Token: ');
    press('second\r');
    expect(await again).toBe('second');
    expect(modes).toEqual([true, false, true, false]);
    expect(written()).toBe('Token: \nWhich one? Do this? [y/N] Token: \n');
  });

  it('are not asked without a terminal', () => {
    expect(questionsAt(undefined, process.stderr)).toBeUndefined();
    expect(questionsAt(new PassThrough() as HiddenInput, process.stderr)).toBeUndefined();
  });

  it('end with nothing done if they are interrupted', async () => {
    const { questions, press } = terminal();
    const secret = questions?.hidden('Token: ').catch((error: unknown) => error);
    press('\u0003');
    expect(String(await secret)).toContain('Interrupted');
    const ended = terminal();
    const goOn = ended.questions?.confirm('Do this?');
    ended.end();
    expect(await goOn).toBe(false);
  });
});

/** Asks on a terminal where each question is answered by the next line. */
async function ask(env: Readonly<Record<string, string>>, answers: readonly string[], isTTY = true) {
  const keys = new PassThrough();
  let isRaw = false;
  const input: HiddenInput = Object.assign(keys, {
    ...(isTTY && {
      isTTY,
      setRawMode(raw: boolean) {
        isRaw = raw;
      },
    }),
  });
  const left = [...answers];
  const asked: { readonly question: string; readonly isHidden: boolean }[] = [];
  const prompt = {
    write(text: string | Uint8Array) {
      if (String(text) === '\n') return true;
      asked.push({ question: String(text), isHidden: isRaw });
      keys.write(`${left.shift()}\r`);
      return true;
    },
  };
  return { env: await askForClient(env, input, prompt), asked };
}

const jwk = '{"kty":"RSA","d":"canary"}';

describe('the questions for a service application', () => {
  it('ask for what the environment lacks, and show everything but a secret', async () => {
    const { env, asked } = await ask({ OTHER: 'kept' }, ['0oa1', 'okta.users.read', '', jwk, 'y']);
    expect(env).toEqual({
      ...{ OTHER: 'kept', OKTA_CLIENT_CLIENTID: '0oa1', OKTA_CLIENT_SCOPES: 'okta.users.read' },
      ...{ OKTA_CLIENT_PRIVATEKEY: jwk, OKTA_CLIENT_DPOP: 'true' },
    });
    expect(asked.filter(({ isHidden }) => isHidden).map(({ question }) => question)).toEqual([
      'Private key as a JWK, or client secret (not shown): ',
    ]);
    expect(JSON.stringify(asked)).not.toContain('canary');
  });

  it('take a file for the key, and anything that is no JWK for a client secret', async () => {
    expect((await ask({}, ['0oa1', 'a', './key.pem', 'n'])).env).toMatchObject({
      ...{ OKTA_CLIENT_PRIVATEKEY_FILE: './key.pem', OKTA_CLIENT_DPOP: 'false' },
    });
    expect((await ask({}, ['0oa1', 'a', '', 'canary', ''])).env).toMatchObject({ OKTA_CLIENT_SECRET: 'canary' });
  });

  it('leave out what is set', async () => {
    const set = { OKTA_CLIENT_CLIENTID: '0oa1', OKTA_CLIENT_SCOPES: 'a', OKTA_CLIENT_PRIVATEKEY: jwk };
    const { env, asked } = await ask({ ...set, OKTA_CLIENT_DPOP: 'false' }, []);
    expect(env).toMatchObject(set);
    expect(asked).toEqual([]);
  });

  it('end at once without a client', async () => {
    const { env, asked } = await ask({}, ['']);
    expect(env).toEqual({});
    expect(asked).toHaveLength(1);
  });

  it('are never asked where there is no terminal', async () => {
    await expect(ask({}, [], false)).rejects.toThrow('--prompt asks on a terminal, and there is none');
  });
});
