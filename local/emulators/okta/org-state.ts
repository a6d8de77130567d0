import type { AdapterPayload } from 'oidc-provider';
import { createSignInSettings, type SignInSettings } from './sign-in-settings.ts';
import { createUsers, type Users } from './users.ts';

/** What can change in an org while it runs, and what all its authorization servers share. */
export interface OrgState {
  readonly users: Users;
  readonly settings: () => SignInSettings;
  readonly alterSettings: (changes: Partial<SignInSettings>) => () => void;
  /** The sessions of users. One session is good for all servers, as at Okta. */
  readonly sessions: SessionStore;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** As the provider stores sessions, by key. */
export type SessionStore = Map<string, { readonly payload: AdapterPayload; readonly expiresAtMs: number }>;

export function createOrgState(now: () => number, settings?: Partial<SignInSettings>): OrgState {
  const { current, alter } = createSignInSettings(settings);
  return { users: createUsers(), settings: current, alterSettings: alter, sessions: new Map(), now };
}
