import { findings } from '../diagnosis/finding.ts';
import type { Exchange } from '../model/exchange.ts';
import type { LogLine } from '../runtime/log.ts';

/** How to verify a finding without the monitor: a command or an instruction, with what is known filled in. */
export function verifyCommand(code: string, outcome: LogLine | undefined): string | undefined {
  const definition = Object.entries(findings).find(([known]) => known === code)?.[1];
  if (!definition) return undefined;
  const url = lastUrl(outcome?.exchanges ?? []);
  if (!url) return definition.verify;
  const server = outcome?.server;
  return definition.verify
    .replaceAll('DOMAIN:443', url.port === '' ? `${url.host}:443` : url.host)
    .replaceAll('DOMAIN', url.host)
    .replaceAll('/SERVER', server === undefined ? '/SERVER' : server === 'org' ? '' : `/${server}`)
    .replaceAll('URL', `${url.origin}${url.pathname}`);
}

/** The org's host, as the outcome's requests name it. */
export function hostOf(outcome: LogLine | undefined): string | undefined {
  return lastUrl(outcome?.exchanges ?? [])?.host;
}

/** Trap: people paste the command into a shell. Only a plain URL is filled in. */
function lastUrl(exchanges: readonly Exchange[]): URL | undefined {
  const url = exchanges.at(-1)?.url ?? '';
  return /^https:\/\/[\w.:/~-]+$/.test(url) && URL.canParse(url) ? new URL(url) : undefined;
}
