import { kindOf } from '../../../functions/model/org.ts';
import type { Endpoint, Group } from '../../../functions/model/probe.ts';
import type { Bucket } from '../../../functions/okta/default-limits.ts';
import { endpoints } from '../../../functions/okta/endpoints.ts';
import type { Match, OktaRequest, ServerId } from '../../../packages/okta-emulator/src/index.ts';
import type { Fault, TestEnvironment } from '../simulation/environment.ts';

/** Where a finding can appear. */
export interface ScenarioTarget {
  readonly group: Group;
  /** Absent for a finding of the run itself. */
  readonly probe?: string;
  /** Absent for a probe of the whole org. */
  readonly server?: string;
}

/** A target whose probe requests one endpoint of Okta, where faults can be injected. */
export interface EndpointTarget extends ScenarioTarget {
  readonly probe: string;
  readonly endpoint: Endpoint;
  readonly path: string | RegExp;
  readonly bucket: Bucket | undefined;
  /** Which of the requests to the endpoint are the probe's, where others make some too. */
  readonly when?: Match['when'];
}

/** A fault at whatever target it is given. A `Fault` that does not depend on the target can be used as one. */
export type FaultAt<Target extends ScenarioTarget = EndpointTarget> = (
  environment: TestEnvironment,
  target: Target,
) => ReturnType<Fault>;

/** Binds a fault to a target. */
export function at<Target extends ScenarioTarget>(target: Target, fault: FaultAt<NoInfer<Target>>): Fault {
  return (environment) => fault(environment, target);
}

/** The same fault at several targets. */
export function atEach<Target extends ScenarioTarget>(
  targets: readonly Target[],
  fault: FaultAt<NoInfer<Target>>,
): readonly Fault[] {
  return targets.map((target) => at(target, fault));
}

/** Without a server, it is a probe of the whole org, which requests the endpoint of the Org server. */
function endpointTarget(probe: string, endpoint: Endpoint, group: Group, server?: ServerId): EndpointTarget {
  const definition = endpoints[kindOf({ id: server ?? 'org' })][endpoint];
  if (!definition) throw new Error(`server ${server ?? 'org'} has no endpoint ${endpoint}`);
  const path = definition.path.replace('{id}', server ?? '');
  const bucket = (definition.bucket ?? undefined) as Bucket | undefined;
  return { group, probe, endpoint, path, bucket, ...(server && { server }) };
}

/** The Org server first, then a custom one. */
const atBothServers = (probe: Endpoint) =>
  [endpointTarget(probe, probe, 'flows', 'org'), endpointTarget(probe, probe, 'flows', 'default')] as const;

export const organization = endpointTarget('organization', 'organization', 'flows');
export const rateLimits = endpointTarget('rate-limits', 'users', 'limits');
export const systemLog = endpointTarget('system-log', 'logs', 'system-log');
/** They judge what was read of the log, and make no request. */
export const logLimits: ScenarioTarget = { group: 'system-log', probe: 'log-limits' };
export const userSignIns: ScenarioTarget = { group: 'system-log', probe: 'user-sign-ins' };
export const ownEvents: ScenarioTarget = { group: 'system-log', probe: 'own-events' };
export const discovery = atBothServers('discovery');
export const keys = atBothServers('keys');
export const authorize = atBothServers('authorize');
export const token = atBothServers('token');
export const introspect = atBothServers('introspect');
export const refusesCustomScope = endpointTarget('refuses-custom-scope', 'token', 'negative-tests');
export const refusesUnknownRedirectUri = endpointTarget('refuses-unknown-redirect-uri', 'authorize', 'negative-tests');

/** Where the client authenticates. */
export const authenticatingEndpoints = [...token, ...introspect];

const inJourney = (probe: string, endpoint: Endpoint, server?: ServerId): EndpointTarget =>
  endpointTarget(probe, endpoint, 'journey', server);

/** The Org server first, then a custom one. */
const atBothInJourney = (probe: string, endpoint: Endpoint, when?: Match['when']) => {
  const targetAt = (server: ServerId) => ({ ...inJourney(probe, endpoint, server), ...(when && { when }) });
  return [targetAt('org'), targetAt('default')] as const;
};

const isSilent = ({ query }: OktaRequest) => query.get('prompt') === 'none';
const grantIs =
  (grant: string) =>
  ({ body }: OktaRequest) =>
    new URLSearchParams(body).get('grant_type') === grant;

