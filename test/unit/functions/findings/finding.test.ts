import { describe, expect, it } from 'vitest';
import { comparisonsOf } from '../../../../functions/findings/comparisons.ts';
import type { Fact } from '../../../../functions/findings/definition.ts';
import { type FindingCode, finding, findings } from '../../../../functions/findings/finding.ts';
import { healthFindings } from '../../../../functions/findings/tables/health.ts';
import { resourceFindings } from '../../../../functions/findings/tables/resource.ts';
import { samlFindings } from '../../../../functions/findings/tables/saml.ts';
import { systemLogFindings } from '../../../../functions/findings/tables/system-log.ts';
import { fullOrg } from '../../../support/full-org.ts';

const codes = Object.keys(findings) as FindingCode[];
const [server] = fullOrg.servers;
if (!server) throw new Error('the org has no server');

const causesOf = (code: FindingCode, ...facts: readonly Fact[]) =>
  finding(code, { facts: new Set(facts) }).causes.join();

describe('the causes of a finding', () => {
  it('do not name a secret where the client has a key', () => {
    expect(causesOf('client-refused', 'uses a secret')).toContain('rotated secret');
    expect(causesOf('client-refused', 'uses a key')).not.toContain('secret');
    expect(finding('client-refused', { facts: new Set<Fact>(['uses a key']) }).remedy.join()).not.toMatch(
      /client secrets/,
    );
  });

  it('do not name a secret where Okta does not know the client', () => {
    expect(causesOf('client-unknown', 'uses a secret')).not.toContain('secret');
  });

  it('do not blame DNS where the monitor runs if its way to the Internet works', () => {
    expect(causesOf('dns-not-resolved')).toContain('where the monitor runs');
    expect(causesOf('dns-not-resolved', 'our way works')).not.toContain('where the monitor runs');
  });

  it('do not suspect the address of the domain if Okta answered another request of the run', () => {
    expect(causesOf('intercepted')).toContain('another host');
    expect(causesOf('intercepted', 'Okta answered elsewhere')).not.toContain('another host');
  });

  it('do not name a custom domain on a domain of Okta', () => {
    expect(causesOf('intercepted')).toContain('custom domain');
    expect(causesOf('intercepted', 'on an Okta domain')).not.toContain('custom domain');
  });

  it.each(codes)('of %s are at least one, and so are its steps, whatever the run knows', (code) => {
    const facts: readonly Fact[] = [
      'uses a secret',
      'uses a key',
      'on an Okta domain',
      'our way works',
      'no network of yours',
      'Okta answered elsewhere',
      'request not pushed',
    ];
    for (const known of [[], facts, ...facts.map((fact) => [fact])]) {
      const { causes, remedy } = finding(code, { facts: new Set(known) });
      expect(causes.length).toBeGreaterThan(0);
      expect(remedy.length).toBeGreaterThan(0);
    }
  });
});

describe('what was expected and found', () => {
  /** Probes compare these themselves. */
  const comparedByProbes: readonly FindingCode[] = [
    'metadata-drifted',
    'another-org',
    'issuer-mismatch',
    'audience-mismatch',
    'claim-missing',
    'scope-missing',
    'token-expired',
    'token-lifetime-short',
    'token-not-bound',
    'session-not-honored',
    'id-token-missing',
    'authentication-mismatch',
    'id-token-claim-missing',
    'userinfo-claim-missing',
    'refresh-rotation-unexpected',
    'replaced-refresh-token-accepted',
    'token-not-bound',
    ...(Object.keys(resourceFindings) as (keyof typeof resourceFindings)[]),
    ...(Object.keys(healthFindings) as (keyof typeof healthFindings)[]),
    ...(Object.keys(samlFindings) as (keyof typeof samlFindings)[]),
    ...(Object.keys(systemLogFindings) as (keyof typeof systemLogFindings)[]),
    'sign-in-assets-of-others-failing',
  ];

  it.each(codes.filter((code) => findings[code].domain === 'configuration' && !comparedByProbes.includes(code)))(
    'is told with %s',
    (code) => {
      const url = `https://${fullOrg.domain}/oauth2/v1/token`;
      const comparisons = comparisonsOf(code, { org: fullOrg, server, exchange: { url } });
      expect(comparisons.length).toBeGreaterThan(0);
      for (const { name, expected, found } of comparisons)
        expect([name, expected, found].every((text) => text.length > 0)).toBe(true);
    },
  );
});
