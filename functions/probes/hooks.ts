import { finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import { defineProbe, type Endpoint } from '../model/probe.ts';
import { type Hook, parseHooks } from '../okta/management-answers.ts';
import { healthOf, openApiReader } from './api-reader.ts';

/** The kinds of Okta's calls to your own services: the endpoint, and the finding of an inactive one. */
const kinds = [
  { what: 'event hooks', one: 'event hook', endpoint: 'event-hooks', inactive: 'hook-inactive' },
  { what: 'inline hooks', one: 'inline hook', endpoint: 'inline-hooks', inactive: 'hook-inactive' },
  { what: 'log streams', one: 'log stream', endpoint: 'log-streams', inactive: 'log-stream-inactive' },
] as const satisfies readonly { readonly endpoint: Endpoint; readonly [key: string]: string }[];

/**
 * Finds event hooks, inline hooks and log streams that are not active: Okta deactivates those that fail for long, and
 * does not tell the people responsible.
 *
 * Trap: the list does not say who deactivated it. The System Log does.
 */
export const hooks = defineProbe({
  id: 'hooks',
  question: 'Does Okta still call your hooks and feed your log streams?',
  group: 'health',
  scope: 'org',
  requires: ['api', 'health'],
  apiScopes: { anyOf: ['okta.eventHooks.read', 'okta.inlineHooks.read', 'okta.logStreams.read'] },
  inputs: ['apiAccess'],
  requests: ['event-hooks', 'inline-hooks', 'log-streams'],
  timed: false,
  metrics: {},
  async run(context) {
    const { ignored = [] } = healthOf(context.org);
    const api = openApiReader(context, 'hooks');
    const warnings: Finding[] = [];
    for (const kind of kinds) {
      const items = await api.list(kind.what, kind.endpoint);
      const found = parseHooks(items ?? []).filter(({ id }) => !ignored.includes(id));
      const unknown = found.filter(({ status }) => status !== 'ACTIVE' && status !== 'INACTIVE');
      api.notes.push(
        ...unknown.map(({ name, status }) => `not known whether ${kind.one} ${name} is active: ${status}`),
      );
      warnings.push(...found.flatMap((hook) => hookFindings(kind, hook)));
    }
    return api.resultWith(warnings);
  },
});

function hookFindings(
  { one, inactive }: (typeof kinds)[number],
  { id, name, status, isUnverified }: Hook,
): readonly Finding[] {
  const compare = (what: string, expected: string, found: string) => ({
    ...{ detail: `${one} ${name} (${id})`, comparisons: [{ name: `${what} of ${one} ${name}`, expected, found }] },
  });
  if (status === 'INACTIVE') return [finding(inactive, compare('status', 'ACTIVE', 'INACTIVE'))];
  return isUnverified ? [finding('event-hook-unverified', compare('verification', 'VERIFIED', 'UNVERIFIED'))] : [];
}
