import { kindOf, type Org, type Server, signInServer } from '../model/org.ts';
import { type Endpoint, type Probe, type RequestSetting, type Requirement, requestSettings } from '../model/probe.ts';
import { formatTarget, type Target } from '../model/target.ts';
import { issuerOf, mayRead } from '../okta/endpoints.ts';

/** One probe at one target. It is disabled if the configuration lacks something that it requires. */
export interface PlannedProbe {
  readonly probe: Probe;
  readonly target: Target;
  readonly server: Server;
  /** Every request of a healthy run with these settings. With DPoP, the most that it makes. */
  readonly requests: readonly Endpoint[];
  /** Present if the probe is disabled: the settings that would enable it. */
  readonly howToEnable?: string;
}

const settingFor: Record<Requirement, (org: string, server: string) => string> = {
  web: (org, server) =>
    `set "web" (clientId and redirectUri of a web application) on server "${server}" or org "${org}"`,
  service: (org, server) =>
    `set "service" (clientId and secret of a service application) on server "${server}" or org "${org}"`,
  api: (org) => `set "api" (an API token, or a service application with okta.* scopes) on org "${org}"`,
  user: (org) => `set "user" (login and secret of a test user) on org "${org}"`,
  serviceResource: (_, server) => `set "resource" (the URL of an API of yours) on server "${server}"`,
  userResource: (_, server) => `set "resource" (the URL of an API of yours) with "token": "user" on server "${server}"`,
  health: (org) => `set "health" ({} is enough) on org "${org}"`,
  workflow: (org) => `set "workflow" (the invoke URL of a flow of Okta Workflows) on org "${org}"`,
  refreshTokenLeeway: (_, server) =>
    `set "expects.refreshTokenLeewaySeconds" (the grace period for token rotation) on server "${server}"`,
  samlApps: (org) => `set "samlApps" (SAML applications of the test user) on org "${org}"`,
  systemLog: (org) => `set "systemLog" to {} on org "${org}"`,
  statusPage: (org) =>
    `set "statusPage" (the URL of the page that announces its incidents) on org "${org}", whose domain has none that is known`,
  negativeTests: (org) => `set "negativeTests" to true on org "${org}"`,
};

/** All probes of an org at their targets, including disabled ones. */
export function planProbes(org: Org, probes: readonly Probe[]): readonly PlannedProbe[] {
  return probes.flatMap((probe) => {
    const targets = probe.scope === 'org' ? [orgServer(org)] : org.servers.filter((server) => appliesTo(probe, server));
    return targets.map((server) => {
      const target = probe.scope === 'org' ? { org: org.name } : { org: org.name, server: server.id };
      const howToEnable = missingSettings(probe, org, server);
      const requests = requestsOf(probe, org, server);
      return { probe, target, server, requests, ...(howToEnable && { howToEnable }) };
    });
  });
}

/** The target of a planned probe, in words: `token@default`. */
export function targetOf({ probe, target: { server } }: PlannedProbe): string {
  return formatTarget({ probe: probe.id, server });
}

/** The probes of a plan that are not disabled. */
export function enabledProbes(plan: readonly PlannedProbe[]): readonly PlannedProbe[] {
  return plan.filter((planned) => planned.howToEnable === undefined);
}

function appliesTo(probe: Probe, server: Server): boolean {
  return probe.scope === 'server' || kindOf(server) === 'custom';
}

function orgServer(org: Org): Server {
  return org.servers.find((server) => server.id === 'org') ?? { id: 'org', issuer: issuerOf(org.domain, 'org') };
}

function missingSettings(probe: Probe, org: Org, server: Server): string | undefined {
  const missing = (probe.requires ?? []).filter((requirement) => !has(requirement, org, server));
  const settings = [
    ...missing.map((requirement) => settingFor[requirement](org.name, server.id)),
    ...(missing.length > 0 ? [] : missingScopes(probe, org, server)),
  ];
  return settings.length > 0 ? settings.join(', and ') : undefined;
}

/** An API token has all rights of its owner, so no missing right is known. */
function missingScopes({ apiScopes }: Probe, org: Org, server: Server): readonly string[] {
  if (!apiScopes || org.api?.kind !== 'client') return [];
  const { anyOf, or } = apiScopes;
  const { scopes } = org.api;
  if (anyOf.some((scope) => scopes.includes(scope)) || (or && has(or, org, server))) return [];
  const names = anyOf.map((scope) => `"${scope}"`).join(' or ');
  return [`grant the application of "api" ${names}, and add it to "api.client.scopes" on org "${org.name}"`];
}

function requestsOf(probe: Probe, org: Org, server: Server) {
  const { requests, addedRequests = {}, configuredRequests, scope, requires = [] } = probe;
  // A sign-in is one of the whole org, and made at one of its servers.
  const at = scope === 'org' && requires.includes('user') ? signInServer(org) : server;
  const isSet: Readonly<Record<RequestSetting, boolean>> = {
    'service.dpop': at?.service?.dpop ?? false,
    'web.dpop': at?.web?.dpop ?? false,
    'web.par': at?.web?.par ?? false,
  };
  const isPermitted = (endpoint: Endpoint) => !probe.apiScopes || mayRead(org, endpoint);
  return [
    ...requests.filter(isPermitted),
    ...requestSettings.flatMap((setting) => (isSet[setting] && addedRequests[setting]) || []),
    ...(configuredRequests?.of(org) ?? []).filter(isPermitted),
  ];
}

function has(requirement: Requirement, org: Org, server: Server): boolean {
  switch (requirement) {
    case 'api':
      return org.api !== undefined;
    case 'statusPage':
      return org.statusPage !== undefined;
    case 'systemLog':
      return org.systemLog !== undefined;
    case 'user':
      return org.user !== undefined;
    case 'serviceResource':
      return server.resource?.token === 'service';
    case 'userResource':
      return server.resource?.token === 'user';
    case 'refreshTokenLeeway':
      return server.expects?.refreshTokenLeewaySeconds !== undefined;
    case 'samlApps':
      return (org.samlApps?.length ?? 0) > 0;
    case 'health':
      return org.health !== undefined;
    case 'workflow':
      return org.workflow !== undefined;
    case 'negativeTests':
      return org.negativeTests;
    case 'web':
    case 'service':
      return server[requirement] !== undefined;
    default:
      return requirement satisfies never;
  }
}