/** The sign-in itself, wherever it is refused. */
export const signIn: ScenarioTarget = { group: 'journey', probe: 'sign-in' };

/** The requests of a sign-in at Identity Engine with a password, in their order, after the org's metadata, whose failure does not stop it. */
export const signInSteps: readonly EndpointTarget[] = [
  { ...inJourney('sign-in', 'authorize'), when: (request) => !isSilent(request) },
  inJourney('sign-in', 'sign-in-introspect'),
  inJourney('sign-in', 'sign-in-identify'),
  inJourney('sign-in', 'sign-in-redirect'),
];

/** Where a code is answered. */
export const signInAnswer = inJourney('sign-in', 'sign-in-answer');
export const primaryAuthentication = inJourney('sign-in', 'primary-authentication');
export const factorVerification = {
  ...inJourney('sign-in', 'factor-verification'),
  path: /^\/api\/v1\/authn\/factors\/[^/]+\/verify$/,
};

/** Where requests are pushed, if the web application's are: for the sign-in, and for single sign-on at a custom server. */
export const pushedRequests = [inJourney('sign-in', 'par'), inJourney('single-sign-on', 'par', 'default')] as const;

export const saml = inJourney('saml', 'saml-sign-on');
export const singleSignOn = atBothInJourney('single-sign-on', 'authorize', isSilent);
export const code = atBothInJourney('code', 'token', grantIs('authorization_code'));
export const idToken = atBothInJourney('id-token', 'keys');
export const userinfo = atBothInJourney('userinfo', 'userinfo');
export const refresh = atBothInJourney('refresh', 'token', grantIs('refresh_token'));
/** Only where the configuration says how long a replaced refresh token works. */
export const refreshReuse: readonly ScenarioTarget[] = [
  { group: 'journey', probe: 'refresh-reuse', server: 'org' },
  { group: 'journey', probe: 'refresh-reuse', server: 'default' },
];
export const revoke = atBothInJourney('revoke', 'introspect');
export const signOut = inJourney('sign-out', 'logout');

/** Every endpoint of a journey of a user with a password at Identity Engine. */
export const journeyEndpoints: readonly EndpointTarget[] = [
  ...signInSteps,
  // At the Org server, the sign-out sends the same request again.
  singleSignOn[1],
  ...code,
  ...idToken,
  ...userinfo,
  ...refresh,
  ...revoke,
  signOut,
];

/** The health checks. Each asks several endpoints. */
const ofHealth = (probe: string, server?: ServerId): ScenarioTarget & { readonly probe: string } => ({
  ...{ group: 'health', probe, ...(server && { server }) },
});
export const certificates = ofHealth('certificates');
export const domains = ofHealth('domains');
export const clientSecrets = ofHealth('client-secrets');
export const agents = ofHealth('agents');
export const hooks = ofHealth('hooks');
export const workflow = ofHealth('workflow');
export const signingKeys = ofHealth('signing-keys', 'default');
/** An API of your own, called with the token of the service application, and with that of the test user. */
export const resources: readonly ScenarioTarget[] = [
  { group: 'flows', probe: 'resource', server: 'default' },
  { group: 'journey', probe: 'user-resource', server: 'default' },
];

/** Makes no request. */
export const verify: ScenarioTarget = { group: 'flows', probe: 'verify', server: 'default' };
/** Requests the sign-in page, and what it loads. */
export const signInAssets: ScenarioTarget = { group: 'flows', probe: 'sign-in-assets' };
/** Requests another site than the org. */
export const statusPage: ScenarioTarget = { group: 'status', probe: 'status-page' };
export const runTargets: readonly ScenarioTarget[] = [
  { group: 'flows' },
  { group: 'limits' },
  { group: 'status' },
  { group: 'journey' },
];

/** Whose healthy answer is JSON. */
export const jsonEndpoints: readonly EndpointTarget[] = [
  organization,
  ...discovery,
  ...keys,
  ...token,
  ...introspect,
  rateLimits,
];

/** Every endpoint of Okta, at each kind of server. */
export const allEndpoints: readonly EndpointTarget[] = [...jsonEndpoints, ...authorize];

export const rateLimitedEndpoints: readonly EndpointTarget[] = allEndpoints.filter(
  ({ bucket }) => bucket !== undefined,
);

/** Where an outage of the whole org is reported: once for the flows, and once for the limits, which run separately. */
export const orgOutageTargets: readonly EndpointTarget[] = [organization, rateLimits];
