import { randomBytes } from 'node:crypto';
import type { JWTPayload } from 'jose';
import type { TestUser } from '../../../../functions/model/org.ts';
import {
  type Factor,
  type OktaEmulator,
  oktaId,
  type ServerId,
  type SignInSettings,
  type User,
} from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import type { FaultAt, ScenarioTarget } from '../targets.ts';
import { changeOrg, useSecret } from './configuration.ts';

/** The contents of the test user's secret. */
interface Proof {
  readonly password: string;
  readonly totpSecret?: string;
}

/** Changes the test user of the configuration. Does nothing in events of groups that do not use it. */
export function changeTestUser(change: Partial<TestUser>): Fault {
  return changeOrg((org) => (org.user ? { ...org, user: { ...org.user, ...change } } : org));
}

/**
 * Changes the user with a password.
 *
 * Trap: the monitor does not use a secret again that Okta has refused, so `forgetSignIns` belongs before it.
 */
export function alterUser(changes: Partial<User>): Fault {
  return ({ okta }) => ({ restore: okta.alterUser(okta.users.password.login, changes) });
}

/** The secret holds a password that is not the user's. */
export const storeWrongPassword: FaultAt<ScenarioTarget> = storeProof({ password: 'wrong' });

/** No earlier sign-in counts: the secret is a new one. */
export const forgetSignIns: FaultAt<ScenarioTarget> = storeProof(({ users }) => ({
  password: users.password.password,
}));

function storeProof(proof: Proof | ((okta: OktaEmulator) => Proof)): FaultAt<ScenarioTarget> {
  return useSecret(
    (okta) => JSON.stringify(typeof proof === 'function' ? proof(okta) : proof),
    (secret) => changeTestUser({ secret }),
  );
}

/**
 * Signs in as a user who is asked for a code too. Its authenticator is a new one each time, because no code may be used
 * twice.
 */
export function signInWithCode(changes: Partial<User> = {}, stored: Partial<Proof> = {}): FaultAt<ScenarioTarget> {
  return async (environment, target) => {
    const { okta } = environment;
    const { login, password } = okta.users.totp;
    const factor = newFactor();
    const [{ secret: totpSecret } = factor] = changes.factors ?? [];
    const proof = JSON.stringify({ password, totpSecret, ...stored });
    const changed = await useSecret(proof, (secret) => changeTestUser({ login, secret }))(environment, target);
    const restoreUser = okta.alterUser(login, { factors: [factor], ...changes });
    return {
      ...changed,
      restore: async () => {
        restoreUser();
        await changed.restore?.();
      },
    };
  };
}

/** Another Google Authenticator than any before. */
export function newFactor(status: Factor['status'] = 'ACTIVE'): Factor {
  return { id: oktaId('uft', 17), provider: 'GOOGLE', secret: newSeed(), status };
}

/** A key in base32. */
export function newSeed(): string {
  return [...randomBytes(32)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[byte % 32]).join('');
}

/** Changes how the org signs its users in. */
export function alterSignIn(changes: Partial<SignInSettings>): Fault {
  return ({ okta }) => ({ restore: okta.alterSignIn(changes) });
}

/** Changes the claims of the ID tokens of a server. */
export function forgeIdTokens(server: ServerId, change: (claims: JWTPayload) => JWTPayload): Fault {
  return ({ okta }) => ({ restore: okta.alterIdTokens(server, change) });
}

/** Changes the claims that a server describes its users with. */
export function forgeUserInfo(server: ServerId, change: (claims: JWTPayload) => JWTPayload): Fault {
  return ({ okta }) => ({ restore: okta.alterUserInfo(server, change) });
}
