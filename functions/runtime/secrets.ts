import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Redacted } from './redacted.ts';
import { SecretUnreadable } from './secret-unreadable.ts';

/** The members of a secret's JSON, withheld from print. */
export type Secret = Redacted<Readonly<Record<string, unknown>>>;

export interface Secrets {
  /** Throws `SecretUnreadable`. `fresh` reads again what a warm container remembers. */
  read(name: string, options?: { readonly fresh?: boolean }): Promise<Secret>;
}

/**
 * Reads secrets from AWS Secrets Manager, each once in a container's life.
 *
 * A rotated secret is noticed when Okta refuses the old one: the caller then asks for a fresh reading, once.
 */
export function secretsManager(): Secrets {
  const client = new SecretsManagerClient();
  const remembered = new Map<string, Promise<Secret>>();
  return {
    read(name, { fresh = false } = {}) {
      const known = remembered.get(name);
      if (known && !fresh) return known;
      const reading = fetchSecret(client, name);
      remembered.set(name, reading);
      // A failure is not remembered: the secret may be there in a minute.
      reading.catch(() => remembered.delete(name));
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

/** Reads a secret's text. Throws `SecretUnreadable` when it is not a JSON object. */
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
