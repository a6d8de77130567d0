import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretUnreadable } from './errors.ts';
import { Redacted } from './redacted.ts';

/** The members of a secret's JSON. They cannot be printed by accident. */
export type Secret = Redacted<Readonly<Record<string, unknown>>>;

export interface Secrets {
  /** Reads a secret. `fresh` bypasses the cache of a warm container. Throws `SecretUnreadable`. */
  read(name: string, options?: { readonly fresh?: boolean }): Promise<Secret>;
}

/** How long a secret is cached. Okta may accept the old value after a rotation, so nothing else would show the new one. */
const cacheMs = 30 * 60_000;

/**
 * Reads secrets from AWS Secrets Manager and caches each for half an hour in a warm container.
 *
 * After a rotation Okta rejects the cached secret. The caller then reads it again with `fresh`, once.
 */
export function secretsManager(now: () => number = Date.now): Secrets {
  const client = new SecretsManagerClient();
  const cache = new Map<string, { readonly reading: Promise<Secret>; readonly until: number }>();
  return {
    read(name, { fresh = false } = {}) {
      const cached = cache.get(name);
      if (cached && !fresh && now() < cached.until) return cached.reading;
      const reading = fetchSecret(client, name);
      cache.set(name, { reading, until: now() + cacheMs });
      // Failures are not cached, because the secret may exist a minute later.
      reading.catch(() => cache.delete(name));
      return reading;
    },
  };
}

async function fetchSecret(client: SecretsManagerClient, name: string): Promise<Secret> {
  let text: string | undefined;
  try {
    ({ SecretString: text } = await client.send(new GetSecretValueCommand({ SecretId: name })));
  } catch (error) {
    throw new SecretUnreadable(name, error instanceof Error ? error.name : 'unknown error');
  }
  return parseSecret(name, text);
}

/** Parses a secret's text. Throws `SecretUnreadable` if it is not a JSON object. */
export function parseSecret(name: string, text: string | undefined): Secret {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    throw new SecretUnreadable(name, 'its value is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SecretUnreadable(name, 'its value is not a JSON object');
  }
  return new Redacted(value as Readonly<Record<string, unknown>>);
}
