import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseSecret } from '../../../../functions/aws/secrets.ts';
import { privateKeyOf } from '../../../../functions/run/private-key.ts';
import { textOf } from '../../../../functions/run/secret-members.ts';

const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 });
const short = generateKeyPairSync('rsa', { modulusLength: 1_024 });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = (key: KeyObject) => ({ ...key.export({ format: 'jwk' }), kid: 'one' });
const pem = (key: KeyObject, type: 'pkcs1' | 'pkcs8' | 'sec1' | 'spki') =>
  String(key.export({ type, format: 'pem' } as never));
const encrypted = String(
  rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
);

const keyIn = (secret: unknown) => privateKeyOf(parseSecret('acme/key', JSON.stringify(secret)), 'acme/key');

describe('the private key of a client', () => {
  it.each([
    ['an RSA JWK', { privateKey: jwk(rsa.privateKey) }],
    ['an EC JWK', { privateKey: jwk(ec.privateKey) }],
    ['PKCS #8', { privateKey: pem(rsa.privateKey, 'pkcs8'), keyId: 'one' }],
  ])('the private key may be %s', async (_, secret) => {
    const { key, kid } = await keyIn(secret);
    expect([key.type, kid]).toEqual(['private', 'one']);
  });

  const wrong: readonly (readonly [what: string, privateKey: unknown, says: string])[] = [
    ['a public RSA JWK', jwk(rsa.publicKey), 'holds a public key: store the private key as a JWK'],
    ['a public EC JWK', jwk(ec.publicKey), 'holds a public key: '],
    ['a public key in PEM', pem(rsa.publicKey, 'spki'), 'holds a public key: '],
    ['a public key in PKCS #1', pem(rsa.publicKey, 'pkcs1'), 'holds a public key: '],
    ['a private key in PKCS #1', pem(rsa.privateKey, 'pkcs1'), 'is in PKCS #1: convert it with "openssl pkcs8'],
    ['an EC key in SEC 1', pem(ec.privateKey, 'sec1'), 'is an elliptic-curve key in PEM format: store it as a JWK'],
    ['an EC key in PKCS #8', pem(ec.privateKey, 'pkcs8'), 'is not an RSA key in PKCS #8: an elliptic-curve key must'],
    ['an encrypted key', encrypted, 'is encrypted: decrypt it with "openssl pkcs8'],
    ['a certificate', '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----', 'holds a certificate: '],
    ['PEM whose line breaks were lost', pem(rsa.privateKey, 'pkcs8').replaceAll('\n', '\\n'), 'line breaks in JSON'],
    ['a JWK in quotes', JSON.stringify(jwk(rsa.privateKey)), 'is a JWK in quotes: store it as an object'],
    ['a set of keys', { keys: [jwk(rsa.privateKey)] }, 'is a set of keys: store one private key of it'],
    ['a JWK without its modulus', { ...jwk(rsa.privateKey), n: undefined }, 'is a JWK that cannot be read'],
    ['a JWK without a type', { d: 'AQAB' }, 'is a JWK that cannot be read'],
    ['a key for encryption', { ...jwk(rsa.privateKey), alg: 'RSA-OAEP' }, 'is a key that cannot sign'],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0' }, 'is a key that cannot sign'],
    ['a short RSA key', jwk(short.privateKey), 'is an RSA key of fewer than 2048 bits'],
    ['any other text', 'canary', 'is neither a JWK nor PEM: store the private key as a JWK'],
    ['a number', 5, 'is neither a JWK nor PEM: '],
    ['empty', '', 'is neither a JWK nor PEM: '],
  ];

  it.each(wrong)('a "privateKey" that is %s is refused, with what to do and without a part of it', async (...row) => {
    const [, privateKey, says] = row;
    const error = await keyIn({ privateKey }).then(
      () => expect.fail('it was accepted'),
      (thrown: Error) => thrown,
    );
    expect(error).toMatchObject({ name: 'SecretUnreadable' });
    expect(error.message).toContain('secret "acme/key": "privateKey" ');
    expect(error.message).toContain(says);
    const values = JSON.stringify(privateKey).match(/[\w+/-]{12,}/g) ?? [];
    for (const value of ['canary', ...values.filter((each) => /\d/.test(each))]) {
      expect(error.message).not.toContain(value);
    }
  });
});

describe('a secret without the member that is needed', () => {
  it('says which member is there instead, if it is a known one', async () => {
    await expect(keyIn({ clientSecret: 'canary' })).rejects.toThrow(
      'secret "acme/key": it has "clientSecret", but "privateKey" is needed: store {"privateKey": …}',
    );
  });

  it('does not repeat the name of an unknown member, which may be the secret', async () => {
    const error = await keyIn({ canary: '' }).catch((thrown: Error) => thrown);
    expect(error).toHaveProperty('message', 'secret "acme/key": it has no "privateKey": store {"privateKey": …}');
  });

  it.each([
    ['is empty', ' \n', 'is empty or not a text'],
    ['is a number', 5, 'is empty or not a text'],
    ['has a line break', 'ca\nnary', 'has a character that is not allowed'],
  ])('a "clientSecret" that %s is refused, and not shown', (_, clientSecret, says) => {
    const secret = parseSecret('acme/secret', JSON.stringify({ clientSecret }));
    const read = () => textOf(secret, 'acme/secret', 'clientSecret');
    expect(read).toThrow(says);
    expect(read).not.toThrow('nary');
  });

  it.each([
    [undefined, 'its value is binary'],
    ['canary', 'its value is not JSON'],
    ['"canary"', 'its value is not a JSON object'],
    ['["canary"]', 'its value is not a JSON object'],
  ])('a value that is no JSON object is refused, and not shown: %j', (value, says) => {
    expect(() => parseSecret('acme/secret', value)).toThrow(says);
    expect(() => parseSecret('acme/secret', value)).not.toThrow('canary');
  });
});
