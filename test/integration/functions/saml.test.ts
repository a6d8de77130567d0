import { createHash, X509Certificate } from 'node:crypto';
import { beforeEach, expect, it } from 'vitest';
import { parseSecret } from '../../../functions/aws/secrets.ts';
import { verifyResponse } from '../../../functions/journey/saml-signature.ts';
import type { Org, SamlApp } from '../../../functions/model/org.ts';
import type { Outcome } from '../../../functions/model/outcome.ts';
import { journey } from '../../../functions/probes/index.ts';
import { openDuring } from '../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { fullOrg } from '../../support/full-org.ts';
import { outcomeOf, type RunProbesOptions, runProbes } from '../../support/run-probes.ts';

const { okta, client } = await openOkta();

const during = openDuring();

let runs = 0;
beforeEach(() => {
  runs += 1;
});

const { acsUrl, audience, entityId, ssoUrl, metadataUrl } = okta.samlApps.payroll;
const absolute = (url: string) => new URL(url, okta.origin).href;
const payroll: SamlApp = {
  ...{ name: 'payroll', ssoUrl: absolute(ssoUrl), metadataUrl: absolute(metadataUrl), acsUrl, audience },
  ...{ issuer: entityId, attributes: ['email', 'department'] },
  nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
};

async function signOn(change: Partial<SamlApp> = {}, options: RunProbesOptions = {}): Promise<Outcome> {
  const report = await runProbes(okta, journey, {
    ...options,
    org: fullOrg,
    adjust: (org): Org => ({
      ...{ ...org, name: `saml-${runs}`, user: { login: okta.user.login, secret: 'acme/user' } },
      samlApps: [{ ...payroll, ...change }],
    }),
    secrets: {
      read: async () => parseSecret('acme/user', JSON.stringify({ password: okta.user.password })),
    },
  });
  expect(report.monitorErrors).toEqual([]);
  return outcomeOf(report, 'saml');
}

const codeOf = (outcome: Outcome) => (outcome.status === 'failed' ? outcome.finding.code : outcome.status);

it('a response that the service provider would accept passes, and its certificate has days left', async () => {
  const outcome = await signOn();
  expect(outcome).toMatchObject({
    status: 'passed',
    warnings: [],
    readings: { SamlCertificateDays: expect.any(Number) },
  });
});

it('an application that signs its assertion alone passes too', async () => {
  const { wiki } = okta.samlApps;
  const outcome = await signOn({
    ...{ ssoUrl: absolute(wiki.ssoUrl), metadataUrl: absolute(wiki.metadataUrl), acsUrl: wiki.acsUrl },
    ...{ audience: wiki.audience, issuer: wiki.entityId, attributes: ['groups'] },
    nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  });
  expect(codeOf(outcome)).toBe('passed');
});

it.each([
  ['the ACS URL is another one', { acsUrl: 'https://old.example.com/saml' }, 'saml-acs-mismatch'],
  ['the recipient is another one', { recipient: 'https://old.example.com/saml' }, 'saml-acs-mismatch'],
  ['the audience is another one', { audience: 'https://old.example.com' }, 'saml-audience-mismatch'],
  ['the issuer is another one', { issuer: 'http://www.okta.com/exkOther' }, 'saml-issuer-mismatch'],
  ['the clock is wrong', { clockSkewSeconds: 3_600 }, 'saml-time-invalid'],
  ['the clock is slow', { clockSkewSeconds: -3_600 }, 'saml-time-invalid'],
  ['nothing is signed', { signs: { response: false, assertion: false } }, 'saml-signature-invalid'],
  ['the key is not that of the metadata', { unpublishedKey: true }, 'saml-signature-invalid'],
  ['the certificate has expired', { certificateDays: -3 }, 'saml-certificate-expired'],
  ['the user is not assigned', { assigned: false }, 'saml-not-assigned'],
] as const)('%s', async (_, change, code) => {
  during(okta.alterSamlApp('payroll', change));
  expect(codeOf(await signOn())).toBe(code);
});

