import { type AwsError, RefusedByAws } from './aws-error.ts';

/** The text of each secret by its name, or the error that reading it comes to. */
export type StoredSecrets = ReadonlyMap<string, string | AwsError>;

/** GetSecretValue. https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
export function readSecret(secrets: StoredSecrets, { SecretId }: Readonly<Record<string, unknown>>): object {
  const stored = secrets.get(String(SecretId));
  if (stored === undefined) throw new RefusedByAws('ResourceNotFoundException', 'no such secret');
  if (typeof stored !== 'string') throw new RefusedByAws(stored.type, stored.message, stored.status);
  return { Name: SecretId, SecretString: stored };
}
