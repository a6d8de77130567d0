import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type HiddenInput, readHidden } from '../../../../local/cli/read-hidden.ts';
import { UsageError } from '../../../../local/runner/select.ts';

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
