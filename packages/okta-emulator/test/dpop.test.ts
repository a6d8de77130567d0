import { createHash, randomUUID } from 'node:crypto';
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { dpopAlgorithms } from '../src/index.ts';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();
const tokenPath = '/oauth2/v1/token';
const usersPath = '/api/v1/users?limit=1';

interface Key {
  readonly algorithm: string;
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

async function newKey(algorithm = 'RS256'): Promise<Key> {
  return { algorithm, ...(await generateKeyPair(algorithm, { extractable: true })) };
}

const key = await newKey();

/** A proof for a request. `undefined` removes a claim. */
async function proof(
  method: string,
  url: string,
  claims: JWTPayload = {},
  { algorithm, ...keys } = key,
  typ = 'dpop+jwt',
) {
  const all = { htm: method, htu: url, iat: Math.floor(Date.now() / 1000), jti: randomUUID(), ...claims };
  const given = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  return new SignJWT(given)
    .setProtectedHeader({ typ, alg: algorithm, jwk: await exportJWK(keys.publicKey) })
    .sign(keys.privateKey);
}

async function assertion() {
  const { clientId, privateJwk } = okta.clients.dpop;
  const now = Math.floor(Date.now() / 1000);
  const client_assertion = await new SignJWT({
    iss: clientId,
    sub: clientId,
    aud: okta.origin + tokenPath,
    exp: now + 60,
  })
    .setProtectedHeader({ alg: 'RS256', kid: privateJwk.kid })
    .setJti(randomUUID())
    .sign(await importJWK(privateJwk, 'RS256'));
  return { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer', client_assertion };
}

async function requestToken(headers: Record<string, string>) {
  const form = { grant_type: 'client_credentials', scope: 'okta.users.read', ...(await assertion()) };
  return client.post(tokenPath, form, headers);
}

async function boundToken(bound = key): Promise<string> {
  const url = okta.origin + tokenPath;
  const refused = await requestToken({ dpop: await proof('POST', url, {}, bound) });
  const nonce = refused.headers.get('dpop-nonce');
  const granted = await requestToken({ dpop: await proof('POST', url, { nonce }, bound) });
  return String(granted.body.access_token);
}

const hash = (token: string) => createHash('sha256').update(token).digest('base64url');
const usersUrl = `${okta.origin}/api/v1/users`;

function callApi(authorization: string, dpop?: string) {
  return client.request(usersPath, { headers: { authorization, ...(dpop !== undefined && { dpop }) } });
}

describe('/token for an application that requires DPoP', () => {
  it('refuses a request without a proof', async () => {
    expect(await requestToken({})).toMatchObject({
      status: 400,
      body: { error: 'invalid_dpop_proof', error_description: 'The DPoP proof JWT header is missing.' },
    });
  });

  it('asks for a nonce, and then issues a bound token', async () => {
    const url = okta.origin + tokenPath;
    const refused = await requestToken({ dpop: await proof('POST', url) });
    expect(refused).toMatchObject({
      status: 400,
      body: { error: 'use_dpop_nonce', error_description: 'Authorization server requires nonce in DPoP proof.' },
    });
    const nonce = refused.headers.get('dpop-nonce');
    const granted = await requestToken({ dpop: await proof('POST', url, { nonce }) });
    expect(granted).toMatchObject({ status: 200, body: { token_type: 'DPoP' } });
    expect(granted.headers.get('dpop-nonce')).not.toBeNull();
  });

  it.each([
    ['of another method', { htm: 'GET' }, "'htm' claim in the DPoP proof JWT is invalid."],
    ['for another URL', { htu: 'https://example.com/' }, "'htu' claim in the DPoP proof JWT is invalid."],
    ['without a time', { iat: undefined }, "'iat' claim in the DPoP proof JWT is invalid."],
    ['without an id', { jti: undefined }, "'jti' claim in the DPoP proof JWT is invalid."],
    ['that has expired', { exp: 1 }, 'The DPoP proof JWT is expired.'],
  ])('refuses a proof %s with Okta’s error', async (_, claims, error_description) => {
    const answer = await requestToken({ dpop: await proof('POST', okta.origin + tokenPath, claims) });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_dpop_proof', error_description } });
  });

  it('refuses a proof of another type, and one that is not a JWT', async () => {
    const wrongType = await proof('POST', okta.origin + tokenPath, {}, key, 'jwt');
    const answers = await Promise.all([wrongType, 'gibberish'].map((dpop) => requestToken({ dpop })));
    expect(answers.map(({ body }) => body.error_description)).toEqual([
      "'typ' must be 'dpop+jwt' in the DPoP proof JWT.",
      'The DPoP proof JWT cannot be parsed.',
    ]);
  });

  it('refuses an algorithm that Okta does not document', async () => {
    const dpop = await proof('POST', okta.origin + tokenPath, {}, await newKey('PS256'));
    expect((await requestToken({ dpop })).body.error_description).toBe(
      'The DPoP proof JWT signature algorithm is invalid.',
    );
  });

  it('lists the algorithms in its metadata', async () => {
    const response = await client.request('/.well-known/openid-configuration');
    expect(await response.json()).toMatchObject({ dpop_signing_alg_values_supported: dpopAlgorithms });
  });
});

const token = await boundToken();
const ath = hash(token);

describe('the management API with a bound token', () => {
  it.each(dpopAlgorithms)('accepts a proof by %s', async (algorithm) => {
    const bound = await newKey(algorithm);
    const token = await boundToken(bound);
    const response = await callApi(`DPoP ${token}`, await proof('GET', usersUrl, { ath: hash(token) }, bound));
    expect(response.status).toBe(200);
    expect(await response.json()).toHaveLength(1);
  });

  it.each([
    ['without a proof', undefined, 'The resource request requires a DPoP proof.'],
    ['for another URL', { ath, htu: okta.origin }, "'htu' claim in the DPoP proof JWT is invalid."],
    ['of another method', { ath, htm: 'POST' }, "'htm' claim in the DPoP proof JWT is invalid."],
    [
      'for another token',
      { ath: hash('x') },
      "'ath' claim in the DPoP proof does not match the presented access_token.",
    ],
    ['from the future', { ath, iat: Date.now() / 1000 + 99 }, 'The DPoP proof JWT is issued in the future.'],
    ['too old', { ath, iat: 1 }, 'The DPoP proof JWT is issued more than five minutes in the past.'],
  ])('refuses a request with a proof %s by a challenge', async (_, claims, description) => {
    const response = await callApi(`DPoP ${token}`, claims && (await proof('GET', usersUrl, claims)));
    expect(response.status).toBe(400);
    expect(await response.text()).toBe('');
    const challenge = response.headers.get('www-authenticate');
    expect(challenge).toMatch(/^DPoP algs="RS256 RS384 RS512 ES256 ES384 ES512", authorization_uri="http:/);
    expect(challenge).toContain(`error_description="${description}"`);
  });

  it('refuses a proof by another key, a proof that was used, and a token sent as Bearer', async () => {
    const used = await proof('GET', usersUrl, { ath });
    const answers = [
      await callApi(`DPoP ${token}`, await proof('GET', usersUrl, { ath }, await newKey())),
      await callApi(`DPoP ${token}`, used),
      await callApi(`DPoP ${token}`, used),
      await callApi(`Bearer ${token}`),
      await callApi(`DPoP ${await client.orgToken()}`, await proof('GET', usersUrl)),
    ];
    const texts = answers.map(
      (answer) => /error_description="([^"]*)"/.exec(answer.headers.get('www-authenticate') ?? '')?.[1],
    );
    expect(texts).toEqual([
      'The access_token is not bound to the provided DPoP proof.',
      undefined,
      'The DPoP proof JWT has already been used.',
      'The resource request must use the DPoP authentication scheme when using a DPoP bound token.',
      'The presented access_token is not DPoP bound.',
    ]);
  });

  it('compares the URL of a proof with the decoded path, as Okta does', async () => {
    const path = `/api/v1/users/${encodeURIComponent(okta.user.login)}`;
    const request = async (htu: string) => {
      const dpop = await proof('GET', htu, { ath });
      return (await client.request(path, { headers: { authorization: `DPoP ${token}`, dpop } })).status;
    };
    expect(await request(okta.origin + decodeURIComponent(path))).toBe(200);
    expect(await request(okta.origin + path)).toBe(400);
  });
});
