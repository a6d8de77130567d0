import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { lockFolder } from '../../../../../local/self-hosted/history/lock.ts';
import { openHistory } from '../../../../../local/self-hosted/history/open-history.ts';

const always = { start: 0, end: Number.MAX_SAFE_INTEGER };

it('a history survives the kill of its process between and in its writes, and so does the right to its folder', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-crash-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = path.join(folder, 'history.sqlite');
  for (const [kill, wanted] of [40, 137, 400].entries()) {
    const child = spawn(process.execPath, ['test/support/write-history.ts', folder, `${kill * 1_000_000}`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    let printed = '';
    let wasTaken = false;
    for await (const chunk of child.stdout) {
      printed += chunk;
      if (!wasTaken) expect(() => lockFolder(folder)).toThrow(`process ${child.pid}`);
      wasTaken = true;
      if (printed.split('\n').length > wanted) child.kill('SIGKILL');
    }
    expect(await exited).toEqual([null, 'SIGKILL']);
    const told = printed.split('\n').slice(0, -1).map(Number);

    lockFolder(folder)[Symbol.dispose]();
    using history = openHistory(file);
    const { reader } = history;
    const kept = new Map(Map.groupBy(reader.outcomes(always), ({ run }) => run));
    const runs = reader.runs(always);
    const own = runs.filter(({ at }) => at >= kill * 1_000_000);
    expect(own.map(({ at }) => at).slice(0, told.length), `kill ${kill}`).toEqual(told);
    expect(runs.filter(({ id }) => kept.get(id)?.length !== 3)).toEqual([]);
    using database = new DatabaseSync(file);
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
  }
});
