import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../lib/config/config-error.ts';
import { type OrgSecret, secretPatterns } from '../../../../lib/functions/secret-patterns.ts';

const folder = 'okta-synthetics';
const fleet = (count: number, nameOf: (org: string) => string): readonly OrgSecret[] =>
  Array.from({ length: count }, (_, at) => ({ org: `org-${at}`, secret: nameOf(`org-${at}`) }));
const patternsOf = (secrets: readonly OrgSecret[]) => secretPatterns('flows', folder, secrets).lists.flat();

/** The longest prefix that a Region gives the ARN of a secret. */
const ownArn = 'arn:aws-us-gov:secretsmanager:ap-southeast-99:123456789012:secret:';
const arnOf = (pattern: string) => (pattern.startsWith('arn:') ? pattern : `${ownArn}${pattern}`);
/** The ARN that Secrets Manager gives the secret to which a configuration refers. */
const fullArnOf = (reference: string) => arnOf(/^arn:.*-\w{6}$/.test(reference) ? reference : `${reference}-AbC123`);

/** Whether IAM would let a pattern's resource match an ARN. */
function matches(pattern: string, arn: string): boolean {
  const source = arnOf(pattern)
    .split('*')
    .map((part) => part.split('?').map(RegExp.escape).join('.'));
  return new RegExp(`^${source.join('.*')}$`).test(arn);
}

