import type { FaultDomain } from '../model/fault-domain.ts';
import type { Severity } from '../model/finding.ts';

/** What people cannot do while a finding is reported, and where. */
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

export interface ImpactFacts {
  readonly domain: FaultDomain;
  readonly severity: Severity;
  /** The targets at which the probe failed. A warning of a probe that passed hits nobody. */
  readonly hit: readonly HitTarget[];
  /** Whether anything of the org still passes. */
  readonly isAnythingFine: boolean;
}

/** How a failing probe affects people: in a few words, and as a clause. The second text of each is for a part of the runs. */
interface Effect {
  readonly what: readonly [all: string, some: string];
  /** What to write instead in all runs, where there is little room. */
  readonly short?: readonly string[];
  readonly clause: readonly [all: string, some: string];
  /** The test user alone is known to be affected. */
  readonly isOfTestUser?: true;
}

const atTimes = (words: string): readonly [string, string] => [words, `${words} at times`];

/** Effects on everybody who uses a server, by probe. The gravest comes first. */
const effects: Readonly<Record<string, Effect>> = {
  authorize: {
    what: ['no sign-in', 'sign-in fails at times'],
    clause: ['users cannot sign in', 'some sign-ins fail'],
  },
  'sign-in': { what: ['no sign-in', 'sign-in fails at times'], clause: ['users cannot sign in', 'some sign-ins fail'] },
  code: {
    what: atTimes('no tokens after sign-in'),
    short: ['no user tokens'],
    clause: atTimes('users sign in and get no tokens'),
  },
  'id-token': {
    what: atTimes('ID tokens unusable'),
    short: ['bad ID tokens'],
    clause: atTimes('apps refuse ID tokens'),
  },
  token: { what: ['no tokens', 'some tokens fail'], clause: ['apps get no tokens', 'some token requests fail'] },
  verify: { what: atTimes('tokens unusable'), short: ['bad tokens'], clause: atTimes('services refuse new tokens') },
  keys: {
    what: atTimes('no signing keys'),
    short: ['no keys'],
    clause: atTimes('services get no keys to verify tokens'),
  },
  introspect: {
    what: atTimes('introspection fails'),
    short: ['no introspection'],
    clause: atTimes('services cannot introspect tokens'),
  },
  'single-sign-on': {
    what: atTimes('no single sign-on'),
    short: ['no SSO'],
    clause: atTimes('users cannot enter a second app'),
  },
  refresh: {
    what: atTimes('tokens not renewed'),
    short: ['no renewals'],
    clause: atTimes('apps cannot renew the tokens of users'),
  },
  'refresh-reuse': {
    what: atTimes('refresh not as expected'),
    short: ['bad refresh'],
    clause: atTimes('requests with a refresh token fail'),
  },
  saml: {
    what: atTimes('SAML sign-on fails'),
    short: ['no SAML'],
    clause: atTimes('users cannot enter a SAML application'),
  },
  'user-resource': {
    what: atTimes('API fails for users'),
    clause: atTimes('your API fails for users'),
  },
  resource: { what: atTimes('API fails'), clause: atTimes('your API fails') },
  userinfo: { what: atTimes('userinfo fails'), clause: atTimes('apps cannot read who signed in') },
  revoke: { what: atTimes('revocation fails'), clause: atTimes('tokens cannot be revoked') },
  'sign-out': { what: atTimes('sign-out fails'), clause: atTimes('users cannot sign out') },
  discovery: { what: atTimes('bad metadata'), clause: atTimes('clients get no usable metadata') },
  organization: { what: atTimes('org metadata fails'), clause: atTimes("the org's metadata fails") },
  'rate-limits': { what: atTimes('management API fails'), clause: atTimes('the management API fails') },
};

/** What the health checks look after. Where one of them fails, nothing is known of it, and nobody is known to be affected. */
const lookedAfter: Readonly<Record<string, string>> = {
  'api-access': 'what expires',
  certificates: 'certificates',
  domains: 'custom domains',
  'client-secrets': 'client secrets',
  agents: 'agents',
  hooks: 'hooks',
  'signing-keys': 'key rotation',
};

