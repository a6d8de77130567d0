import { SecretUnreadable } from '../model/errors.ts';
import { Redacted } from '../model/redacted.ts';
import { openSecretsManager, type SecretsManager } from './clients.ts';

/** The members of a secret's JSON. They cannot be printed by accident. */
export type Secret = Redacted<Readonly<Record<string, unknown>>> & {
  /** Secrets Manager's id of this value. It says nothing of the value, and another value has another one. */
  readonly version?: string;
};

export interface Secrets {
  /** Reads a secret. `fresh` bypasses the cache of a warm container. Throws `SecretUnreadable`. */
  read(name: string, options?: { readonly fresh?: boolean }): Promise<Secret>;
}

/** How long a secret is cached. Okta may accept the old value after a rotation, so nothing else would show the new one. */
const cacheMs = 30 * 60_000;

/** How long a reading may take. */
const readMs = 3_000;

/**
 * Reads secrets from AWS Secrets Manager and caches each for half an hour in a warm container.
 *
 * After a rotation Okta rejects the cached secret. The caller then reads it again with `fresh`, once.
 */
export function secretsManager(client: SecretsManager = openSecretsManager(), now: () => number = Date.now): Secrets {
  const cache = new Map<string, { readonly reading: Promise<Secret>; readonly until: number }>();
  return {
    read(name, { fresh = false } = {}) {
      const cached = cache.get(name);
      if (cached && !fresh && now() < cached.until) return cached.reading;
      const reading = fetchSecret(client, name);
      cache.set(name, { reading, until: now() + cacheMs });
      // Failures are not cached, because the secret may exist a minute later.
      reading.catch(() => cache.get(name)?.reading === reading && cache.delete(name));
      return reading;
    },
  };
}

async function fetchSecret(client: SecretsManager, name: string): Promise<Secret> {
  let text: string | undefined;
  let version: string | undefined;
  try {
    const options = { abortSignal: AbortSignal.timeout(readMs) };
    ({ SecretString: text, VersionId: version } = await client.getSecretValue({ SecretId: name }, options));
  } catch (error) {
    const [why, remedy] = explain(error);
    throw new SecretUnreadable(name, `${why}: ${remedy}`);
  }
  return Object.assign(parseSecret(name, text), { ...(version !== undefined && { version }) });
}

/** As the SDK names it, and as we do. */
const noAnswer = ['AWS Secrets Manager does not answer', "check the network, and AWS's health in the Region"] as const;

const signIn = 'sign in to AWS, or set AWS_PROFILE';

/** The meaning of AWS's errors by name, with the remedy. Trap: their messages may quote a request. */
const awsErrors: Readonly<Record<string, readonly [why: string, remedy: string]>> = {
  ResourceNotFoundException: [
    'AWS Secrets Manager has no such secret in this account and region (ResourceNotFoundException)',
    'create it, or correct its name in the configuration',
  ],
  AccessDeniedException: [
    'AWS does not allow to read it (AccessDeniedException)',
    'allow secretsmanager:GetSecretValue on it, and kms:Decrypt if it has its own KMS key',
  ],
  DecryptionFailure: [
    'AWS cannot decrypt it (DecryptionFailure)',
    "allow kms:Decrypt on its KMS key, and check the key's state",
  ],
  InvalidRequestException: [
    'AWS cannot read it in its present state (InvalidRequestException)',
    'restore it if it is scheduled for deletion, and give it a value',
  ],
  CredentialsProviderError: ['there are no AWS credentials', signIn],
  ExpiredTokenException: ['the AWS credentials have expired (ExpiredTokenException)', signIn],
  UnrecognizedClientException: ['AWS does not know these credentials (UnrecognizedClientException)', signIn],
  InvalidSignatureException: [
    'AWS rejects the signature (InvalidSignatureException)',
    "check the AWS secret access key, and this machine's clock",
  ],
  AbortError: noAnswer,
  TimeoutError: noAnswer,
  ThrottlingException: ['AWS throttles the requests (ThrottlingException)', 'wait a minute'],
};

function explain(error: unknown): readonly [why: string, remedy: string] {
  if (!(error instanceof Error)) return ['AWS Secrets Manager cannot be asked', 'check the network'];
  if (/^region is missing$/i.test(error.message)) return ['no AWS region is set', 'set AWS_REGION'];
  const { code = error.name } = error as Error & { readonly code?: unknown };
  return awsErrors[error.name] ?? [`AWS Secrets Manager cannot be asked (${code})`, 'check the network, and try again'];
}

const format = 'store a JSON object, such as {"clientSecret": "…"}';

/** Parses a secret's text. Throws `SecretUnreadable` if it is not a JSON object. */
export function parseSecret(name: string, text: string | undefined): Secret {
  if (text === undefined) throw new SecretUnreadable(name, `its value is binary: ${format}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new SecretUnreadable(name, `its value is not JSON: ${format}`);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SecretUnreadable(name, `its value is not a JSON object: ${format}`);
  }
  return new Redacted(value as Readonly<Record<string, unknown>>);
}
