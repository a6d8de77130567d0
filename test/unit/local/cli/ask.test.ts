import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { questionsAt } from '../../../../local/cli/ask.ts';
import type { HiddenInput } from '../../../../local/cli/read-hidden.ts';

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