describe('secretPatterns', () => {
  it('names each secret once, with the six characters that Secrets Manager appends', () => {
    const secrets = [...fleet(2, (org) => `okta/${org}/service`), ...fleet(2, (org) => `okta/${org}/service`)];
    expect(patternsOf(secrets)).toEqual(['okta/org-0/service-??????', 'okta/org-1/service-??????']);
  });

  it('keeps a complete ARN as it is, and appends the six characters to one without them', () => {
    const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:okta/key';
    expect(patternsOf(['', '-AbC123'].map((end) => ({ org: 'acme', secret: `${secret}${end}` })))).toEqual([
      `${secret}-??????`,
      `${secret}-AbC123`,
    ]);
  });

  it.each([
    ['begin with the org', (org: string) => `${org}/api`],
    ['begin with a folder of others', (org: string) => `prod/${Buffer.from(org).toString('hex')}`],
    ['are those of the set-up', (org: string) => `${folder}/${org}/service`],
  ])('names 500 secrets one by one whose names %s', (_, nameOf) => {
    const secrets = fleet(500, nameOf);
    const { lists, widened } = secretPatterns('flows', folder, secrets);
    expect(lists.flat()).toEqual(secrets.map(({ secret }) => `${secret}-??????`));
    expect(widened).toEqual([]);
  });

  it("replaces the org's name in the deployment's own folder, and says so, where the policies are too small", () => {
    const { lists, widened } = secretPatterns(
      'flows',
      folder,
      fleet(1_000, (org) => `${folder}/${org}/service`),
    );
    expect(lists).toEqual([[`${folder}/*/service-??????`]]);
    expect(widened).toEqual(lists[0]);
    expect(matches(widened[0] ?? '', fullArnOf(`${folder}/org-7/service`))).toBe(true);
    expect(matches(widened[0] ?? '', fullArnOf(`${folder}/org-7/api-token`))).toBe(false);
  });

  it.each([
    ['of a folder of others', (org: string) => `prod/${org}/service`],
    ['of no folder', (org: string) => `${org}/api`],
    ['of another deployment', (org: string) => `${folder}-b/${org}/service`],
    ['that end with the org', (org: string) => `${folder}/${org}`],
    ['in which the org is not the second part', (org: string) => `${folder}/service/${org}`],
    ['by their ARN', (org: string) => `arn:aws:secretsmanager:us-east-1:1:secret:${folder}/${org}/service-AbC123`],
  ])('refuses, in words, more secrets %s than policies can name', (_, nameOf) => {
    const list = () => patternsOf(fleet(1_000, nameOf));
    expect(list).toThrow(ConfigError);
    expect(list).toThrow(/^The policies of the flows function cannot name its 1000 secrets: .* okta-synthetics\/acme/);
  });

  const org = fc.stringMatching(/^[a-z][a-z0-9-]{0,11}$/);
  const what = fc.constantFrom('service', 'api', 'a-b', 'user/password', 'x-AbC123', 'x'.repeat(200));
  const namings: readonly ((org: string, what: string) => string)[] = [
    (org, what) => `${folder}/${org}/${what}`,
    (org, what) => `${org}/${what}`,
    (org) => `prod/${org}`,
    (org) => `${folder}/${org}`,
    (_, what) => what,
    (org, what) => `arn:aws:secretsmanager:us-east-1:2:secret:${org}-${what}`,
    (org, what) => `${ownArn}${folder}/${org}/${what}-Zz9Zz9`,
  ];
  const kind = fc.record({ what, nameOf: fc.constantFrom(...namings) });
  /** The secrets of a few or of many orgs, most of which are called after the org. */
  const sets = fc
    .tuple(org, fc.array(kind, { minLength: 1, maxLength: 3 }), fc.constantFrom(1, 20, 200, 700))
    .map(([name, kinds, count]) =>
      Array.from({ length: count }, (_, at) => `${name}${at}`).flatMap((org) =>
        kinds.map(({ what, nameOf }) => ({ org, secret: nameOf(org, what) })),
      ),
    );

  it('makes every secret readable, keeps to the quotas, and matches no other secret without saying so', () => {
    let [isWidened, isSplit] = [0, 0];
    const property = fc.property(sets, (secrets) => {
      const result = answered(secrets);
      if (!result) return;
      const { lists, widened } = result;
      const patterns = lists.flat();
      const known = new Set(secrets.map(({ secret }) => fullArnOf(secret)));
      const exact = new Set(patterns.map(arnOf));
      const isReadable = (arn: string) =>
        exact.has(arn) || exact.has(arn.replace(/\w{6}$/, '??????')) || widened.some((each) => matches(each, arn));
      expect([...known].filter((arn) => !isReadable(arn))).toEqual([]);
      for (const arn of neighboursOf(secrets)) {
        const reader = patterns.find((pattern) => !widened.includes(pattern) && matches(pattern, arn));
        expect(known.has(arn) ? undefined : reader).toBeUndefined();
      }
      for (const pattern of widened) expect(pattern).toMatch(new RegExp(`^${folder}/\\*/[^*]+-\\?{6}$`));
      expect(patterns.filter((each) => each.includes('*'))).toEqual(widened);
      expect(lists.length).toBeLessThanOrEqual(11);
      lists.forEach((list, at) => {
        const statement = { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: list.map(arnOf) };
        const { length } = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
        expect(length).toBeLessThanOrEqual(at === 0 ? 8_200 : 6_144);
      });
      if (widened.length > 0) isWidened += 1;
      if (lists.length > 1) isSplit += 1;
    });
    fc.assert(property, { seed: 1, numRuns: 25 });
    expect(isWidened).toBeGreaterThan(0);
    expect(isSplit).toBeGreaterThan(0);
  });

  /** What it answers, or nothing if it refuses in words. */
  function answered(secrets: readonly OrgSecret[]) {
    try {
      return secretPatterns('flows', folder, secrets);
    } catch (error) {
      expect(error).toBeInstanceOf(ConfigError);
      return undefined;
    }
  }

  /** The ARNs of secrets that are called almost like some of these, or are elsewhere. */
  function neighboursOf(secrets: readonly OrgSecret[]): readonly string[] {
    return secrets.slice(0, 3).flatMap(({ org, secret }) => {
      const plain = secret.replace(/^arn:.*:secret:/, '').replace(/-Zz9Zz9$/, '');
      const others = [`${plain}x`, `x${plain}`, plain.slice(0, -1), `${plain}/x`, `${plain}-AbC123`];
      const renamed = [
        plain.replace(org, 'other'),
        plain.replace(/[^/]*$/, 'foreign'),
        `${plain.split('/')[0]}/foreign`,
      ];
      return [...others, ...renamed]
        .map(fullArnOf)
        .concat(fullArnOf(`arn:aws:secretsmanager:us-east-1:999999999999:secret:${plain}`));
    });
  }
});
