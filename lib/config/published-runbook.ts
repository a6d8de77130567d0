import { execFileSync } from 'node:child_process';
import path from 'node:path';

/** Runs git in this project. Undefined if git is missing or knows no answer. */
export type Git = (...args: readonly string[]) => string | undefined;

/**
 * The URL of docs/runbook.md as it is at the commit that is deployed, on the site that hosts the repository.
 *
 * Undefined if that cannot be known: without a remote `origin`, on a host whose URLs are not known, or if no branch or tag
 * of the remote has the commit, because the link would lead nowhere.
 */
export function publishedRunbook(git: Git = runGit): string | undefined {
  const [remote, commit, prefix = ''] = [
    git('remote', 'get-url', 'origin'),
    git('rev-parse', 'HEAD'),
    git('rev-parse', '--show-prefix'),
  ];
  if (!remote || !commit || !git('for-each-ref', '--contains', commit, 'refs/remotes', 'refs/tags')) return undefined;
  const repository = repositoryOf(remote);
  const [, folder] = sites.find(([host]) => host.test(repository?.host ?? '')) ?? [];
  return (
    repository && folder && `https://${repository.host}/${repository.path}/${folder}/${commit}/${prefix}docs/runbook.md`
  );
}

/** Where sites show a file at a commit. */
const sites: readonly (readonly [host: RegExp, folder: string])[] = [
  [/(^|\.)github\./, 'blob'],
  [/(^|\.)gitlab\./, '-/blob'],
  [/^bitbucket\.org$/, 'src'],
  [/^(codeberg\.org|gitea\.)/, 'src/commit'],
];

/**
 * The host and the path of a remote, in either form that git accepts: `git@github.com:acme/monitor.git` or a URL.
 *
 * Trap: a remote's URL may hold a user name and a token. Only the host name and the path are kept.
 */
function repositoryOf(remote: string): { readonly host: string; readonly path: string } | undefined {
  const [, scpHost, scpPath] = /^(?:[^@/]+@)?([\w-]+(?:\.[\w-]+)+):(?!\/\/)(.+)$/.exec(remote) ?? [];
  const url = scpHost === undefined ? URL.parse(remote) : null;
  const isWeb = url !== null && ['https:', 'http:', 'ssh:', 'git:'].includes(url.protocol);
  const host = scpHost ?? (isWeb ? url.hostname : undefined);
  const name = (scpPath ?? url?.pathname ?? '').replace(/^\/+/, '').replace(/(\.git)?\/*$/, '');
  return host !== undefined && /^[\w.~-]+(\/[\w.~-]+)+$/.test(name)
    ? { host: host.toLowerCase(), path: name }
    : undefined;
}

function runGit(...args: readonly string[]): string | undefined {
  try {
    const cwd = path.join(import.meta.dirname, '../..');
    return execFileSync('git', args, { cwd, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}
