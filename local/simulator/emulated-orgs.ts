import type { Org } from '../../functions/model/org.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { OktaEmulator, ServedRequest } from '../emulators/okta/index.ts';
import { emulateOrg } from './emulated-org.ts';
import { type Emulators, type Fault, type Injected, inject, type TestEnvironment } from './environment.ts';

/** The orgs of a deployment, each with an Okta emulator in its place, and the faults that are injected there. */
export interface EmulatedOrgs {
  /** Adds events, whose orgs must have emulators by now. */
  add(events: readonly Org[]): void;
  environment(org: string): TestEnvironment;
  /** Injects faults at an org until they are restored. Several may be active at the same time. */
  inject(org: string, faults: readonly Fault[]): Promise<Injected>;
  /** The event for a configured org with all active faults, and the function's timeout if a fault shortens it. */
  eventOf(org: Org): { readonly event: Org; readonly timeoutMs?: number };
  /** Starts a minute: every rate limit is full again, except for headroom that a fault has taken. */
  beginMinute(): void;
  /** The requests that each org received since the last call. */
  takeRequests(): Readonly<Record<string, readonly ServedRequest[]>>;
}

interface OrgState {
  readonly environment: TestEnvironment;
  readonly active: Set<Injected>;
  /** A headroom fault lasts one real minute in the emulator. These renew it each virtual minute. */
  readonly renewals: Set<() => void>;
}

type Headroom = Parameters<OktaEmulator['setRemaining']>;

/** Puts an emulator in the place of each org that the events are about, and their secrets into the shared store. */
export function emulateOrgs(configured: readonly Org[], { environments }: Emulators): EmulatedOrgs {
  const states = new Map<string, OrgState>();
  const stateFor = (org: string): OrgState => {
    const state = states.get(org);
    if (!state) throw new Error(`there is no org ${org}, only ${[...states.keys()].join(', ')}`);
    return state;
  };
  const emulated = new Map<Org, Org>();
  const add = (events: readonly Org[]) => {
    for (const [name, environment] of environments) {
      if (!states.has(name)) states.set(name, stateOf(environment));
    }
    for (const event of events) {
      const { okta, api, secrets } = stateFor(event.name).environment;
      const { org, secrets: own } = emulateOrg(event, okta, api);
      for (const [name, text] of own) {
        if ((secrets.get(name) ?? text) !== text) throw new ConfigError(`Two clients share the secret ${name}.`);
        secrets.set(name, text);
      }
      emulated.set(event, org);
    }
  };
  add(configured);
  return {
    add,
    environment: (org) => stateFor(org).environment,
    async inject(org, faults) {
      const { environment, active } = stateFor(org);
      const injected = await inject(environment, faults);
      const restore = async () => {
        active.delete(entry);
        await injected.restore();
      };
      const entry: Injected = { ...injected, restore, [Symbol.asyncDispose]: restore };
      active.add(entry);
      return entry;
    },
    eventOf(configured) {
      const org = emulated.get(configured);
      if (!org) throw new Error(`the org ${configured.name} is not emulated`);
      const active = [...stateFor(org.name).active];
      const timeoutMs = active.findLast((each) => each.timeoutMs !== undefined)?.timeoutMs;
      const event = active.reduce((changed, each) => each.event(changed), org);
      return { event, ...(timeoutMs !== undefined && { timeoutMs }) };
    },
    beginMinute() {
      for (const { environment, renewals } of states.values()) {
        environment.okta.resetRateLimits();
        for (const renew of renewals) renew();
      }
    },
    takeRequests() {
      return Object.fromEntries(
        [...states].map(([name, { environment }]) => {
          const requests = [...environment.okta.requests];
          environment.okta.clearRequests();
          return [name, requests];
        }),
      );
    },
  };
}

function stateOf({ okta, ...rest }: TestEnvironment): OrgState {
  const renewals: OrgState['renewals'] = new Set();
  const setRemaining = (...headroom: Headroom) => {
    const renew = () => okta.setRemaining(...headroom);
    renewals.add(renew);
    const restore = renew();
    return () => {
      renewals.delete(renew);
      restore();
    };
  };
  return { environment: { ...rest, okta: { ...okta, setRemaining } }, active: new Set(), renewals };
}
