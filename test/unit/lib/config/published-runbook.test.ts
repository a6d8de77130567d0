import { describe, expect, it } from 'vitest';
import { publishedRunbook } from '../../../../lib/config/published-runbook.ts';

const commit = '1c90888f0f3b1d9a6f0e0c1a2b3c4d5e6f708192';

/** A git with this remote, in which a remote branch has the commit. */
const gitWith =
  (remote: string | undefined, { refs = 'refs/remotes/origin/main', prefix = '' } = {}) =>
  (...[command = '', argument = '']: readonly string[]) => {
    if (command === 'remote') return remote;
    if (command === 'for-each-ref') return refs;
    return argument === '--show-prefix' ? prefix : commit;
  };

describe('the published runbook', () => {
  it.each([
    ['https://github.com/acme/monitor.git', 'https://github.com/acme/monitor/blob'],
    ['git@github.com:acme/monitor.git', 'https://github.com/acme/monitor/blob'],
    ['ssh://git@github.acme.com:2222/acme/monitor', 'https://github.acme.com/acme/monitor/blob'],
    ['https://gitlab.com/acme/identity/monitor.git/', 'https://gitlab.com/acme/identity/monitor/-/blob'],
    ['git@bitbucket.org:acme/monitor.git', 'https://bitbucket.org/acme/monitor/src'],
    ['https://codeberg.org/acme/monitor.git', 'https://codeberg.org/acme/monitor/src/commit'],
  ])('of the remote %s is below %s', (remote, folder) => {
    expect(publishedRunbook(gitWith(remote))).toBe(`${folder}/${commit}/docs/runbook.md`);
  });

  it('is in the folder that the project has in its repository', () => {
    expect(publishedRunbook(gitWith('https://github.com/acme/all.git', { prefix: 'tools/monitor/' }))).toBe(
      `https://github.com/acme/all/blob/${commit}/tools/monitor/docs/runbook.md`,
    );
  });

  it.each([
    'https://x-access-token:ghs_canarycanary@github.com/acme/monitor.git',
    'https://canary@github.com/acme/monitor.git',
    'canary@github.com:acme/monitor.git',
    'https://github.com/acme/monitor.git?token=canary',
  ])('holds no credential of the remote %s', (remote) => {
    const url = publishedRunbook(gitWith(remote));
    expect(url).toBe(`https://github.com/acme/monitor/blob/${commit}/docs/runbook.md`);
  });

  it.each([
    undefined,
    '/srv/git/monitor.git',
    'file:///srv/git/monitor.git',
    'https://git.acme.com/acme/monitor.git',
    'C:\\monitor',
  ])('is not known for the remote %s', (remote) => {
    expect(publishedRunbook(gitWith(remote))).toBeUndefined();
  });

  it('is not known if the commit is not published', () => {
    expect(publishedRunbook(gitWith('https://github.com/acme/monitor.git', { refs: '' }))).toBeUndefined();
  });

  it('is not known without git', () => {
    expect(publishedRunbook(() => undefined)).toBeUndefined();
  });
});
