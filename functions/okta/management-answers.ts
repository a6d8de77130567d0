import { idAt, type JsonObject, memberAt, objectsIn, shownName, textAt, timeAt } from './json-fields.ts';

/** Agents that do the same for one directory or network. */
export interface AgentPool {
  readonly id: string;
  readonly name: string;
  /** `AD`, `LDAP`, `Radius` and others. */
  readonly type: string;
  /** `down`: none of its agents works. `degraded`: some of them do. `unknown`: Okta does not say. */
  readonly state: 'operational' | 'degraded' | 'down' | 'inactive' | 'unknown';
  readonly agents: readonly Agent[];
}

export interface Agent {
  readonly id: string;
  /** The host that it runs on. */
  readonly name: string;
  /** Whether it is known not to work. */
  readonly isDown: boolean;
  /** Okta's word for it, such as `DISRUPTED`. */
  readonly status: string;
  /** Epoch milliseconds. */
  readonly lastConnection?: number;
  /** Its version, if there is a later one. */
  readonly outdatedVersion?: string;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/AgentPools/ */
export function parseAgentPools(items: readonly JsonObject[]): readonly AgentPool[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    if (id === undefined) return [];
    const found = memberAt(item, 'agents');
    // Okta's own example has an object in place of the list.
    const agents = objectsIn(Array.isArray(found) ? found : Object.values(Object(found))).flatMap(parseAgent);
    const state = stateOf(textAt(item, 'operationalStatus'), agents);
    return [{ id, name: shownName(item, id), type: textAt(item, 'type')?.slice(0, 20) ?? 'unknown', state, agents }];
  });
}

function parseAgent(item: JsonObject): readonly Agent[] {
  const id = idAt(item, 'id');
  if (id === undefined || item.isHidden === true) return [];
  const status = wordAt(item, 'operationalStatus');
  const lastConnection = timeAt(item, 'lastConnection');
  const version = /^[\w.-]{1,30}$/.exec(textAt(item, 'version') ?? '')?.[0] ?? 'unknown';
  return [
    {
      ...{ id, name: shownName(item, id), status, isDown: status === 'DISRUPTED' || status === 'INACTIVE' },
      ...(lastConnection !== undefined && { lastConnection }),
      ...(item.isLatestGAedVersion === false && { outdatedVersion: version }),
    },
  ];
}

/** The agents' own states count more than that of the pool, which lags behind them. */
function stateOf(status: string | undefined, agents: readonly Agent[]): AgentPool['state'] {
  const down = agents.filter(({ isDown }) => isDown).length;
  if (status === 'INACTIVE') return 'inactive';
  if (status === 'DISRUPTED' || (agents.length > 0 && down === agents.length)) return 'down';
  if (status === 'DEGRADED' || down > 0) return 'degraded';
  return status === 'OPERATIONAL' ? 'operational' : 'unknown';
}

export interface CustomDomain {
  readonly id: string;
  readonly domain: string;
  /** Whether Okta renews the certificate. */
  readonly isManaged: boolean;
  /** Okta's word, such as `COMPLETED`. */
  readonly validation: string;
  /** When the certificate that Okta holds expires (epoch ms). */
  readonly expiresAt?: number;
}

/**
 * The custom domains of an org. The list has the org's own domain too, which is left out.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/CustomDomain/
 */
export function parseCustomDomains(items: readonly JsonObject[]): readonly CustomDomain[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    const domain = /^[a-z0-9.-]{1,253}$/i.exec(textAt(item, 'domain') ?? '')?.[0];
    if (id === undefined || id === 'default' || domain === undefined) return [];
    const expiresAt = timeAt(item, 'publicCertificate', 'expiration');
    return [
      {
        ...{ id, domain: domain.toLowerCase(), isManaged: textAt(item, 'certificateSourceType') === 'OKTA_MANAGED' },
        validation: wordAt(item, 'validationStatus'),
        ...(expiresAt !== undefined && { expiresAt }),
      },
    ];
  });
}

/** Whether a domain is verified, so that Okta serves it. */
export function isVerified({ validation }: CustomDomain): boolean {
  return validation === 'COMPLETED' || validation === 'VERIFIED';
}

