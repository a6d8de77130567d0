import { describe, expect, it } from 'vitest';
import { serviceApplication } from './support/okta-admin.ts';
import { schemaProblems } from './support/okta-sdk-schema.ts';

const publicJwk = { kty: 'RSA', use: 'sig', alg: 'RS256', kid: 'key', n: 'n', e: 'AQAB' };

describe('the schema of Okta’s SDK', () => {
  it('knows every member of a service application', () => {
    expect(schemaProblems('Application', serviceApplication(publicJwk))).toEqual([]);
  });

  it('finds a member that the model lacks and a value that an enum lacks, by path', () => {
    const body = serviceApplication(publicJwk, { application_type: 'robot', colour: 'red', grant_types: ['none'] });
    expect(schemaProblems('Application', body)).toEqual([
      expect.stringContaining('Application.settings.oauthClient.application_type: "robot" is not one of'),
      expect.stringContaining('Application.settings.oauthClient.grant_types[0]: "none" is not one of'),
      'Application.settings.oauthClient.colour: not a member of OpenIdConnectApplicationSettingsClient',
    ]);
  });

  it('chooses the model by the type in the body', () => {
    const rule = {
      ...{ type: 'ACCESS_POLICY', name: 'Monitor' },
      actions: { appSignOn: { verificationMethod: { type: 'ASSURANCE', factorMode: '3FA' } } },
    };
    expect(schemaProblems('PolicyRule', rule)).toEqual([expect.stringContaining('"3FA" is not one of')]);
  });

  it('refuses a model that the SDK does not have', () => {
    expect(() => schemaProblems('Robot', {})).toThrow('The SDK has no model Robot.');
  });
});