/** Effects on the one client that asks: others may have other settings. */
const effectsOnClient: Readonly<Record<string, Effect>> = {
  authorize: {
    what: atTimes('app sign-in fails'),
    short: ['no app sign-in'],
    clause: atTimes("sign-in to the monitor's app fails"),
  },
  'sign-in': {
    what: atTimes('test user cannot sign in'),
    short: ['no test sign-in'],
    clause: atTimes('the test user cannot sign in'),
    isOfTestUser: true,
  },
  'single-sign-on': {
    what: atTimes('test user signs in again'),
    short: ['no test SSO'],
    clause: atTimes('the test user must sign in again'),
    isOfTestUser: true,
  },
  code: {
    what: atTimes('app gets no user tokens'),
    short: ['no user tokens'],
    clause: atTimes("the monitor's app gets no usable tokens of its user"),
  },
  'id-token': {
    what: atTimes('ID token not as expected'),
    short: ['bad ID token'],
    clause: atTimes("ID tokens of the monitor's app are not as expected"),
  },
  userinfo: {
    what: atTimes('userinfo not as expected'),
    short: ['bad userinfo'],
    clause: atTimes('the userinfo endpoint does not answer as expected'),
  },
  refresh: {
    what: atTimes('refresh not as expected'),
    short: ['bad refresh'],
    clause: atTimes("refresh tokens of the monitor's app are not as expected"),
  },
  'refresh-reuse': {
    what: atTimes('old refresh token works'),
    short: ['old token works'],
    clause: atTimes("old refresh tokens of the monitor's app work"),
  },
  token: {
    what: atTimes('client gets no tokens'),
    short: ['no client token', 'no token'],
    clause: atTimes("the monitor's client gets no tokens"),
  },
  introspect: {
    what: atTimes('client cannot introspect'),
    short: ['no introspection'],
    clause: atTimes("the monitor's client cannot introspect tokens"),
  },
  'rate-limits': {
    what: atTimes('API refuses client'),
    clause: atTimes("the management API refuses the monitor's client"),
  },
};

/** What a finding means for people. Undefined if nothing fails. */
export function impactOf({ domain, severity, hit, isAnythingFine }: ImpactFacts): Impact | undefined {
  const [first] = hit;
  if (!first) return undefined;
  const has = (probe: string) => hit.some((target) => target.probe === probe);
  if (domain === 'monitor') {
    return {
      what: ['checks not made'],
      clause: 'the monitor cannot make some of its checks',
      servers: serversOf(hit),
      concernsApps: false,
    };
  }
  if (has('organization') && !isAnythingFine && (domain === 'okta' || domain === 'network')) {
    const isUnreachable = domain === 'network';
    return {
      what: [isUnreachable ? 'org not reachable' : 'no sign-in or tokens'],
      clause: isUnreachable
        ? "the org cannot be reached from the monitor's network"
        : 'users cannot sign in and apps get no tokens',
      servers: [],
      concernsApps: true,
    };
  }
  const isOneClient =
    domain === 'configuration' || domain === 'credentials' || (domain === 'quota' && severity === 'ticket');
  const needsNoClient = ['organization', 'discovery', 'keys'].some(has);
  const table = isOneClient && !needsNoClient ? { ...effects, ...effectsOnClient } : effects;
  const [probe, effect] = Object.entries(table).find(([each]) => has(each)) ?? [first.probe, undefined];
  const own = hit.filter((target) => target.probe === probe);
  const servers = serversOf(own);
  const part = own.every(({ isIntermittent }) => isIntermittent) ? 1 : 0;
  const signIn = own.map(({ server }) => server);
  const hasBoth = probe === 'authorize' && hit.some((each) => each.probe === 'token' && signIn.includes(each.server));
  if (hasBoth && part === 0 && !isOneClient) {
    const clause = 'users cannot sign in and apps get no tokens';
    return { what: ['no sign-in or tokens'], clause, servers, concernsApps: true };
  }
  const unknown = Object.hasOwn(lookedAfter, probe) ? lookedAfter[probe] : undefined;
  const fallback = unknown
    ? { what: atTimes(`${unknown} not checked`), clause: atTimes(`the monitor cannot check ${unknown}`) }
    : { what: atTimes(`${probe} fails`), clause: atTimes(`the probe ${probe} fails`) };
  const { what, short = [], clause }: Omit<Effect, 'isOfTestUser'> = effect ?? fallback;
  return {
    what: [what[part], ...(part === 0 ? short : [])],
    clause: clause[part],
    servers,
    concernsApps: effect !== undefined && !effect.isOfTestUser,
    ...(effect?.isOfTestUser && { isOfTestUser: true }),
  };
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
