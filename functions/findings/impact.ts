import type { FaultDomain } from '../model/fault-domain.ts';
import type { Finding, Severity } from '../model/finding.ts';

/** The effect of a finding on people, and the place. */
export interface Impact {
  /** For a subject, the clearest first and the shortest last: `no tokens`. */
  readonly what: readonly string[];
  /** For a sentence: `apps get no tokens`. */
  readonly clause: string;
  /** The servers at which it is so. Empty if it is not about servers. */
  readonly servers: readonly string[];
  /** Whether applications notice it. A probe of the monitor's own may fail without that. */
  readonly concernsApps: boolean;
  /** The test user alone is known to be affected. */
  readonly isOfTestUser?: true;
}

/** A target that shows the finding. */
export interface HitTarget {
  readonly probe: string;
  readonly server?: string;
  /** Whether some runs passed since the finding was first reported. */
  readonly isIntermittent: boolean;
}

export interface ImpactFacts extends Partial<Pick<Finding, 'code' | 'suspect'>> {
  readonly domain: FaultDomain;
  readonly severity: Severity;
  /** The targets at which the probe failed. A warning of a probe that passed affects no one. */
  readonly hit: readonly HitTarget[];
  /** Whether anything of the org still passes. */
  readonly isAnythingFine: boolean;
}

/** How a failing probe affects people. Of each pair, the second text is for a part of the runs. */
interface Effect {
  /** A few words for a subject. */
  readonly what: readonly [all: string, some: string];
  /** A clause for a sentence. */
  readonly clause: readonly [all: string, some: string];
  /** What to write instead of `what` where there is little room, if all runs fail. */
  readonly short?: readonly string[];
  /** The test user alone is known to be affected. */
  readonly isOfTestUser?: true;
}

type Words = string | readonly [all: string, some: string];

/** Creates an effect. A text without one for a part of the runs gets "at times". */
function effect(what: Words, clause: Words, more: Pick<Effect, 'short' | 'isOfTestUser'> = {}): Effect {
  const both = (words: Words) => (typeof words === 'string' ? ([words, `${words} at times`] as const) : words);
  return { what: both(what), clause: both(clause), ...more };
}

/** Effects on everybody who uses a server, by probe. The gravest comes first. */
const effects: Readonly<Record<string, Effect>> = {
  authorize: effect(['no sign-in', 'sign-in fails at times'], ['users cannot sign in', 'some sign-ins fail']),
  'sign-in': effect(['no sign-in', 'sign-in fails at times'], ['users cannot sign in', 'some sign-ins fail']),
  code: effect('no tokens after sign-in', 'users sign in and get no tokens', { short: ['no user tokens'] }),
  'id-token': effect('ID tokens unusable', 'apps refuse ID tokens', { short: ['bad ID tokens'] }),
  token: effect(['no tokens', 'some tokens fail'], ['apps get no tokens', 'some token requests fail']),
  verify: effect('tokens unusable', 'services refuse new tokens', { short: ['bad tokens'] }),
  keys: effect('no signing keys', 'services get no keys to verify tokens', { short: ['no keys'] }),
  introspect: effect('introspection fails', 'services cannot introspect tokens', { short: ['no introspection'] }),
  'single-sign-on': effect('no single sign-on', 'users cannot enter a second app', { short: ['no SSO'] }),
  refresh: effect('tokens not renewed', 'apps cannot renew the tokens of users', { short: ['no renewals'] }),
  'refresh-reuse': effect('refresh not as expected', 'requests with a refresh token fail', { short: ['bad refresh'] }),
  saml: effect('SAML sign-on fails', 'users cannot enter a SAML application', { short: ['no SAML'] }),
  'user-resource': effect('API fails for users', 'your API fails for users'),
  resource: effect('API fails', 'your API fails'),
  userinfo: effect('userinfo fails', 'apps cannot read who signed in'),
  revoke: effect('revocation fails', 'tokens cannot be revoked'),
  'sign-out': effect('sign-out fails', 'users cannot sign out'),
  discovery: effect('bad metadata', 'clients get no usable metadata'),
  organization: effect('org metadata fails', "the org's metadata fails"),
  'rate-limits': effect('management API fails', 'the management API fails'),
};

/** What each health check monitors. If it fails, the state of that is unknown, and no users are known to be affected. */
const lookedAfter: Readonly<Record<string, string>> = {
  'api-access': 'what expires',
  certificates: 'certificates',
  domains: 'custom domains',
  'client-secrets': 'client secrets',
  agents: 'agents',
  hooks: 'hooks',
  'signing-keys': 'key rotation',
};

/** What a negative test shows: Okta accepts what it must refuse. */
const accepted: Readonly<Record<string, Effect>> = {
  'refuses-custom-scope': effect(
    'Org server grants a scope it must refuse',
    'the Org server grants a forbidden scope',
    {
      short: ['forbidden scope granted'],
    },
  ),
  'refuses-unknown-redirect-uri': effect('unknown redirect URI accepted', 'Okta accepts an unregistered redirect URI', {
    short: ['unknown redirect'],
  }),
};

