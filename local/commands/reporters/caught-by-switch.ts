import { findings } from '../../../functions/findings/finding.ts';
import { pastIncidents } from '../../lab/scenarios/incidents/all-incidents.ts';
import type { Switch } from '../../lab/scenarios/incidents/past-incident.ts';

/** What a switch of the configuration would have caught of the past incidents that nothing before it in the list catches. */
export interface Caught {
  readonly needs: Switch;
  /** What stays unseen without it, for a sentence. */
  readonly what: string;
  readonly okta: number;
  readonly customers: number;
}

/** In the order in which they cost an administrator something. */
const switches: readonly (readonly [Switch, string])[] = [
  ['nothing', 'sign-in, tokens, keys, the sign-in page, custom domains and rate limits of the monitor'],
  ['status page', 'what Okta announces for the cell'],
  [
    'System Log',
    "directories, codes, provisioning, lost access, blocked people, sign-ins that stay away, others' rate limits",
  ],
  ['test user', 'the sign-in itself, with its policies, factors, sessions and tokens of a user'],
  ['health', 'certificates, secrets, agents, hooks and keys before they fail'],
];

/** How many past incidents each switch adds. See docs/incidents.md. */
export function caughtBySwitch(): readonly Caught[] {
  const left = new Set(pastIncidents);
  return switches.map(([needs, what]) => {
    const own = [...left].filter(({ noticed }) =>
      noticed.some((way) => way.needs === needs && way.findings.some((code) => Object.hasOwn(findings, code))),
    );
    for (const each of own) left.delete(each);
    const count = (whose: string) => own.filter((each) => each.whose === whose).length;
    return { needs, what, okta: count('okta'), customers: count('customer') };
  });
}
