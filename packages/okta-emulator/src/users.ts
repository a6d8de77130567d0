import { addedTo } from './org.ts';
/** https://developer.okta.com/docs/concepts/user-mgmt/ */
export type UserStatus =
  | 'STAGED'
  | 'PROVISIONED'
  | 'ACTIVE'
  | 'RECOVERY'
  | 'PASSWORD_EXPIRED'
  | 'LOCKED_OUT'
  | 'SUSPENDED'
  | 'DEPROVISIONED';

/** A time-based one-time password that a user has enrolled. */
export interface Factor {
  readonly id: string;
  readonly provider: 'GOOGLE' | 'OKTA';
  /** In base32. */
  readonly secret: string;
  /** `SUSPENDED` after too many wrong codes, and `PENDING_ACTIVATION` until a code proves that the user has it. */
  readonly status: 'PENDING_ACTIVATION' | 'ACTIVE' | 'SUSPENDED';
}

export interface User {
  readonly id: string;
  readonly login: string;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly locale?: string;
  readonly zoneinfo?: string;
  readonly department?: string;
  readonly costCenter?: string;
  readonly status: UserStatus;
  /** A user without one cannot sign in. */
  readonly password?: string;
  /** Days until the password expires. Absent if it never does. */
  readonly passwordExpiresInDays?: number;
  readonly factors: readonly Factor[];
  /** The factors that the applications' sign-in policy demands of the user: the password, or another one too. */
  readonly factorMode: '1FA' | '2FA';
  /** The decision of the applications' sign-in policy about the user. */
  readonly access: 'ALLOW' | 'DENY';
  /** Whether the applications are assigned to the user. */
  readonly assigned: boolean;
  /** When the user was made, in ISO 8601, if that was not before the org started. */
  readonly created?: string;
  readonly lastUpdated?: string;
  /** When the password was last changed by an administrator, in ISO 8601. Before that, it is as old as the user. */
  readonly passwordChanged?: string;
  /** Further attributes of the profile. */
  readonly attributes?: Readonly<Record<string, unknown>>;
}

const active = { status: 'ACTIVE', factors: [], factorMode: '1FA', access: 'ALLOW', assigned: true } as const;
const profile = { locale: 'en_US', zoneinfo: 'America/Los_Angeles', department: 'Operations', costCenter: '4711' };

/** Signs in with a password. */
export const passwordUser = {
  ...active,
  ...profile,
  id: '00u1mon2itor3user4id',
  login: 'monitor@example.com',
  email: 'monitor@example.com',
  firstName: 'Mona',
  lastName: 'Tor',
  password: 'correct-horse-battery-staple',
} as const satisfies User;

/** Signs in with a password and a code of Google Authenticator. */
export const totpUser = {
  ...active,
  ...profile,
  id: '00u2two3factor4user5',
  login: 'two.factor@example.com',
  email: 'two.factor@example.com',
  firstName: 'Tova',
  lastName: 'Faktor',
  password: 'tall-otter-paints-seven-doors',
  factors: [
    { id: 'uft1google2otp3fac4', provider: 'GOOGLE', secret: 'KVKFKRCPNZQUYMLXOVYDSQKJKZDTSRLD', status: 'ACTIVE' },
  ],
  factorMode: '2FA',
} as const satisfies User;

/** Signs in with a password. The profile has only what Okta requires, and the login is not the email address. */
export const thinUser = {
  ...active,
  id: '00u3thin4profile5use',
  login: 'thin@example.com',
  email: 'thin.profile@example.org',
  firstName: 'Thea',
  lastName: 'Thin',
  password: 'quiet-lamps-borrow-nine-hills',
} as const satisfies User;

/** Who changes the org in the Admin Console. */
export const administratorId = '00u5ada6lovelace7use';

const others: readonly User[] = [
  {
    ...active,
    id: administratorId,
    login: 'ada@example.com',
    email: 'ada@example.com',
    firstName: 'Ada',
    lastName: 'Byron',
  },
  {
    ...active,
    id: '00u8alan9turing0user',
    login: 'alan@example.com',
    email: 'alan@example.com',
    firstName: 'Alan',
    lastName: 'Mathison',
    status: 'SUSPENDED',
  },
];

const seeds: readonly User[] = [passwordUser, totpUser, thinUser, ...others];

/** The users of an org. The org's own changes, such as a lockout, stay. Changes by `alter` can be ended. */
export function createUsers() {
  const recordFor = (user: User) => ({ user, seed: user, alterations: new Set<Partial<User>>() });
  const records = seeds.map(recordFor);
  type Record = ReturnType<typeof recordFor>;
  const current = ({ user, alterations }: Record): User => Object.assign({}, user, ...alterations);
  const recordOf = (idOrLogin: string) => {
    const wanted = idOrLogin.toLowerCase();
    return records.find(({ user }) => user.id === idOrLogin || user.login.toLowerCase() === wanted);
  };

  return {
    list: (): readonly User[] => records.map(current),

    /** By id or login. */
    find(idOrLogin: string): User | undefined {
      const record = recordOf(idOrLogin);
      return record && current(record);
    },

    /** Changes a user from now on. Returns a function that ends this. */
    alter(idOrLogin: string, changes: Partial<User>): () => void {
      const record = recordOf(idOrLogin);
      if (!record) throw new Error(`The org has no user ${idOrLogin}.`);
      return addedTo(record.alterations, { ...changes });
    },

    /** Undoes the org's own changes: lockouts and new passwords. */
    reset(): void {
      for (const record of records) record.user = record.seed;
    },

    add: (user: User): void => void records.push(recordFor(user)),

    remove(id: string): void {
      const index = records.findIndex(({ user }) => user.id === id);
      if (index >= 0) records.splice(index, 1);
    },

    /** What an administrator changes for good. */
    edit(id: string, changes: Partial<User>): void {
      const record = recordOf(id);
      if (!record) return;
      record.user = { ...record.user, ...changes };
      record.seed = { ...record.seed, ...changes };
    },

    /** Changes that the org itself makes. */
    update(id: string, changes: Partial<User>): void {
      const record = recordOf(id);
      if (record) record.user = { ...record.user, ...changes };
    },
  };
}

export type Users = ReturnType<typeof createUsers>;

export const userName = ({ firstName, lastName }: Pick<User, 'firstName' | 'lastName'>): string =>
  `${firstName} ${lastName}`;

/** The attributes of the default user profile. https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/ */
export const profileNames: readonly string[] = [
  ...['login', 'email', 'secondEmail', 'firstName', 'lastName', 'middleName', 'honorificPrefix', 'honorificSuffix'],
  ...['title', 'displayName', 'nickName', 'profileUrl', 'primaryPhone', 'mobilePhone', 'streetAddress', 'city'],
  ...['state', 'zipCode', 'countryCode', 'postalAddress', 'preferredLanguage', 'locale', 'timezone', 'userType'],
  ...['employeeNumber', 'costCenter', 'organization', 'division', 'department', 'managerId', 'manager'],
];
