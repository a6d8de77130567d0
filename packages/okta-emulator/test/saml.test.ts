import { X509Certificate } from 'node:crypto';
import { SAML, type SamlConfig, ValidateInResponseTo } from '@node-saml/node-saml';
import { parseDocument } from 'htmlparser2';
import { describe, expect, it } from 'vitest';
import type { SamlApplicationName, SamlSettings } from '../src/index.ts';
import { createBrowser } from './support/browser.ts';
import { openDuring } from './support/during.ts';
import { openOkta } from './support/open-okta.ts';
import { createIdxSteps, stateTokenOf } from './support/sign-in-steps.ts';

const { okta, client } = await openOkta();
const { password, totp, thin } = okta.users;

const during = openDuring();

async function metadata(name: SamlApplicationName) {
  const response = await client.request(okta.samlApps[name].metadataUrl);
  const text = await response.text();
  const between = (tag: string) => new RegExp(`<[a-z]+:${tag}[^>]*>([^<]+)<`).exec(text)?.[1] ?? '';
  const [, location = ''] = /HTTP-Redirect" Location="([^"]+)"/.exec(text) ?? [];
  return { entityId: /entityID="([^"]+)"/.exec(text)?.[1] ?? '', certificate: between('X509Certificate'), location };
}

/** A foreign implementation of a service provider, configured by the metadata. */
async function serviceProvider(name: SamlApplicationName, changes: Partial<SamlConfig> = {}) {
  const { acsUrl, audience } = okta.samlApps[name];
  const { entityId, certificate, location } = await metadata(name);
  return new SAML({
    ...{ callbackUrl: acsUrl, issuer: audience, audience, idpIssuer: entityId, idpCert: certificate },
    ...{ entryPoint: location, wantAssertionsSigned: true, wantAuthnResponseSigned: name === 'payroll' },
    ...changes,
  });
}

/** The form that the page posts to the service provider. */
function posted(page: string) {
  const inputs: Record<string, string> = {};
  let action = '';
  const walk = (nodes: ReturnType<typeof parseDocument>['children']) => {
    for (const node of nodes) {
      if (!('attribs' in node)) continue;
      if (node.name === 'form') action = node.attribs.action ?? '';
      if (node.name === 'input') inputs[node.attribs.name ?? ''] = node.attribs.value ?? '';
      walk(node.children);
    }
  };
  walk(parseDocument(page).children);
  return { action, SAMLResponse: inputs.SAMLResponse ?? '', RelayState: inputs.RelayState };
}

/** Signs a user on to an application, and returns the posted form. */
async function signOn(url: string, user = password) {
  const { body } = await createBrowser(okta, client, {}, user).visit(url);
  return posted(body);
}

describe.each(['payroll', 'wiki'] as const)('the SAML application %s', (name) => {
  it('is signed on to from Okta, and a foreign service provider accepts the response', async () => {
    const post = await signOn(okta.samlApps[name].ssoUrl);
    expect(post.action).toBe(okta.samlApps[name].acsUrl);
    const provider = await serviceProvider(name);
    const { profile } = await provider.validatePostResponseAsync({ SAMLResponse: post.SAMLResponse });
    expect(profile).toMatchObject({ nameID: password.login, issuer: okta.samlApps[name].entityId });
  });

  it('is signed on to from the service provider, which gets its request and its state back', async () => {
    const provider = await serviceProvider(name, { validateInResponseTo: ValidateInResponseTo.always });
    const post = await signOn(await provider.getAuthorizeUrlAsync('the-state', undefined, {}));
    expect(post.RelayState).toBe('the-state');
    expect((await provider.validatePostResponseAsync({ SAMLResponse: post.SAMLResponse })).profile).not.toBeNull();
    await expect(provider.validatePostResponseAsync({ SAMLResponse: post.SAMLResponse })).rejects.toThrow(
      /InResponseTo/,
    );
  });
});

describe('a sign-on to a SAML application', () => {
  it('needs no sign-in with a session, and asks for what the session lacks', async () => {
    const browser = createBrowser(okta, client);
    await browser.visit(okta.samlApps.payroll.ssoUrl);
    const again = await browser.send(okta.samlApps.wiki.ssoUrl);
    expect(posted(await again.text()).SAMLResponse).not.toBe('');
    during(okta.alterUser(password.login, { factorMode: '2FA' }));
    expect(stateTokenOf(await (await browser.send(okta.samlApps.wiki.ssoUrl)).text())).toBeDefined();
  });

  it('has the attributes of the user, and none that the user lacks', async () => {
    const provider = await serviceProvider('payroll');
    const attributesOf = async (user: typeof password) => {
      const { SAMLResponse } = await signOn(okta.samlApps.payroll.ssoUrl, user);
      return (await provider.validatePostResponseAsync({ SAMLResponse })).profile?.attributes;
    };
    expect(await attributesOf(password)).toMatchObject({ firstName: 'Mona', department: 'Operations' });
    expect(await attributesOf(thin)).not.toHaveProperty('department');
  });

  it('is refused to a user without an assignment, at the sign-in and with a session', async () => {
    const browser = createBrowser(okta, client);
    await browser.visit(okta.samlApps.payroll.ssoUrl);
    during(okta.alterSamlApp('payroll', { assigned: false }));
    expect((await browser.send(okta.samlApps.payroll.ssoUrl)).status).toBe(403);
    const other = createBrowser(okta, client);
    const idx = createIdxSteps(other.send);
    const page = await (await other.send(okta.samlApps.payroll.ssoUrl)).text();
    await idx.introspect(stateTokenOf(page) ?? '');
    const step = await idx.identify(password.login, password.password);
    expect(step).toMatchObject({ status: 400, keys: ['idx.error.user.not.assigned.to.app'] });
    expect((await other.send(okta.samlApps.wiki.ssoUrl)).status).toBe(200);
  });

  it.each<[string, Partial<SamlSettings>, RegExp]>([
    ['another audience', { audience: 'https://else.example.com' }, /audience/i],
    ['a clock that is wrong', { clockSkewSeconds: 3600 }, /not yet valid|valid/i],
    ['a key that the metadata lacks', { unpublishedKey: true }, /signature/i],
    ['no signature of the assertion', { signs: { response: true, assertion: false } }, /signature/i],
  ])('with %s is refused by the service provider', async (_, changes, message) => {
    during(okta.alterSamlApp('payroll', changes));
    const { SAMLResponse } = await signOn(okta.samlApps.payroll.ssoUrl);
    const provider = await serviceProvider('payroll');
    await expect(provider.validatePostResponseAsync({ SAMLResponse })).rejects.toThrow(message);
  });

  it('names another issuer and another recipient, which this service provider leaves to its caller', async () => {
    during(
      okta.alterSamlApp('payroll', { issuer: 'http://www.okta.com/exkAnother', recipient: 'https://else.example' }),
    );
    const { SAMLResponse } = await signOn(okta.samlApps.payroll.ssoUrl);
    const { profile } = await (await serviceProvider('payroll')).validatePostResponseAsync({ SAMLResponse });
    expect(profile?.issuer).toBe('http://www.okta.com/exkAnother');
    expect(profile?.getAssertionXml?.()).toContain('Recipient="https://else.example"');
  });

  it('posts to where the application is configured', async () => {
    during(okta.alterSamlApp('payroll', { acsUrl: 'https://old.example.com/acs' }));
    expect((await signOn(okta.samlApps.payroll.ssoUrl)).action).toBe('https://old.example.com/acs');
    const provider = await serviceProvider('payroll');
    const answer = await client.request(await provider.getAuthorizeUrlAsync('', undefined, {}));
    expect(answer.status).toBe(400);
  });

  it('has a certificate of ten years, or one that has expired', async () => {
    const endOf = async () => {
      const { certificate } = await metadata('payroll');
      return new X509Certificate(Buffer.from(certificate, 'base64')).validToDate.getTime();
    };
    expect(await endOf()).toBeGreaterThan(Date.now() + 9 * 365 * 86_400_000);
    during(okta.alterSamlApp('payroll', { certificateDays: -1 }));
    expect(await endOf()).toBeLessThan(Date.now());
    const { SAMLResponse } = await signOn(okta.samlApps.payroll.ssoUrl);
    const provider = await serviceProvider('payroll');
    expect((await provider.validatePostResponseAsync({ SAMLResponse })).profile?.nameID).toBe(password.login);
  });

  it('of a user with two factors is proved by both', async () => {
    const { SAMLResponse } = await signOn(okta.samlApps.wiki.ssoUrl, totp as typeof password);
    const { profile } = await (await serviceProvider('wiki')).validatePostResponseAsync({ SAMLResponse });
    expect(profile?.nameID).toBe(totp.login);
  });

  it('is refused for anything but a request', async () => {
    const answer = await client.request(`${okta.samlApps.wiki.ssoUrl}?SAMLRequest=bm90aGluZw%3D%3D`);
    expect(answer.status).toBe(400);
  });
});

describe('the metadata at the API', () => {
  const get = (accept: string) =>
    client.request(`/api/v1/apps/${okta.samlApps.payroll.id}/sso/saml/metadata`, {
      headers: { accept, authorization: `SSWS ${okta.apiToken}` },
    });

  it('is XML, and is refused to who asks for JSON', async () => {
    expect(await (await get('application/xml')).text()).toContain(okta.samlApps.payroll.entityId);
    const refused = await get('application/json');
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ errorCode: 'E0000019' });
  });
});
