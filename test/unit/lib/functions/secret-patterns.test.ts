import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../../lib/config/config-error.ts';
import { type OrgSecret, secretPatterns } from '../../../../lib/functions/secret-patterns.ts';

const fleet = (count: number, nameOf: (org: string) => string): readonly OrgSecret[] =>
  Array.from({ length: count }, (_, at) => ({ org: `org-${at}`, secret: nameOf(`org-${at}`) }));

/** Whether IAM would let a pattern's resource match a name. */
function matches(pattern: string, name: string): boolean {
  const source = pattern.split('*').map((part) => part.split('?').map(RegExp.escape).join('.'));
  return new RegExp(`^${source.join('.*')}$`).test(name);
}

describe('secretPatterns', () => {
  it('names each secret once, with the six characters that Secrets Manager appends', () => {
    const secrets = [...fleet(2, (org) => `okta/${org}/service`), ...fleet(2, (org) => `okta/${org}/service`)];
    expect(secretPatterns('flows', secrets)).toEqual(['okta/org-0/service-??????', 'okta/org-1/service-??????']);
  });

  it('keeps an ARN as it is', () => {
    const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:okta-AbC123';
    expect(secretPatterns('flows', [{ org: 'acme', secret }])).toEqual([secret]);
  });

  it("replaces the org's name for a fleet, so that a function cannot read the secrets of another", () => {
    const patterns = secretPatterns(
      'flows',
      fleet(1_000, (org) => `okta/${org}/service`),
    );
    expect(patterns).toEqual(['okta/*/service-??????']);
    expect(matches(patterns[0] ?? '', 'okta/org-7/service-AbC123')).toBe(true);
    expect(matches(patterns[0] ?? '', 'okta/org-7/api-token-AbC123')).toBe(false);
  });

  it('names the folders of secrets whose names do not contain the name of the org', () => {
    expect(
      secretPatterns(
        'flows',
        fleet(1_000, (org) => `okta/${Buffer.from(org).toString('hex')}`),
      ),
    ).toEqual(['okta/*']);
  });

  it('refuses, in words, secrets that no list can name', () => {
    const list = () =>
      secretPatterns(
        'flows',
        fleet(1_000, (org) => Buffer.from(org).toString('hex')),
      );
    expect(list).toThrow(ConfigError);
    expect(list).toThrow(
      /^The policy of the flows function cannot name 1000 secrets: .* such as okta-synthetics\/acme/,
    );
  });

  it('always lets a function read each of its secrets', () => {
    const name = fc.stringMatching(/^[a-z][a-z0-9/-]{0,30}$/);
    const secret = fc.record({ org: fc.stringMatching(/^[a-z0-9-]{1,32}$/), secret: name });
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 40 }), fc.nat(200), (few, times) => {
        const secrets = Array.from({ length: times + 1 }, () => few).flat();
        const patterns = secretPatterns('flows', secrets);
        for (const each of secrets) {
          expect(patterns.some((pattern) => matches(pattern, `${each.secret}-AbC123`))).toBe(true);
        }
      }),
    );
  });
});
