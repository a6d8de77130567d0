import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { startSample } from '../../local/commands/reporters/docs/samples.ts';
import { launch } from '../support/run-command.ts';

function sampleIn(page: string): string | undefined {
  return /<!-- generated: start -->\n\n```text\n(.*?)```/s.exec(page)?.[1];
}

/** Runs each command once, as npm does. Other tests cover their work in process. */
describe('a launched command', () => {
  it.each([
    ['cases', ['--case', 'K3'], 'variants diagnosed correctly'],
    ['drill', ['--case', 'K3'], '1 of 1 scenarios passed'],
    ['cost', [], 'total'],
  ])('ends with 0 and without colour when piped: npm run %s', async (name, args, says) => {
    const { code, stdout } = await launch(name, args, { FORCE_COLOR: undefined });
    expect(stdout).toContain(says);
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect(code).toBe(0);
  });

  it('ends with 0 and prints the sample of the README (run `npm run docs`): npm start', async () => {
    const { code, stdout } = await launch('start', [], { FORCE_COLOR: undefined });
    expect(stdout).toBe(stripVTControlCharacters(stdout));
    expect([code, startSample(stdout)]).toEqual([0, sampleIn(readFileSync('README.md', 'utf8'))]);
  });

  it.each(['start', 'cases', 'check', 'doctor', 'drill', 'cost', 'okta', 'report', 'setup', 'watch', 'picture'])(
    'ends with 2 for an unknown flag: npm run %s',
    async (name) => {
      const { code, stdout, stderr } = await launch(name, ['--colour']);
      expect([code, stdout]).toEqual([2, '']);
      expect(stderr).toContain('Usage: npm ');
    },
  );

  it('runs in real time with --watch until Ctrl-C, and serves the board', async () => {
    const child = spawn(process.execPath, ['local/commands/main.ts', 'start', '--watch', '--board'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const exited = once(child, 'exit');
    let output = '';
    let followed = '';
    try {
      for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
        output += chunk;
        // On a busy machine, a minute in which nothing ran is told first.
        if (/\d\d:\d\d {2}.* passed\n/.test(stripVTControlCharacters(output))) break;
      }
      const [, url = ''] = /The board: (http:\S+)\//.exec(output) ?? [];
      // Nobody closes it: Ctrl-C ends it too.
      const { body } = await fetch(`${url}/events/`);
      const { value } = (await body?.pipeThrough(new TextDecoderStream()).getReader().read()) ?? {};
      followed = value ?? '';
    } finally {
      child.stdout.resume();
      child.kill('SIGINT');
    }
    // A busy machine may fail a self-test of the notifiers in the first minute, in which everything starts at once.
    expect(stripVTControlCharacters(output)).toMatch(
      /; Ctrl-C stops it\n[\s\S]+\n\d\d:\d\d {2}[\s\S]* \d+ (probes )?passed\n/,
    );
    expect(followed).toMatch(/^event: page\ndata: /);
    expect(await exited).toEqual([0, null]);
  });

  it('ends without an error when its reader closes the pipe early, as head does', async () => {
    const child = spawn(process.execPath, ['local/commands/main.ts', 'start'], { stdio: ['ignore', 'pipe', 'pipe'] });
    const exited = once(child, 'exit');
    const complaints = text(child.stderr);
    await once(child.stdout, 'data');
    child.stdout.destroy();
    expect(await exited).toEqual([0, null]);
    expect(await complaints).not.toContain('EPIPE');
  });
});
