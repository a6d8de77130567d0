import { addedTo } from './org.ts';
import { passwordUser } from './users.ts';

/** An agent between Okta and a directory or a network. */
export interface AgentState {
  readonly operationalStatus: 'OPERATIONAL' | 'DEGRADED' | 'DISRUPTED' | 'INACTIVE';
  /** Minutes since Okta last heard of it. */
  readonly silentMinutes: number;
  readonly isLatest: boolean;
}

interface DomainState {
  readonly certificateSourceType: 'MANUAL' | 'OKTA_MANAGED';
  readonly validationStatus: 'NOT_STARTED' | 'IN_PROGRESS' | 'VERIFIED' | 'COMPLETED' | 'FAILED_TO_VERIFY';
  /** Days until the certificate that Okta holds expires. By default it is the one that is served. */
  readonly certificateDays?: number;
}

interface IdentityProviderState {
  readonly status: 'ACTIVE' | 'INACTIVE';
  /** Days until its certificate expires. */
  readonly certificateDays: number;
}

interface ApiTokenState {
  /** Days since its last use. Okta revokes it after thirty. */
  readonly unusedDays: number;
  readonly userId: string;
  readonly isLimitedToZone: boolean;
}

/** An event hook, an inline hook or a log stream. Okta deactivates what fails for long. */
interface HookState {
  readonly status: 'ACTIVE' | 'INACTIVE';
  /** Of event hooks alone: one that is not verified gets no events. */
  readonly verificationStatus?: 'UNVERIFIED' | 'VERIFIED';
}

/** The secrets or the keys of an application, each by its age in days. */
export interface ClientCredentialsState {
  readonly active: readonly number[];
  readonly inactive: readonly number[];
}

export interface ServerSigningState {
  readonly status: 'ACTIVE' | 'INACTIVE';
  readonly rotationMode: 'AUTO' | 'MANUAL';
  readonly rotatedDaysAgo: number;
  /** Days until the next rotation. By default as the cache headers of the keys announce. */
  readonly rotatesInDays?: number;
  readonly hasNextKey: boolean;
}

const operational: AgentState = { operationalStatus: 'OPERATIONAL', silentMinutes: 1, isLatest: true };

const initial = {
  agents: { 'ad-east': operational, 'ad-west': operational, 'radius-1': operational } as Readonly<
    Record<'ad-east' | 'ad-west' | 'radius-1', AgentState>
  >,
  domains: {
    /** The name at which the emulator is reached. */
    localhost: { certificateSourceType: 'OKTA_MANAGED', validationStatus: 'COMPLETED' },
    'login.example.com': { certificateSourceType: 'MANUAL', validationStatus: 'COMPLETED', certificateDays: 200 },
  } as Readonly<Record<'localhost' | 'login.example.com', DomainState>>,
  identityProviders: {
    Partner: { status: 'ACTIVE', certificateDays: 700 },
    Supplier: { status: 'INACTIVE', certificateDays: 400 },
  } as Readonly<Record<'Partner' | 'Supplier', IdentityProviderState>>,
  apiTokens: {
    monitor: { unusedDays: 0, userId: passwordUser.id, isLimitedToZone: true },
    pipeline: { unusedDays: 2, userId: '00u5ada6lovelace7use', isLimitedToZone: false },
  } as Readonly<Record<'monitor' | 'pipeline', ApiTokenState>>,
  eventHooks: { provisioning: { status: 'ACTIVE', verificationStatus: 'VERIFIED' } } as Readonly<
    Record<'provisioning', HookState>
  >,
  inlineHooks: { claims: { status: 'ACTIVE' } } as Readonly<Record<'claims', HookState>>,
  logStreams: { siem: { status: 'ACTIVE' } } as Readonly<Record<'siem', HookState>>,
  /** Of every client that has a secret. */
  clientSecrets: { web: { active: [100], inactive: [] } } as Readonly<Record<'web', ClientCredentialsState>>,
  /** Of every client that has a key, besides the key that it uses. */
  clientKeys: { service: { active: [], inactive: [] } } as Readonly<Record<'service', ClientCredentialsState>>,
  servers: {
    default: { status: 'ACTIVE', rotationMode: 'AUTO', rotatedDaysAgo: 45, hasNextKey: true },
    aus1a2b3c4d5e6f7g8h9: { status: 'ACTIVE', rotationMode: 'AUTO', rotatedDaysAgo: 45, hasNextKey: true },
  } as Readonly<Record<'default' | 'aus1a2b3c4d5e6f7g8h9', ServerSigningState>>,
};

export type HealthState = typeof initial;

/** Changes one of the things whose health administrators ask for, from now on. Returns a function that ends this. */
export type AlterHealth = <Kind extends keyof HealthState, Name extends keyof HealthState[Kind]>(
  kind: Kind,
  name: Name,
  changes: Partial<HealthState[Kind][Name]>,
) => () => void;

/** The health of an org's objects, and the rights of its administrators to read it. */
export interface Health {
  /** The things of one kind, by name. */
  list<Kind extends keyof HealthState>(kind: Kind): HealthState[Kind];
  readonly alter: AlterHealth;
  /**
   * Takes the rights of these scopes away from the admin roles of all clients, even if their tokens have the scopes.
   * Returns a function that ends this.
   */
  restrictRoles(scopes: readonly string[]): () => void;
  isRestricted(scope: string): boolean;
}

export function createHealth(): Health {
  const alterations = new Set<{ readonly kind: string; readonly name: PropertyKey; readonly changes: object }>();
  const restrictions = new Set<readonly string[]>();
  return {
    list(kind) {
      const altered = Object.entries(initial[kind]).map(([name, state]) => {
        const changes = [...alterations].filter((each) => each.kind === kind && each.name === name);
        return [name, Object.assign({}, state, ...changes.map((each) => each.changes))];
      });
      return Object.fromEntries(altered);
    },
    alter(kind, name, changes) {
      return addedTo(alterations, { kind, name, changes });
    },
    restrictRoles(scopes) {
      return addedTo(restrictions, scopes);
    },
    isRestricted: (scope) => [...restrictions].some((scopes) => scopes.includes(scope)),
  };
}
