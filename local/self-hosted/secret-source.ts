import { readFile } from 'node:fs/promises';
import { GetSecretValueCommand, type SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { AwsError, StoredSecrets } from './aws-emulator/aws-emulator.ts';
import { versionUnder } from './history/sign-in-file.ts';
import type { Deployment } from './template/deployment.ts';

/**
 * Secrets from a JSON file, `{"name": {"clientSecret": …}}`. It is read each time, so a new secret takes effect as in Secrets
 * Manager.
 *
 * Trap: the same value must keep its version however often the file is written, or a refused password is sent again. The
 * version is kept, so it must say nothing of the value: it is a digest under a random key.
 */
export function secretsInFile(file: string, key: Uint8Array): StoredSecrets {
  return {
    async get(name) {
      try {
        const stored: unknown = JSON.parse(await readFile(file, 'utf8'));
        const value = Object.hasOwn(Object(stored), name) ? (stored as Record<string, unknown>)[name] : undefined;
        return value === undefined ? undefined : { text: JSON.stringify(value), version: versionUnder(key, value) };
      } catch (error) {
        // The parser's own message would quote the file.
        const isJson = error instanceof SyntaxError;
        return failure(isJson ? 'SecretsFileIsNotJson' : 'SecretsFileUnreadable', 'the secrets file cannot be read');
      }
    },
  };
}

/** Secrets from AWS Secrets Manager, with the credentials of the command's user. */
export function secretsInAws(client: Pick<SecretsManagerClient, 'send'>): StoredSecrets {
  return {
    async get(name) {
      try {
        const { SecretString: text, VersionId: version = '' } = await client.send(
          new GetSecretValueCommand({ SecretId: name }),
        );
        return text === undefined ? failure('InvalidRequestException', 'its value is binary') : { text, version };
      } catch (error) {
        if (!(error instanceof Error)) return failure('UnknownError', 'unknown error');
        // Trap: AWS's messages may quote what was sent. This one is the SDK's own, and callers go by its text.
        const hasNoRegion = /^region is missing$/i.test(error.message);
        return failure(error.name, hasNoRegion ? error.message : 'see the name of the error');
      }
    },
  };
}

/** The names of the secrets that a deployment's functions and receivers need and that cannot be read. */
export async function missingSecrets(
  { schedules, rules }: Deployment,
  secrets: StoredSecrets,
): Promise<readonly string[]> {
  const inRules = rules.flatMap(({ to }) =>
    'body' in to ? Object.values(to.body).flatMap((value) => referenceIn(value)?.name ?? []) : [],
  );
  const names = [...new Set([...schedules.flatMap(({ input }) => secretsIn(input)), ...inRules])];
  const isMissing = await Promise.all(
    names.map(async (name) => {
      const stored = await secrets.get(name);
      return stored === undefined || (typeof stored === 'object' && 'type' in stored);
    }),
  );
  return names.filter((_, index) => isMissing[index]);
}

/** Every `secret` in an event. */
function secretsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'secret' && typeof member === 'string' ? [member] : secretsIn(member),
  );
}

/**
 * A reference to a member of a secret; undefined for any other text.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references-secretsmanager.html
 */
export function referenceIn(value: string): { readonly name: string; readonly member: string } | undefined {
  const [, name, member] = /^\{\{resolve:secretsmanager:(.+?):SecretString:([^:}]+)[:}]/.exec(value) ?? [];
  return name === undefined || member === undefined ? undefined : { name, member };
}

function failure(type: string, message: string): AwsError {
  return { status: 400, type, message };
}
