import type { Group } from '../../functions/model/probe.ts';
import { ConfigError } from '../config/config-error.ts';

/** A secret of an org, by its name or ARN. */
export interface OrgSecret {
  readonly org: string;
  readonly secret: string;
}

/**
 * How long the list of secrets in a policy may be. IAM allows 10,240 characters for all inline policies of a role; the
 * rest is for its other statements.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
 */
const mostCharacters = 8_000;

/** What an ARN has besides the secret's name, in the longest Region. */
const arnCharacters = 80;

/**
 * The secrets that a group's function may read, as the ends of ARNs, or as ARNs. They name each secret as long as that
 * fits into a policy. A fleet's secrets are named with `*` in place of the org's name, so that a function still reads only
 * secrets of its own kind; if this is not enough, by the folders that contain them.
 *
 * Secrets Manager appends a hyphen and six random characters to the name in an ARN. Throws a `ConfigError` if no list is
 * short enough.
 */
export function secretPatterns(group: Group, secrets: readonly OrgSecret[]): readonly string[] {
  const lists = [exactly, ofEveryOrg, ofFolder].map((pattern) => [...new Set(secrets.map(pattern))]);
  const shortest = lists.find((list) => sizeOf(list) <= mostCharacters);
  if (shortest) return shortest;
  throw new ConfigError(
    `The policy of the ${group} function cannot name ${new Set(secrets.map(({ secret }) => secret)).size} secrets: IAM allows ${mostCharacters} characters for them. Give the secrets of all orgs names that differ only in the org's name, such as okta-synthetics/acme/service, and refer to them by name.`,
  );
}

const suffix = '-??????';

function exactly({ secret }: OrgSecret): string {
  return secret.startsWith('arn:') ? secret : `${secret}${suffix}`;
}

function ofEveryOrg({ org, secret }: OrgSecret): string {
  return exactly({ org, secret: secret.replace(new RegExp(`(?<![\\w-])${org}(?![\\w-])`), '*') });
}

function ofFolder({ org, secret }: OrgSecret): string {
  return secret.includes('/') ? `${secret.slice(0, secret.indexOf('/') + 1)}*` : exactly({ org, secret });
}

function sizeOf(patterns: readonly string[]): number {
  return patterns.reduce((sum, pattern) => sum + pattern.length + (pattern.startsWith('arn:') ? 0 : arnCharacters), 0);
}
