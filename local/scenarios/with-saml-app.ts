import type { Config } from '../../lib/config/schema.ts';

/** The configuration with a SAML application at each org that has a test user and no such application yet. */
export function withSamlApp(config: Config): Config {
  return {
    ...config,
    orgs: config.orgs.map((org) => {
      if (!org.user || org.samlApps) return org;
      const at = `https://${org.domain}/app`;
      const samlApp = {
        ...{ name: 'payroll', ssoUrl: `${at}/payroll/exk1/sso/saml`, metadataUrl: `${at}/exk1/sso/saml/metadata` },
        ...{ acsUrl: 'https://payroll.example.com/acs', audience: 'https://payroll.example.com', issuer: 'exk1' },
        nameIdFormat: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
        attributes: ['email', 'lastName'],
      };
      return { ...org, samlApps: [samlApp] };
    }),
  };
}
