import {
  CreateSecretCommand,
  DeleteSecretCommand,
  DescribeSecretCommand,
  type DescribeSecretCommandOutput,
  GetSecretValueCommand,
  PutSecretValueCommand,
  RestoreSecretCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { Redacted } from '../../../functions/model/redacted.ts';
import { isObject, type Json } from './json.ts';
import { type SecretStore, StoreError, unmarked } from './secret-store.ts';

/** The tag that says whose a secret is. */
export const markTag = 'managed-by';

/**
 * Secrets in AWS Secrets Manager, with the user's own AWS credentials and Region.
 *
 * It needs secretsmanager:DescribeSecret, GetSecretValue, CreateSecret, TagResource, PutSecretValue, RestoreSecret and
 * DeleteSecret on the names of the org.
 */
export async function awsStore(client: SecretsManagerClient, mark: string): Promise<SecretStore> {
  const region = await client.config.region().catch((error: unknown) => {
    throw storeError(error, 'name the Region');
  });
  /** Undefined if there is no such secret. */
  const ask = async <Result>(doing: string, request: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return await request();
    } catch (error) {
      if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
      throw storeError(error, doing);
    }
  };
  const describe = (name: string) =>
    ask('secretsmanager:DescribeSecret', () => client.send(new DescribeSecretCommand({ SecretId: name })));
  const hasMark = ({ Tags = [] }: DescribeSecretCommandOutput) =>
    Tags.some(({ Key, Value }) => Key === markTag && Value === mark);
  return {
    name: `AWS Secrets Manager in ${region}`,
    async find(name) {
      const found = await describe(name);
      if (!found) return undefined;
      const isOwn = hasMark(found);
      const isDeleted = found.DeletedDate !== undefined;
      if (!isOwn || isDeleted) return { isOwn, isDeleted };
      const read = await ask('secretsmanager:GetSecretValue', () =>
        client.send(new GetSecretValueCommand({ SecretId: name })),
      );
      return { isOwn, isDeleted, value: new Redacted(parsed(read?.SecretString)) };
    },
    async write(name, value) {
      const text = JSON.stringify(value);
      const found = await describe(name);
      if (!found) {
        const Description = 'A credential of the synthetic monitor okta-synthetics, made by npm run setup.';
        const Tags = [{ Key: markTag, Value: mark }];
        await ask('secretsmanager:CreateSecret', () =>
          client.send(new CreateSecretCommand({ Name: name, SecretString: text, Description, Tags })),
        );
        return;
      }
      if (!hasMark(found)) throw unmarked(name);
      if (found.DeletedDate) {
        await ask('secretsmanager:RestoreSecret', () => client.send(new RestoreSecretCommand({ SecretId: name })));
      }
      await ask('secretsmanager:PutSecretValue', () =>
        client.send(new PutSecretValueCommand({ SecretId: name, SecretString: text })),
      );
    },
    async remove(name) {
      const found = await describe(name);
      if (!found) return;
      if (!hasMark(found)) throw unmarked(name);
      await ask('secretsmanager:DeleteSecret', () =>
        client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true })),
      );
    },
  };
}

/** A value of another shape was changed by someone else: a new one is made. */
function parsed(text: string | undefined): Json {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

const signIn = 'sign in to AWS, or set AWS_PROFILE';

/** The meaning of AWS's errors. Trap: their messages may quote the request. */
const awsErrors: Readonly<Record<string, (doing: string) => string>> = {
  AccessDeniedException: (doing) =>
    `AWS does not allow ${doing}: allow it on okta-synthetics/*, or use --secrets <file>`,
  CredentialsProviderError: () => `there are no AWS credentials: ${signIn}, or use --secrets <file>`,
  ExpiredTokenException: () => `the AWS credentials have expired: ${signIn}`,
  UnrecognizedClientException: () => `AWS does not know these credentials: ${signIn}`,
  InvalidSignatureException: () =>
    "AWS rejects the signature: check the AWS secret access key, and this machine's clock",
  ThrottlingException: () => 'AWS throttles the requests: run it again in a minute',
  InvalidRequestException: (doing) =>
    `AWS cannot do ${doing} in the present state of the secret: wait until its deletion is over, or use another --org`,
};

function storeError(error: unknown, doing: string): StoreError {
  const { name, message } = error instanceof Error ? error : new Error('unknown');
  if (/region is missing/i.test(message))
    return new StoreError('No AWS Region is set: set AWS_REGION, or use --secrets <file>.');
  const known = awsErrors[name];
  return new StoreError(
    known ? `${capital(known(doing))}.` : `AWS Secrets Manager cannot be used (${name}, ${doing}): check the network.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
