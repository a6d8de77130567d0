import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../../functions/model/outcome.ts';
import { evidenceOf } from '../../../../local/commands/check/evidence.ts';
import { checkDocument, formatChecked } from '../../../../local/commands/reporters/check.ts';
import { checked } from '../../../support/checked-org.ts';
import { tooLong } from '../../../support/run-command.ts';

const exchange = {
  ...{ method: 'POST', url: 'https://acme.okta.com/oauth2/default/v1/token', at: '2030-01-01T00:00:00Z' },
  ...{ status: 200, phases: { firstByteMs: 41.4 }, requestId: 'aBc-1', authentication: 'private_key_jwt' },
  rateLimit: { limit: 300, remaining: 150, secondsToReset: 12 },
  certificate: { subject: 'acme.okta.com', issuer: 'DigiCert', validTo: '2030-03-01T00:00:00.000Z' },
  clockOffsetSeconds: -4,
};

/** A check in which every probe passed, with two requests for a token. */
const passed = checked((target) => {
  if (target === 'status-page')
    return {
      notes: ['cell: okta.com:8'],
      exchanges: [{ ...exchange, url: 'https://status.okta.com/', clockOffsetSeconds: 90 }],
    } as Partial<Outcome>;
  const again = { ...exchange, requestId: 'aBc-2', rateLimit: { ...exchange.rateLimit, remaining: 149 } };
  return target === 'token@default' ? ({ exchanges: [exchange, again] } as Partial<Outcome>) : undefined;
});

describe('the evidence of a check in which everything passed', () => {
  it('has every request id, the least of each rate limit and whose it is, certificates, the clock and Okta status', () => {
    expect(evidenceOf(passed.outcomes)).toMatchObject({
      requests: expect.arrayContaining([
        {
          target: 'token@default',
          method: 'POST',
          url: exchange.url,
          status: 200,
          firstByteMs: 41.4,
          requestId: 'aBc-1',
          authentication: 'private_key_jwt',
        },
        expect.objectContaining({ requestId: 'aBc-2' }),
      ]),
      rateLimits: [{ owner: 'org', limit: 300, remaining: 149, leftPercent: expect.closeTo(49.7, 1) }],
      certificates: [{ host: 'acme.okta.com', issuer: 'DigiCert' }, { host: 'status.okta.com' }],
      clockOffsetSeconds: -4,
      oktaStatus: ['cell: okta.com:8', 'no open incident'],
    });
  });

  it('is in the document, and with --evidence in the text', () => {
    const call = { config: 'my.jsonc', isFiltered: false };
    expect(checkDocument([passed], call)).toMatchObject({ orgs: [{ evidence: { clockOffsetSeconds: -4 } }] });
    const text = stripVTControlCharacters(formatChecked([passed], { ...call, showEvidence: true }));
    expect(text).toContain('token@default, 200, 41 ms, private_key_jwt\n      X-Okta-Request-Id aBc-1\n');
    expect(text).toMatch(/Certificate {2}acme\.okta\.com: of DigiCert, ends /);
    expect(text).toContain('Clock  this machine is 4 s ahead of Okta');
    expect(text).toContain('Okta status  cell: okta.com:8; no open incident');
    expect(tooLong(text, 80)).toEqual([]);
    expect(formatChecked([passed], call)).not.toContain('X-Okta-Request-Id');
  });

  it('says what was not seen', () => {
    const text = stripVTControlCharacters(
      formatChecked([checked()], { config: 'my.jsonc', isFiltered: false, showEvidence: true }),
    );
    expect(text).toContain('Certificate  not seen');
    expect(text).toContain('Clock  not compared: no answer had a date');
  });
});
