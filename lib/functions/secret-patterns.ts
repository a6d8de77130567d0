import type { Group } from '../../functions/model/probe.ts';
import { ConfigError } from '../config/config-error.ts';

/** A secret of an org, by its name or ARN. */
export interface OrgSecret {
  readonly org: string;
  readonly secret: string;
}

/** The secrets that a function may read, as the ends of ARNs, or as ARNs. */
export interface SecretPatterns {
  /** One list for each policy: the role's inline policy, then managed policies. */
  readonly lists: readonly (readonly string[])[];
  /** The patterns that match more names than the configuration has. */
  readonly widened: readonly string[];
}

/**
 * How many characters of a policy may name secrets. IAM allows 10,240 in all inline policies of a role, which also has other
 * statements, and 6,144 in a managed policy. By default, a role has at most ten managed policies.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const inlineCharacters = 8_000;
const managedCharacters = 6_000;
export const mostManagedPolicies = 10;

/** What an ARN has besides the secret's name, in the longest Region, with its quotes and comma. */
const arnCharacters = 80;

/**
 * Names each secret, in as many policies as a role may have. If they do not suffice, a `*` replaces the org in the names of
 * the deployment's own folder, `<deployment>/<org>/<what>`, so that a function still reads only secrets of its own kind. No
 * other name is widened: throws a `ConfigError` instead.
 */
export function secretPatterns(group: Group, deployment: string, secrets: readonly OrgSecret[]): SecretPatterns {
  const exact = new Set(secrets.map(({ secret }) => exactly(secret)));
  const lists = listsOf([...exact]);
  if (lists.length <= mostManagedPolicies + 1) return { lists, widened: [] };
  const shared = new Set(secrets.map((each) => ofEveryOrg(deployment, each)));
  const widened = [...shared].filter((pattern) => !exact.has(pattern));
  const fewer = listsOf([...widened, ...[...shared].filter((pattern) => exact.has(pattern))]);
  if (fewer.length <= mostManagedPolicies + 1) return { lists: fewer, widened };
  throw new ConfigError(
    `The policies of the ${group} function cannot name its ${exact.size} secrets: IAM's quotas allow about 600. More are possible only in the folder of this deployment: name those of each org such as ${deployment}/acme/service, and refer to them by name. The function may then read ${deployment}/*/service.`,
  );
}

/** How many secrets with names of this length a function's policies name one by one. */
export function mostNamed(secret: string): number {
  const size = exactly(secret).length + arnCharacters;
  return Math.floor(inlineCharacters / size) + mostManagedPolicies * Math.floor(managedCharacters / size);
}

/**
 * Secrets Manager appends a hyphen and six random characters to the name in an ARN. An ARN that ends like this is complete,
 * as it is for Secrets Manager.
 */
function exactly(secret: string): string {
  return /^arn:.*-[A-Za-z0-9]{6}$/.test(secret) ? secret : `${secret}-??????`;
}

/** The same secret of any org, if its name is that which the set-up gives. */
function ofEveryOrg(deployment: string, { org, secret }: OrgSecret): string {
  const folder = `${deployment}/${org}/`;
  const isOwn = secret.startsWith(folder) && secret.length > folder.length;
  return exactly(isOwn ? `${deployment}/*/${secret.slice(folder.length)}` : secret);
}

function listsOf(patterns: readonly string[]): readonly (readonly string[])[] {
  const lists: string[][] = [];
  let room = 0;
  for (const pattern of patterns) {
    const size = pattern.length + arnCharacters;
    if (size > room) {
      room = lists.length === 0 ? inlineCharacters : managedCharacters;
      lists.push([]);
    }
    lists.at(-1)?.push(pattern);
    room -= size;
  }
  return lists;
}
