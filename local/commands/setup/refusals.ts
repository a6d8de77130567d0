/** A part of Okta's management API, with what an administrator needs for it. https://developer.okta.com/docs/api/oauth2/ */
export interface Area {
  /** The subject, in words. */
  readonly what: string;
  /** The scope of an administrator's access token. An API token has no scopes. */
  readonly scope: string;
  /** The smallest admin role that may write there. */
  readonly role: string;
  /** The product that the org must have, if not every org has it. */
  readonly feature?: string;
}

export const areas = {
  organization: { what: 'the organization', scope: 'okta.orgs.read', role: 'Read-Only Administrator' },
  applications: {
    ...{ what: 'applications', scope: 'okta.apps.manage' },
    // https://github.com/okta/terraform-provider-okta/issues/2025
    role: 'Application Administrator, or Super Administrator once the application has an admin role',
  },
  grants: {
    ...{ what: "the grants of an application's okta.* scopes", scope: 'okta.appGrants.manage' },
    role: 'Super Administrator',
  },
  roles: { what: 'the admin roles of an application', scope: 'okta.roles.manage', role: 'Super Administrator' },
  groups: { what: 'groups', scope: 'okta.groups.manage', role: 'Group Administrator' },
  users: { what: 'users', scope: 'okta.users.manage', role: 'Group Administrator' },
  policies: {
    ...{ what: 'app sign-in policies', scope: 'okta.policies.manage', role: 'Organization Administrator' },
    feature: 'Identity Engine',
  },
  servers: {
    ...{ what: 'custom authorization servers', scope: 'okta.authorizationServers.manage' },
    ...{ role: 'API Access Management Administrator', feature: 'API Access Management' },
  },
} as const satisfies Record<string, Area>;

export type AreaName = keyof typeof areas;

/** A request that Okta refused. It holds codes only: Okta's texts may quote the request. */
export interface RefusedRequest {
  readonly area: AreaName;
  readonly status: number;
  /** `E0000006`, or `insufficient_scope` of a challenge. */
  readonly code?: string | undefined;
  /** Whether it would have changed something. */
  readonly writes: boolean;
  /** Whether Okta says that something of this name exists. */
  readonly exists?: boolean;
}

export interface Refusal {
  /** A sentence. */
  readonly reason: string;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
  /** The credential itself is refused, so nothing else will work either. */
  readonly isTotal?: boolean;
}

type Rule = readonly [
  matches: (refused: RefusedRequest, area: Area) => boolean,
  refusal: (refused: RefusedRequest, area: Area) => Refusal,
];

const hasCode =
  (...codes: readonly string[]) =>
  ({ code }: RefusedRequest) =>
    code !== undefined && codes.includes(code);

const lacksFeature: Rule[1] = (_, { what, feature = 'this feature' }) => ({
  reason: `The org has no ${feature}, so Okta does not let anybody manage ${what}.`,
  remedy: `Ask Okta for ${feature}, or go on without it.`,
});

const lacksRole: Rule[1] = ({ writes }, { what, role }) => ({
  reason: `The administrator who signed in may not ${writes ? 'change' : 'read'} ${what}.`,
  remedy: `Run it once with the role ${role}.`,
});

/** The scope that reads what another one changes. Okta asks for it by itself. */
export function readScope(scope: string): string {
  return scope.replace(/\.manage$/, '.read');
}

/** The code of an answer that is not the JSON that was asked for. It is ours and not Okta's. */
export const unreadable = 'unreadable';

/** The code of an answer that broke off, took too long or is too large. It is ours too. */
export const incomplete = 'incomplete';

/** The code of a list that goes on elsewhere, or without an end. It is ours too. */
export const endless = 'endless';

const lookForProxy =
  'Look for a proxy or a firewall that answers in its place, then run it again: it goes on where it was.';

