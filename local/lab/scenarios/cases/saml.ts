import type { SamlApp } from '../../../../functions/model/org.ts';
import type { SamlSettings } from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import { type Case, defineCase, type Expected, variant, warning } from '../case.ts';
import { changeOrg } from '../faults/configuration.ts';
import { type FaultAt, saml } from '../targets.ts';

const configuration = (finding: string): Expected => ({ code: finding, domain: 'configuration' });

/** Changes the SAML application in Okta. */
function alterSamlApp(changes: Partial<SamlSettings>): Fault {
  return ({ okta }) => ({ restore: okta.alterSamlApp('payroll', changes) });
}

/** Changes the service provider's data in the configuration. */
function expects(changes: Partial<SamlApp>): Fault {
  return changeOrg(({ samlApps, ...org }) => ({
    ...org,
    ...(samlApps && { samlApps: samlApps.map((app) => ({ ...app, ...changes })) }),
  }));
}

/** Replaces Okta's answer at the application's metadata, or at its sign-on. */
function answer(what: 'metadata' | 'sign-on', status: number, body: string): FaultAt<typeof saml> {
  return ({ okta }) => {
    const { metadataUrl, ssoUrl } = okta.samlApps.payroll;
    const { pathname } = new URL(what === 'metadata' ? metadataUrl : ssoUrl, okta.origin);
    return { restore: okta.intercept({ path: pathname }, { transform: (real) => ({ ...real, status, body }) }) };
  };
}

const elsewhere = 'https://old.example.com/acs';
const persistent = 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent';

export const samlCases: readonly Case[] = [
  defineCase('K6', 'a SAML certificate expires soon or has expired', 'page', [
    variant(saml, 'expired', configuration('saml-certificate-expired'), alterSamlApp({ certificateDays: -3 })),
    {
      ...warning(
        saml,
        '12 days left',
        configuration('saml-certificate-expires'),
        alterSamlApp({ certificateDays: 12 }),
      ),
      severity: 'ticket',
    },
    variant(
      saml,
      'another one',
      configuration('saml-certificate-changed'),
      expects({ certificateFingerprint: 'ab'.repeat(32) }),
    ),
  ]),
  defineCase('J11', 'a service provider refuses the SAML response', 'page', [
    variant(saml, 'ACS URL', configuration('saml-acs-mismatch'), alterSamlApp({ acsUrl: elsewhere })),
    variant(saml, 'recipient', configuration('saml-acs-mismatch'), alterSamlApp({ recipient: elsewhere })),
    variant(saml, 'audience', configuration('saml-audience-mismatch'), alterSamlApp({ audience: elsewhere })),
    variant(
      saml,
      'issuer',
      configuration('saml-issuer-mismatch'),
      alterSamlApp({ issuer: 'http://www.okta.com/exk2' }),
    ),
    variant(saml, 'unpublished key', configuration('saml-signature-invalid'), alterSamlApp({ unpublishedKey: true })),
    variant(
      saml,
      'not signed',
      configuration('saml-signature-invalid'),
      alterSamlApp({ signs: { response: false, assertion: false } }),
    ),
    variant(saml, 'NameID format', configuration('saml-name-id-mismatch'), expects({ nameIdFormat: persistent })),
    variant(
      saml,
      'attribute',
      configuration('saml-attribute-missing'),
      alterSamlApp({ attributes: { email: 'email' } }),
    ),
  ]),
  defineCase('J12', 'the sign-on to a SAML application does not end', 'ticket', [
    variant(saml, 'not assigned', configuration('saml-not-assigned'), alterSamlApp({ assigned: false })),
    variant(saml, 'another page', configuration('saml-no-response'), answer('sign-on', 200, '<html>Welcome</html>')),
    variant(saml, 'no metadata', configuration('saml-metadata-missing'), answer('metadata', 404, '<html></html>')),
    variant(saml, 'no certificate', configuration('saml-metadata-missing'), answer('metadata', 200, '<md></md>')),
    variant(
      saml,
      'an hour ahead',
      { code: 'saml-time-invalid', domain: 'clock' },
      alterSamlApp({ clockSkewSeconds: 3_600 }),
    ),
    variant(
      saml,
      'an hour behind',
      { code: 'saml-time-invalid', domain: 'clock' },
      alterSamlApp({ clockSkewSeconds: -3_600 }),
    ),
  ]),
];
