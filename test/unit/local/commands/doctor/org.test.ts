import { generateKeyPairSync } from 'node:crypto';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { finding } from '../../../../../functions/findings/finding.ts';
import type { Outcome } from '../../../../../functions/model/outcome.ts';
import { diagnoseSecrets } from '../../../../../local/commands/doctor/deployment.ts';
import type { Diagnosis } from '../../../../../local/commands/doctor/diagnosis.ts';
import { diagnoseOrg } from '../../../../../local/commands/doctor/org.ts';
import { formatExaminations, isHealthy } from '../../../../../local/commands/reporters/doctor.ts';
import { checked, failAt } from '../../../../support/checked-org.ts';
import { fullOrg } from '../../../../support/full-org.ts';
import { tooLong } from '../../../../support/run-command.ts';
import { memorySecrets } from '../../../../support/run-probes.ts';

const now = Date.UTC(2030, 0, 1);
const exchange = {
  ...{
    method: 'GET',
    url: 'https://acme.okta.com/.well-known/okta-organization',
    at: '2030-01-01T00:00:00Z',
    status: 200,
  },
  phases: { dnsMs: 2, tcpMs: 11, tlsMs: 21, firstByteMs: 80 },
  certificate: { subject: 'acme.okta.com', issuer: 'DigiCert', validTo: '2030-03-02T00:00:00.000Z' },
  clockOffsetSeconds: 0,
};

/** What the two probes saw, except for what a test changes. */
const seen = (change: Partial<Outcome> = {}, status: Partial<Outcome> = {}, org = fullOrg) =>
  checked((target) => {
    if (target === 'organization')
      return { notes: ['Identity Engine'], exchanges: [exchange], ...change } as Partial<Outcome>;
    return target === 'status-page' ? ({ notes: ['cell: okta.com:8'], ...status } as Partial<Outcome>) : undefined;
  }, org);
const found = (diagnoses: readonly Diagnosis[], what: string) => diagnoses.find((each) => each.what === what);

describe('the domain of an org', () => {
  it('is told with the path by phase, the engine, the certificate, the clock and the cell', () => {
    expect(diagnoseOrg(seen(), false, now)).toEqual([
      { what: 'network path', status: 'ok', found: 'DNS 2 ms, TCP 11 ms, TLS 21 ms, first byte 80 ms' },
      { what: 'engine', status: 'ok', found: 'Identity Engine' },
      { what: 'certificate', status: 'ok', found: 'of DigiCert, 60 days left (until 2030-03-02)' },
      { what: 'clock', status: 'ok', found: "agrees with Okta's, to the second" },
      { what: 'domain', status: 'ok', found: "acme.okta.com is a domain of Okta's" },
      { what: 'cell', status: 'ok', found: 'okta.com:8' },
    ]);
  });

  it('is to be mended if it cannot be reached, and nothing is said of what was not seen', () => {
    const [organization] = checked(failAt(/^organization$/, 'dns-not-resolved')).outcomes;
    const diagnoses = diagnoseOrg(seen({ ...organization, exchanges: [] } as Partial<Outcome>), false, now);
    expect(found(diagnoses, 'network path')).toMatchObject({ status: 'problem', remedy: expect.anything() });
    expect(diagnoses.map(({ what }) => what)).toEqual(['network path', 'domain', 'cell']);
  });

  it('has the warnings of the probe for a certificate that expires and a clock that differs', () => {
    const warnings = [finding('certificate-expires-soon'), finding('clock-skew')];
    const late = { ...exchange, clockOffsetSeconds: -400 };
    const diagnoses = diagnoseOrg(seen({ warnings, exchanges: [late] } as Partial<Outcome>), false, now);
    expect(found(diagnoses, 'certificate')?.status).not.toBe('ok');
    expect(found(diagnoses, 'clock')).toMatchObject({ found: 'this machine is 6 minutes 40 seconds ahead of Okta' });
    expect(found(diagnoses, 'clock')?.status).not.toBe('ok');
  });

  it('is said to be custom, and its cell to be unknown, where its metadata does not name it', () => {
    const org = { ...fullOrg, domain: 'login.example.com' };
    const diagnoses = diagnoseOrg(seen({}, { notes: ['cell: unknown'] } as Partial<Outcome>, org), false, now);
    expect(found(diagnoses, 'domain')?.found).toContain('a custom one');
    expect(found(diagnoses, 'cell')).toMatchObject({
      status: 'warning',
      remedy: expect.stringContaining('Set "cell"'),
    });
  });

  it('has no certificate behind a proxy, which is no failure', () => {
    const { certificate: _, ...without } = exchange;
    const diagnoses = diagnoseOrg(seen({ exchanges: [without] } as Partial<Outcome>), true, now);
    expect(found(diagnoses, 'certificate')).toMatchObject({
      status: 'open',
      found: 'verified, but not read behind a proxy',
    });
  });
});

describe('the secrets of an org', () => {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const stored = (key: unknown) =>
    memorySecrets(
      new Map([
        ['acme/key', JSON.stringify({ privateKey: key })],
        ['acme/api', '{"apiToken":"canary"}'],
      ]),
    );

  it('are fine if they exist and have the shape that is needed', async () => {
    const diagnoses = await diagnoseSecrets(fullOrg, stored(privateKey.export({ format: 'jwk' })));
    expect(diagnoses.map(({ what, status }) => [what, status])).toEqual([
      ['secret acme/key', 'ok'],
      ['secret acme/api', 'ok'],
    ]);
    expect(JSON.stringify(diagnoses)).not.toContain('canary');
  });

  it('are to be mended if one is missing or contains something else', async () => {
    const [key] = await diagnoseSecrets(fullOrg, stored(publicKey.export({ format: 'jwk' })));
    expect(key).toMatchObject({ status: 'problem', found: '"privateKey" holds a public key' });
    expect(key?.remedy).toMatch(/^Store the private key as a JWK/);
    const missing = await diagnoseSecrets(fullOrg, memorySecrets(new Map()));
    expect(missing.map(({ status }) => status)).toEqual(['problem', 'problem']);
  });
});

describe('the report of the doctor', () => {
  const report = (status: Diagnosis['status']) => [
    {
      part: 'AWS',
      diagnoses: [
        {
          what: 'stack',
          status,
          found: 'a long sentence about what was found, which takes more than one line of it',
          remedy: 'Mend it.',
        },
        { what: 'secret arn:aws:secretsmanager:eu-west-1:1:secret:acme', status: 'ok' as const, found: 'exists' },
      ],
    },
  ];

  it('has a mark, what was found and how to mend it, within 80 columns', () => {
    const text = stripVTControlCharacters(formatExaminations(report('problem')));
    expect(text).toMatch(/^AWS\n {2}✗ stack +a long sentence/);
    expect(text).toContain('→ Mend it.');
    expect(text).toContain('Verdict  1 to mend.');
    expect(tooLong(text, 80)).toEqual([]);
  });

  it.each([
    ['problem', false],
    ['warning', true],
    ['open', true],
    ['ok', true],
  ] as const)('with a %s, nothing is to be mended: %s', (status, healthy) => {
    expect(isHealthy(report(status))).toBe(healthy);
  });
});
