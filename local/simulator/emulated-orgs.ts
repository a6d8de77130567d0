import type { Org } from '../../functions/model/org.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import type { AwsEmulator } from '../emulators/aws/aws-emulator.ts';
import type { ServedRequest } from '../emulators/okta/https-listener.ts';
import type { OktaEmulator } from '../emulators/okta/okta-emulator.ts';
import { emulateOrg } from './emulated-org.ts';
import { type Fault, type Injected, inject, type TestEnvironment } from './environment.ts';
import type { Schedule } from './template/deployment.ts';

/** The orgs of a deployment, each with an embedded Okta in its place, and what is wrong there at the moment. */
export interface EmulatedOrgs {
  readonly names: readonly string[];
  /** The world of an org, for those who change it by hand. */
  environment(org: string): TestEnvironment;
  /** Lets things go wrong at an org until they are taken back. */
  inject(org: string, steps: readonly Fault[]): Promise<Injected>;
  /** What a schedule calls its function with, here and now; and the time that the function then has, if it was cut. */
  eventOf(schedule: Schedule): { readonly event: unknown; readonly org?: string; readonly timeoutMs?: number };
  /** Begins a minute: nothing of a bucket is spent but what was staged. */
  beginMinute(): void;
  /** What was asked of each org since this was last called. */
  takeRequests(): Readonly<Record<string, readonly ServedRequest[]>>;
}

interface Place {
  readonly scene: TestEnvironment;
  readonly staged: Set<Injected>;
  /** What `setRemaining` was last asked to leave: it lasts for a real minute, and must last for each virtual one. */
  readonly left: Set<() => void>;
}

type Headroom = Parameters<OktaEmulator['setRemaining']>;

export function isOrg(input: unknown): input is Org {
  return typeof input === 'object' && input !== null && 'servers' in input && 'domain' in input;
}

/** Puts an embedded Okta in the place of each org that a schedule names, and the secrets of all into one store. */
export function emulateOrgs(
  schedules: readonly Schedule[],
  oktas: ReadonlyMap<string, OktaEmulator>,
  aws: AwsEmulator,
  secrets: TestEnvironment['secrets'],
): EmulatedOrgs {
  const places = new Map<string, Place>();
  for (const [name, okta] of oktas) {
    const left: Place['left'] = new Set();
    const setRemaining = (...headroom: Headroom) => {
      const again = () => okta.setRemaining(...headroom);
      left.add(again);
      const restore = again();
      return () => {
        left.delete(again);
        restore();
      };
    };
    places.set(name, { scene: { okta: { ...okta, setRemaining }, aws, secrets }, staged: new Set(), left });
  }
  const placeOf = (org: string): Place => {
    const place = places.get(org);
    if (!place) throw new Error(`no org is called ${org}: there is ${[...places.keys()].join(', ')}`);
    return place;
  };

  const embedded = new Map<Schedule, Org>();
  for (const schedule of schedules) {
    if (!isOrg(schedule.input)) continue;
    const { org, secrets: own } = emulateOrg(schedule.input, placeOf(schedule.input.name).scene.okta);
    for (const [name, text] of own) {
      if ((secrets.get(name) ?? text) !== text) throw new ConfigError(`two clients share the secret ${name}`);
      secrets.set(name, text);
    }
    embedded.set(schedule, org);
  }

  return {
    names: [...places.keys()],
    environment: (org) => placeOf(org).scene,
    async inject(org, steps) {
      const place = placeOf(org);
      const staged = await inject(place.scene, steps);
      const restore = async () => {
        place.staged.delete(entry);
        await staged.restore();
      };
      const entry: Injected = { ...staged, restore, [Symbol.asyncDispose]: restore };
      place.staged.add(entry);
      return entry;
    },
    eventOf(schedule) {
      const org = embedded.get(schedule);
      if (!org) return { event: schedule.input };
      const staged = [...placeOf(org.name).staged];
      const timeoutMs = staged.findLast((each) => each.timeoutMs !== undefined)?.timeoutMs;
      const event = staged.reduce((changed, each) => each.event(changed), org);
      return { event, org: org.name, ...(timeoutMs !== undefined && { timeoutMs }) };
    },
    beginMinute() {
      for (const { scene, left } of places.values()) {
        scene.okta.resetRateLimits();
        for (const again of left) again();
      }
    },
    takeRequests() {
      return Object.fromEntries(
        [...places].map(([name, { scene }]) => {
          const requests = [...scene.okta.requests];
          scene.okta.clearRequests();
          return [name, requests];
        }),
      );
    },
  };
}