/** The first rule that matches says it. https://developer.okta.com/docs/reference/error-codes/ */
const rules: readonly Rule[] = [
  [
    hasCode(unreadable),
    () => ({
      reason: 'The answer is not the JSON that Okta would write.',
      remedy: lookForProxy,
      isTotal: true,
    }),
  ],
  [
    hasCode(incomplete),
    () => ({
      reason: 'The answer broke off, took longer than a minute, or is larger than any of Okta.',
      remedy: lookForProxy,
      isTotal: true,
    }),
  ],
  [
    hasCode(endless),
    () => ({
      reason: 'The list goes on at another host, or has no end. Nothing was sent there.',
      remedy: lookForProxy,
      isTotal: true,
    }),
  ],
  [
    hasCode('E0000011', 'invalid_token'),
    () => ({
      reason: "Okta does not accept the administrator's credential.",
      remedy:
        'It was revoked, has expired, or is of another org. An API token expires 30 days after its last use: make a new one in Security > API > Tokens.',
      isTotal: true,
    }),
  ],
  [
    hasCode('insufficient_scope', 'invalid_scope'),
    ({ writes }, { scope }) => {
      const needed = writes ? scope : readScope(scope);
      return {
        reason: `The administrator's access token has no ${needed}.`,
        remedy: `Grant ${needed} to the application of --device-client, and sign in again.`,
      };
    },
  ],
  [({ code, status }, { feature }) => feature !== undefined && (code === 'E0000015' || status === 404), lacksFeature],
  // Okta says "Invalid session" where a right is missing: https://github.com/okta/terraform-provider-okta/issues/1080
  [hasCode('E0000005', 'E0000006'), lacksRole],
  [
    hasCode('E0000015'),
    (_, { what }) => ({
      reason: `Okta does not offer ${what} to this org or to this administrator.`,
      remedy: 'Ask Okta which product has it.',
    }),
  ],
  [
    ({ exists }) => exists === true,
    () => ({
      reason: 'Okta says that something of this name exists, although it does not list it.',
      remedy: 'It may have been made a moment ago, or be hidden from this administrator. Run it again in a minute.',
    }),
  ],
  [
    hasCode('E0000047'),
    () => ({
      reason: "The org's rate limit for this is used up, and its reset did not help.",
      remedy: 'Run it again in some minutes: it goes on.',
    }),
  ],
  [
    hasCode('E0000239'),
    () => ({ reason: "Okta still sorts the org's policies.", remedy: 'Run it again in some minutes: it goes on.' }),
  ],
  [
    hasCode('E0000014', 'E0000080'),
    () => ({
      reason: 'Okta does not accept the generated password: the password policy asks for something else.',
      remedy: 'Give the group of the test user a password policy of its own, and run it again.',
    }),
  ],
  [
    ({ status }) => status === 401,
    () => ({
      reason: "Okta does not accept the administrator's credential (401).",
      remedy: 'Check the API token and the domain.',
      isTotal: true,
    }),
  ],
  [({ status }) => status === 403, lacksRole],
  [
    ({ status }) => status >= 500,
    ({ status }) => ({ reason: `Okta had an error (${status}).`, remedy: 'Run it again: it goes on where it was.' }),
  ],
];

/** Explains a refusal and its remedy. Reports unknown ones by their code, without guessing. */
export function explainRefusal(refused: RefusedRequest): Refusal {
  const area = areas[refused.area];
  const rule = rules.find(([matches]) => matches(refused, area));
  if (rule) return rule[1](refused, area);
  const { status, code } = refused;
  return {
    reason: `Okta refuses it (${[status, code].filter(Boolean).join(', ')}).`,
    remedy: 'The System Log of the org may say more.',
  };
}

/** Thrown where Okta refuses a request of the set-up. */
export class OktaRefusal extends Error {
  override readonly name = 'OktaRefusal';
  readonly refused: RefusedRequest;
  readonly refusal: Refusal;

  constructor(refused: RefusedRequest) {
    const refusal = explainRefusal(refused);
    super(`${refusal.reason} ${refusal.remedy}`);
    this.refused = refused;
    this.refusal = refusal;
  }
}