it('a NameID of another format, and a missing attribute, are reported with the expected values', async () => {
  expect(codeOf(await signOn({ nameIdFormat: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent' }))).toBe(
    'saml-name-id-mismatch',
  );
  const outcome = await signOn({ attributes: ['email', 'staffNumber'] });
  expect(outcome).toMatchObject({
    status: 'failed',
    finding: {
      code: 'saml-attribute-missing',
      comparisons: [{ name: 'attribute staffNumber', expected: 'a value', found: 'missing' }],
    },
  });
  // What describes the user is nowhere.
  for (const text of [okta.user.login, 'Operations', 'SAMLResponse'])
    expect(JSON.stringify(outcome)).not.toContain(text);
});

it('a certificate that the service provider does not have is told, and one that expires soon is a warning', async () => {
  const text = await (await client.request(absolute(metadataUrl))).text();
  const [, base64 = ''] = /X509Certificate>([^<]+)</.exec(text) ?? [];
  const { fingerprint256 } = new X509Certificate(Buffer.from(base64, 'base64'));
  expect(codeOf(await signOn({ certificateFingerprint: fingerprint256 }))).toBe('passed');
  const other = createHash('sha256').update('another certificate').digest('hex');
  expect(codeOf(await signOn({ certificateFingerprint: other }))).toBe('saml-certificate-changed');
  during(okta.alterSamlApp('payroll', { certificateDays: 12 }));
  const outcome = await signOn();
  expect(outcome.status === 'passed' && outcome.warnings.map(({ code }) => code)).toEqual(['saml-certificate-expires']);
});

it('the days of a certificate and the times of an assertion are judged by the clock of Okta', async () => {
  const now = () => Date.now() + 3_600_000;
  expect(codeOf(await signOn({}, { now }))).toBe('passed');
});

it('metadata that is not served is told', async () => {
  during(okta.intercept({ path: new URL(payroll.metadataUrl).pathname }, { status: 404 }));
  expect(codeOf(await signOn())).toBe('saml-metadata-missing');
});

it('a page without a response is told', async () => {
  const body = '<html>Something else</html>';
  during(
    okta.intercept(
      { path: new URL(payroll.ssoUrl).pathname },
      { status: 200, body, headers: { 'content-type': 'text/html' } },
    ),
  );
  expect(codeOf(await signOn())).toBe('saml-no-response');
});

it.each([
  ['nothing', ''],
  ['no XML', Buffer.from('hello').toString('base64')],
  [
    'entities',
    Buffer.from('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><Response>&b;</Response>').toString('base64'),
  ],
  [
    'no signature',
    Buffer.from('<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol"><Assertion/></Response>').toString('base64'),
  ],
])('a response that is %s is refused with a reason', async (_, response) => {
  const text = await (await client.request(absolute(metadataUrl))).text();
  const [, base64 = ''] = /X509Certificate>([^<]+)</.exec(text) ?? [];
  const verified = await verifyResponse(response, [new X509Certificate(Buffer.from(base64, 'base64'))]);
  expect(verified).toEqual({ why: expect.any(String) });
});

it('a response whose signed assertion is altered, doubled or moved elsewhere is refused, and so is one with a document type', async () => {
  const text = await (await client.request(absolute(metadataUrl))).text();
  const [, base64 = ''] = /X509Certificate>([^<]+)</.exec(text) ?? [];
  const certificates = [new X509Certificate(Buffer.from(base64, 'base64'))];
  let xml = '';
  during(
    okta.intercept(
      { path: new URL(payroll.ssoUrl).pathname },
      {
        transform: (answer) => {
          const [, value = ''] = /name="SAMLResponse"[^>]*value="([^"]+)"/.exec(String(answer.body)) ?? [];
          xml ||= Buffer.from(
            value.replaceAll(/&#x([0-9a-f]+);/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
            'base64',
          ).toString();
          return answer;
        },
      },
    ),
  );
  await signOn();
  const judge = (altered: string) => verifyResponse(Buffer.from(altered).toString('base64'), certificates);
  expect(await judge(xml)).toHaveProperty('assertion');
  // The signature covers the response, and not what comes before it.
  for (const type of ['<!DOCTYPE r>', '<!DOCTYPE r [<!ENTITY who "admin@example.com">]>', '<!doctype r SYSTEM "x">'])
    expect(await judge(`${type}${xml.replace(/^<\?xml[^>]*>/, '')}`)).toEqual({ why: 'it is no response of SAML' });
  const [assertion = ''] = /<(\w+:)?Assertion\b[\s\S]*<\/(\w+:)?Assertion>/.exec(xml) ?? [];
  expect(assertion).not.toBe('');
  const forged = assertion.replaceAll(okta.user.login, 'admin@example.com').replace(/ID="[^"]+"/, 'ID="forged"');
  for (const altered of [
    xml.replaceAll(okta.user.login, 'admin@example.com'),
    xml.replace(assertion, forged + assertion),
    xml.replace(assertion, forged.replace(/(<\/(\w+:)?Assertion>)$/, `<x xmlns="urn:x">${assertion}</x>$1`)),
    xml.replace(assertion, `<x xmlns="urn:x">${assertion}</x>${forged}`),
  ]) {
    const verified = await judge(altered);
    if ('assertion' in verified) expect(verified.assertion).not.toContain('admin@example.com');
    else expect(verified.why).not.toBe('');
  }
});
