import { kindOf, type Org, type Server } from '../model/org.ts';
import type { Probe, Requirement } from '../model/probe.ts';
import type { Target } from '../model/target.ts';
import { issuerOf } from '../okta/endpoints.ts';

/** One probe at one target: to be run, or off for want of configuration. */
export interface Planned {
  readonly probe: Probe;
  readonly target: Target;
  readonly server: Server;
  /** Present when the probe is off: what it lacks and what would switch it on. */
  readonly off?: string;
}

const switchOn: Record<Requirement, (org: string, server: string) => string> = {
  web: (org, server) =>
    `set "web" (clientId and redirectUri of a web application) on server "${server}" or org "${org}"`,
  service: (org, server) =>
    `set "service" (clientId and secret of a service application) on server "${server}" or org "${org}"`,
  api: (org) => `set "api" (an API token, or a service application with okta.* scopes) on org "${org}"`,
  negativeTests: (org) => `set "negativeTests" to true on org "${org}"`,
};

/** Which probes an org's configuration allows, at which targets, and what would switch on the others. */
export function planProbes(org: Org, probes: readonly Probe[]): readonly Planned[] {
  return probes.flatMap((probe) => {
    const targets = probe.scope === 'org' ? [orgServer(org)] : org.servers.filter((server) => isIn(probe, server));
    return targets.map((server) => {
      const target = probe.scope === 'org' ? { org: org.name } : { org: org.name, server: server.id };
      const off = whyOff(probe, org, server);
      return { probe, target, server, ...(off && { off }) };
    });
  });
}

/** The probes of a plan that run. */
export function switchedOn(plan: readonly Planned[]): readonly Planned[] {
  return plan.filter((planned) => planned.off === undefined);
}

function isIn(probe: Probe, server: Server): boolean {
  return probe.scope === 'server' || kindOf(server) === 'custom';
}

function orgServer(org: Org): Server {
  return org.servers.find((server) => server.id === 'org') ?? { id: 'org', issuer: issuerOf(org.domain, 'org') };
}

function whyOff(probe: Probe, org: Org, server: Server): string | undefined {
  const lacking = (probe.requires ?? []).filter((requirement) => !has(requirement, org, server));
  const steps = lacking.map((requirement) => switchOn[requirement](org.name, server.id));
  return steps.length > 0 ? steps.join(', and ') : undefined;
}

function has(requirement: Requirement, org: Org, server: Server): boolean {
  switch (requirement) {
    case 'api':
      return org.api !== undefined;
    case 'negativeTests':
      return org.negativeTests;
    case 'web':
    case 'service':
      return server[requirement] !== undefined;
    default:
      return requirement satisfies never;
  }
}