/** Effects on the one client that asks: others may have other settings. */
const effectsOnClient: Readonly<Record<string, Effect>> = {
  authorize: effect('app sign-in fails', "sign-in to the monitor's app fails", { short: ['no app sign-in'] }),
  'sign-in': effect('test user cannot sign in', 'the test user cannot sign in', {
    short: ['no test sign-in'],
    isOfTestUser: true,
  }),
  'single-sign-on': effect('test user signs in again', 'the test user must sign in again', {
    short: ['no test SSO'],
    isOfTestUser: true,
  }),
  code: effect('app gets no user tokens', "the monitor's app gets no usable tokens of its user", {
    short: ['no user tokens'],
  }),
  'id-token': effect('ID token not as expected', "ID tokens of the monitor's app are not as expected", {
    short: ['bad ID token'],
  }),
  userinfo: effect('userinfo not as expected', 'the userinfo endpoint does not answer as expected', {
    short: ['bad userinfo'],
  }),
  refresh: effect('refresh not as expected', "refresh tokens of the monitor's app are not as expected", {
    short: ['bad refresh'],
  }),
  'refresh-reuse': effect('old refresh token works', "old refresh tokens of the monitor's app work", {
    short: ['old token works'],
  }),
  token: effect('client gets no tokens', "the monitor's client gets no tokens", {
    short: ['no client token', 'no token'],
  }),
  introspect: effect('client cannot introspect', "the monitor's client cannot introspect tokens", {
    short: ['no introspection'],
  }),
  'rate-limits': effect('API refuses client', "the management API refuses the monitor's client"),
};

/** Returns the effect of a finding on people, or undefined if nothing fails. */
export function impactOf(facts: ImpactFacts): Impact | undefined {
  const [first] = facts.hit;
  if (!first) return undefined;
  return facts.domain === 'monitor'
    ? impactOfMonitor(facts)
    : (impactOfOrg(facts) ?? impactOfProbe(first.probe, facts));
}

function impactOfMonitor({ hit }: ImpactFacts): Impact {
  return {
    what: ['checks not made'],
    clause: 'the monitor cannot make some of its checks',
    servers: serversOf(hit),
    concernsApps: false,
  };
}

const noSignInOrTokens = { what: ['no sign-in or tokens'], clause: 'users cannot sign in and apps get no tokens' };

const noCustomDomain = {
  what: ['no sign-in by custom domain', 'no sign-in'],
  clause: 'users and apps cannot sign in by the custom domain',
};

/** The impact if nothing of the org works. */
function impactOfOrg({ code, suspect, domain, hit, isAnythingFine }: ImpactFacts): Impact | undefined {
  if (isAnythingFine || !isHit(hit, 'organization')) return undefined;
  if (code === 'custom-domain-unreachable' || suspect === 'okta or custom domain')
    return { ...noCustomDomain, servers: [], concernsApps: true };
  if (domain === 'okta') return { ...noSignInOrTokens, servers: [], concernsApps: true };
  if (domain !== 'network') return undefined;
  return {
    what: ['org not reachable'],
    clause: "the org cannot be reached from the monitor's network",
    servers: [],
    concernsApps: true,
  };
}

/** The impact of the probe with the gravest effect. */
function impactOfProbe(firstProbe: string, { code, domain, severity, hit }: ImpactFacts): Impact {
  const isOneClient =
    domain === 'configuration' || domain === 'credentials' || `${domain} ${severity}` === 'quota ticket';
  const table = isOneClient && !needsNoClient(hit) ? { ...effects, ...effectsOnClient } : effects;
  const [probe, known] = Object.entries(table).find(([each]) => isHit(hit, each)) ?? [firstProbe, undefined];
  const own = hit.filter((target) => target.probe === probe);
  const servers = serversOf(own);
  const part = own.every(({ isIntermittent }) => isIntermittent) ? 1 : 0;
  if (probe === 'authorize' && part === 0 && !isOneClient && failsAtTokens(hit, own))
    return { ...noSignInOrTokens, servers, concernsApps: true };
  const { what, clause, short = [], isOfTestUser } = known ?? effectOfUnknown(probe, code);
  return {
    what: [what[part], ...(part === 0 ? short : [])],
    clause: clause[part],
    servers,
    concernsApps: known !== undefined && !isOfTestUser,
    ...(isOfTestUser && { isOfTestUser }),
  };
}

/** Whether a request failed that no client makes in its own name. */
function needsNoClient(hit: readonly HitTarget[]): boolean {
  return ['organization', 'discovery', 'keys'].some((probe) => isHit(hit, probe));
}

/** Whether tokens fail at a server of these targets. */
function failsAtTokens(hit: readonly HitTarget[], targets: readonly HitTarget[]): boolean {
  return hit.some(({ probe, server }) => probe === 'token' && targets.some((target) => target.server === server));
}

function effectOfUnknown(probe: string, code?: string): Effect {
  const unduly = code === 'negative-test-failed' ? accepted[probe] : undefined;
  if (unduly) return unduly;
  if (probe === 'workflow') return effect('flow fails', 'a flow of Okta Workflows does not run');
  const unknown = Object.hasOwn(lookedAfter, probe) ? lookedAfter[probe] : undefined;
  return unknown
    ? effect(`${unknown} not checked`, `the monitor cannot check ${unknown}`)
    : effect(`${probe} fails`, `the probe ${probe} fails`);
}

function isHit(hit: readonly HitTarget[], probe: string): boolean {
  return hit.some((target) => target.probe === probe);
}

function serversOf(targets: readonly HitTarget[]): readonly string[] {
  return [...new Set(targets.flatMap(({ server }) => server ?? []))];
}

/** The servers as part of a sentence: ` at the Org server`, ` at 'default'`, ` at 3 servers`. */
export function atServers(servers: readonly string[]): string {
  const [server] = servers;
  if (server === undefined) return '';
  return servers.length > 1 ? ` at ${servers.length} servers` : ` at ${serverName(server)}`;
}

export function serverName(server: string): string {
  return server === 'org' ? 'the Org server' : `'${server}'`;
}
