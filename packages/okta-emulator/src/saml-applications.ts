import { addedTo } from './org.ts';
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** The NameID formats that Okta offers. */
const formats = {
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
} as const;

/** A SAML application as an administrator configured it. Each setting can be altered while the org runs. */
export interface SamlSettings {
  /** Where the response is posted: the assertion consumer service. */
  readonly acsUrl: string;
  /** The recipient of the assertion, if it is not the assertion consumer service. */
  readonly recipient?: string;
  readonly audience: string;
  /** The issuer, if it is not the entity id of the metadata. */
  readonly issuer?: string;
  readonly nameIdFormat: keyof typeof formats;
  /** The attribute of the user that is the NameID. */
  readonly nameId: 'login' | 'email';
  /** What each attribute is taken from. A user without it has no such attribute. */
  readonly attributes: Readonly<Record<string, 'login' | 'email' | 'firstName' | 'lastName' | 'department' | 'groups'>>;
  readonly signs: { readonly response: boolean; readonly assertion: boolean };
  /** Days until the certificate expires, or since then if negative. By default it is valid for ten years. */
  readonly certificateDays?: number;
  /** Whether it signs with a key that the metadata does not have. */
  readonly unpublishedKey: boolean;
  /** Seconds by which the times in the response are wrong. */
  readonly clockSkewSeconds: number;
  /** Whether it is assigned to the users of the org. */
  readonly assigned: boolean;
}

export interface SamlApplication {
  /** The application's id. The API knows it. */
  readonly id: string;
  /** The id in the entity id and in URLs. */
  readonly entity: string;
  /** In the URL of the sign-on. */
  readonly name: string;
  readonly label: string;
  readonly settings: () => SamlSettings;
  /** Changes settings from now on. Returns a function that ends this. */
  readonly alter: (changes: Partial<SamlSettings>) => () => void;
}

export type SamlApplicationName = 'payroll' | 'wiki';

const common = { unpublishedKey: false, clockSkewSeconds: 0, assigned: true };

/** The SAML applications of an org. They differ in what administrators choose differently. */
export function createSamlApplications(): Readonly<Record<SamlApplicationName, SamlApplication>> {
  return {
    payroll: createApplication('0oa1saml2app3payroll', 'exk1saml2app3payroll', 'acme_payroll_1', 'Payroll', {
      ...common,
      acsUrl: 'https://payroll.example.com/saml/acs',
      audience: 'https://payroll.example.com/saml/metadata',
      nameIdFormat: 'emailAddress',
      nameId: 'email',
      attributes: { email: 'email', firstName: 'firstName', lastName: 'lastName', department: 'department' },
      signs: { response: true, assertion: true },
    }),
    wiki: createApplication('0oa1saml2app3wikiwik', 'exk1saml2app3wikiwik', 'acme_wiki_1', 'Wiki', {
      ...common,
      acsUrl: 'https://wiki.example.com/sso',
      audience: 'wiki',
      nameIdFormat: 'unspecified',
      nameId: 'login',
      attributes: { groups: 'groups' },
      signs: { response: false, assertion: true },
    }),
  };
}

function createApplication(
  id: string,
  entity: string,
  name: string,
  label: string,
  settings: SamlSettings,
): SamlApplication {
  const alterations = new Set<Partial<SamlSettings>>();
  return {
    ...{ id, entity, name, label },
    settings: () => Object.assign({}, settings, ...alterations),
    alter(changes) {
      return addedTo(alterations, { ...changes });
    },
  };
}

export const entityIdOf = ({ entity }: SamlApplication): string => `http://www.okta.com/${entity}`;
export const ssoPathOf = ({ name, entity }: SamlApplication): string => `/app/${name}/${entity}/sso/saml`;
export const nameIdFormatOf = ({ nameIdFormat }: SamlSettings): string => formats[nameIdFormat];

/** The key that an application's metadata has, and the one that it signs with. */
export async function keysOf(
  { settings }: SamlApplication,
  orgKey: SamlKey,
  nowMs: number,
): Promise<{ readonly published: SamlKey; readonly signing: SamlKey }> {
  const { certificateDays, unpublishedKey } = settings();
  const published = certificateDays === undefined ? orgKey : await samlKeyFor(certificateDays, nowMs);
  return { published, signing: unpublishedKey ? await samlKeyFor(3650, nowMs) : published };
}

/** A key that signs SAML responses, with its self-signed certificate. Both are PEM. */
export interface SamlKey {
  readonly certificate: string;
  readonly privateKey: string;
}

const algorithm = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
} as const;

const dayMs = 86_400_000;
const lifetimeDays = 3650;

/** A key whose certificate is valid for ten years, with this many days left. */
export async function createSamlKey(
  daysLeft: number,
  nowMs: number,
  given?: webcrypto.CryptoKeyPair,
): Promise<SamlKey> {
  x509.cryptoProvider.set(webcrypto);
  const keys = given ?? (await generateKeys());
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'E=info@okta.com, CN=emulator, OU=SSOProvider, O=Okta, L=San Francisco, ST=California, C=US',
    keys,
    notBefore: new Date(nowMs + (daysLeft - lifetimeDays) * dayMs),
    notAfter: new Date(nowMs + daysLeft * dayMs),
    signingAlgorithm: algorithm,
  });
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { certificate: certificate.toString('pem'), privateKey: x509.PemConverter.encode(pkcs8, 'PRIVATE KEY') };
}

function generateKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

let shared: Promise<webcrypto.CryptoKeyPair> | undefined;

/** Makes the key pair of `listedKey`, which takes a tenth of a second, before anybody asks for it. */
export function prepareListedKey(): Promise<webcrypto.CryptoKeyPair> {
  shared ??= generateKeys();
  return shared;
}

/** A key that never signs here: only its certificate is listed. Generating a key pair would take too long. */
export async function listedKey(daysLeft: number, nowMs: number): Promise<SamlKey> {
  return createSamlKey(daysLeft, nowMs, await prepareListedKey());
}

const created = new Map<string, Promise<SamlKey>>();

/** The same key for the same day, so that the metadata and the signature match. */
function samlKeyFor(daysLeft: number, nowMs: number): Promise<SamlKey> {
  const endsOn = `${daysLeft}/${Math.floor(nowMs / dayMs)}`;
  const key = created.get(endsOn) ?? createSamlKey(daysLeft, nowMs);
  created.set(endsOn, key);
  return key;
}

/** A certificate as XML has it: base64 without the lines of PEM. */
export function certificateBody({ certificate }: SamlKey): string {
  return certificate.replace(/-----[^-]+-----|\s/g, '');
}