/** Whether a domain is known not to be verified: Okta says so, or has not finished. */
export function isUnverified({ validation }: CustomDomain): boolean {
  return ['NOT_STARTED', 'IN_PROGRESS', 'FAILED_TO_VERIFY', 'DOMAIN_TAKEN'].includes(validation);
}

/** One of Okta's words in capitals. `unknown` if there is none. */
function wordAt(item: JsonObject, member: string): string {
  return /^[A-Z_]{1,40}$/.exec(textAt(item, member) ?? '')?.[0] ?? 'unknown';
}

/** An event hook, an inline hook or a log stream. */
export interface Hook {
  readonly id: string;
  readonly name: string;
  /** Okta's word, such as `INACTIVE`. */
  readonly status: string;
  /** Of event hooks alone. One that is not verified gets no events. */
  readonly isUnverified: boolean;
}

export function parseHooks(items: readonly JsonObject[]): readonly Hook[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    if (id === undefined) return [];
    const isUnverified = textAt(item, 'verificationStatus') === 'UNVERIFIED';
    return [{ id, name: shownName(item, id), status: wordAt(item, 'status'), isUnverified }];
  });
}

/** How the keys of a custom authorization server are rotated. Times are in epoch milliseconds. */
export interface ServerSigning {
  readonly isManual: boolean;
  readonly lastRotated?: number;
  /** Absent if Okta rotates nothing by itself. */
  readonly nextRotation?: number;
}

/** https://developer.okta.com/docs/concepts/key-rotation/ */
export function parseServerSigning(server: JsonObject): ServerSigning {
  const signing = memberAt(server, 'credentials', 'signing');
  const [lastRotated, nextRotation] = [timeAt(signing, 'lastRotated'), timeAt(signing, 'nextRotation')];
  return {
    isManual: textAt(signing, 'rotationMode') === 'MANUAL',
    ...(lastRotated !== undefined && { lastRotated }),
    ...(nextRotation !== undefined && { nextRotation }),
  };
}

/** The kids of a server's keys with a status: `ACTIVE` signs, `NEXT` will. */
export function kidsWith(status: 'ACTIVE' | 'NEXT', keys: readonly JsonObject[]): readonly string[] {
  return keys.filter((key) => textAt(key, 'status') === status).flatMap((key) => idAt(key, 'kid') ?? []);
}

/**
 * A secret or a public key of an application. Trap: Okta's answer has the secret in clear text. It is read no further
 * than this.
 */
export interface ClientCredential {
  readonly id: string;
  readonly isActive: boolean;
  /** Epoch milliseconds. */
  readonly created?: number;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/ */
export function parseClientCredentials(items: readonly JsonObject[]): readonly ClientCredential[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id') ?? idAt(item, 'kid');
    const created = timeAt(item, 'created');
    if (id === undefined) return [];
    return [{ id, isActive: textAt(item, 'status') !== 'INACTIVE', ...(created !== undefined && { created }) }];
  });
}

/**
 * Returns the signing keys, as `credentials/jwks` lists them. Undefined for anything but a list.
 *
 * Trap: Okta's example of an answer has `jwks.keys`, and its schema has `keys`.
 */
export function signingKeysIn(document: unknown): readonly JsonObject[] | undefined {
  const keys = memberAt(document, 'jwks', 'keys') ?? memberAt(document, 'keys');
  return Array.isArray(keys) ? objectsIn(keys).filter(({ use }) => use !== 'enc') : undefined;
}

/** An API token, without its value, which Okta never shows again. */
export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly owner?: string;
  /** Thirty days after its last use, in epoch milliseconds. */
  readonly expiresAt?: number;
  /** Whether it works from any address. */
  readonly isUnrestricted: boolean;
}

/** https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiToken/ */
export function parseApiTokens(items: readonly JsonObject[]): readonly ApiToken[] {
  return items.flatMap((item) => {
    const id = idAt(item, 'id');
    if (id === undefined) return [];
    const [owner, expiresAt] = [idAt(item, 'userId'), timeAt(item, 'expiresAt')];
    return [
      {
        ...{ id, name: shownName(item, id), isUnrestricted: textAt(item, 'network', 'connection') === 'ANYWHERE' },
        ...(owner !== undefined && { owner }),
        ...(expiresAt !== undefined && { expiresAt }),
      },
    ];
  });
}
