import { kindOf, type Org, type Server } from '../model/org.ts';
import type { Target } from '../model/outcome.ts';
import type { Probe, Requirement } from '../model/probe.ts';

/** One probe at one target: to be run, or off for want of configuration. */
export interface Planned {
  readonly probe: Probe;
  readonly target: Target;
  readonly server: Server;
  /** Present when the probe is off: what it lacks and what would switch it on. */
  readonly off?: string;
}

const switchOn: Record<Requirement, (path: string) => string> = {
  web: (path) => `set "web" (clientId and redirectUri of a web application) on ${path}`,
  service: (path) => `set "service" (clientId and secret of a service application) on ${path}`,
  api: (path) => `set "api" (an API token, or a service application with okta.* scopes) on ${path}`,
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
  return org.servers.find((server) => server.id === 'org') ?? { id: 'org', issuer: `https://${org.domain}` };
}

function whyOff(probe: Probe, org: Org, server: Server): string | undefined {
  switch (probe.requires) {
    case undefined:
      return undefined;
    case 'api':
      return org.api ? undefined : switchOn.api(`org "${org.name}"`);
    case 'web':
    case 'service':
      return server[probe.requires]
        ? undefined
        : switchOn[probe.requires](`server "${server.id}" or org "${org.name}"`);
    default:
      return probe.requires satisfies never;
  }
}
