import { compactVerify, createLocalJWKSet, errors, type JSONWebKeySet } from 'jose';
import type { Org, Server } from '../../../functions/model/org.ts';
import type { KeySet } from '../../../functions/model/probe.ts';
import { clockToleranceSeconds, shownValue } from '../../../functions/okta/access-token.ts';
import { isOktaHost } from '../../../functions/okta/okta-domains.ts';
import { algorithm, signatureProblem } from '../../../functions/probes/verify.ts';
import { inWords, momentInWords } from '../reporters/text.ts';
import type { Issuer } from './read-token.ts';
import { type ReadToken, type TokenKind, tokenKinds } from './read-token.ts';

/** The requirements of a service for tokens. */
export interface TokenRequirements {
  readonly audience?: string;
  readonly scopes?: readonly string[];
}

/** What one server said of a token (RFC 7662), or why it was not asked or gave no usable answer. */
export interface Introspection {
  /** The id of the server. */
  readonly server: string;
  readonly clientId: string;
  readonly claims?: Readonly<Record<string, unknown>>;
  readonly failure?: string;
}

/** The facts besides the token. */
export interface TokenContext {
  /** In seconds since the epoch, by Okta's clock if it is known. */
  readonly now: number;
  /** Okta's clock minus this machine's. */
  readonly clockOffsetSeconds?: number;
  readonly orgs: readonly Org[];
  readonly issuer: Issuer;
  readonly requirements: TokenRequirements;
  /** The keys of the issuer, or why they are missing. Absent if they were not requested. */
  readonly keys?: KeySet | { readonly unavailable: string };
  readonly introspections: readonly Introspection[];
}

/**
 * `noted` is a fact that decides nothing. `unknown` is a question that stays open, and with it the verdict.
 */
export type TokenCheckStatus = 'passed' | 'failed' | 'unknown' | 'noted';

export interface TokenCheck {
  readonly name: string;
  readonly status: TokenCheckStatus;
  readonly expected: string;
  readonly found: string;
  readonly why?: string;
}

export type TokenVerdict = 'accepted' | 'rejected' | 'undecided';

export interface TokenReport {
  readonly kind: TokenKind;
  readonly verdict: TokenVerdict;
  /** A service's answer to a rejected access token (RFC 6750, 3.1). */
  readonly answer?: '401 invalid_token' | '403 insufficient_scope';
  readonly summary: string;
  readonly checks: readonly TokenCheck[];
  readonly claimNames: readonly string[];
}

type Claims = Readonly<Record<string, unknown>>;

/**
 * Judges a token as a service would, and reports expected and found values for each check.
 *
 * Trap: the access tokens of the Org server, refresh tokens and encrypted tokens can only be judged by Okta. Without an
 * introspection the verdict on them is `undecided`. No value of a claim is in the report, except for those that
 * identify servers, clients and scopes.
 */
export async function judgeToken(token: ReadToken, context: TokenContext): Promise<TokenReport> {
  const claims = token.claims ?? claimsOf(context.introspections);
  const checks = [
    kindCheck(token, context),
    ...(isFinal(token.kind) ? [] : headerChecks(token)),
    ...(claims && !isFinal(token.kind)
      ? [
          issuerCheck(claims, context),
          ...timeChecks(claims, context),
          audienceCheck(token.kind, claims, context),
          ...clientChecks(claims),
          ...scopeChecks(token.kind, claims, context),
          ...claimChecks(token, context),
          ...bindingChecks(claims, context),
        ]
      : []),
    ...(isFinal(token.kind) ? [] : await signatureChecks(token, context)),
    ...introspectionChecks(token, context),
  ];
  return { kind: token.kind, checks, claimNames: namesOf(claims), ...decide(token.kind, checks, context) };
}

/** Kinds that services always reject. */
function isFinal(kind: TokenKind): boolean {
  return ['damaged-jwt', 'api-token', 'none', 'client-assertion', 'dpop-proof'].includes(kind);
}

/** Whether only Okta, or the holder of a key, can judge the token. */
function isUnreadable(kind: TokenKind): boolean {
  return ['org-access-token', 'opaque', 'encrypted-jwt'].includes(kind);
}

/** The claims of a token that cannot be read, as the introspection of its server names them. */
function claimsOf(introspections: readonly Introspection[]): Claims | undefined {
  const { claims } = introspections.find((each) => each.claims?.active === true) ?? {};
  if (!claims) return undefined;
  const { active: _, scope, client_id: cid, ...others } = claims;
  const scp = typeof scope === 'string' ? scope.split(' ') : undefined;
  return { ...others, ...(scp && { scp }), ...(cid !== undefined && { cid }) };
}

function namesOf(claims: Claims | undefined): readonly string[] {
  return Object.keys(claims ?? {})
    .slice(0, 100)
    .map((name) => (/^[\w.:/@-]{1,80}$/.test(name) ? name : 'a name that is not shown'));
}

function kindCheck({ kind, notes }: ReadToken, { requirements, issuer }: TokenContext): TokenCheck {
  const check = (status: TokenCheckStatus, why?: string): TokenCheck => ({
    ...{ name: 'kind', status, expected: requirements.scopes ? 'an access token' : 'an access token or ID token' },
    found: tokenKinds[kind],
    ...([why, ...notes].some(Boolean) && { why: [why, ...notes].filter(Boolean).join('; ') }),
  });
  switch (kind) {
    case 'custom-access-token':
      return check('passed');
    case 'id-token':
      return requirements.scopes
        ? check('failed', 'an ID token is for the application that it names; an API takes an access token')
        : check('passed');
    case 'org-access-token':
      return isForOkta(requirements, issuer)
        ? check('passed')
        : check('failed', 'only Okta can validate it: request a token from a custom authorization server');
    case 'opaque':
    case 'encrypted-jwt':
      return check('noted');
    default:
      return check('failed');
  }
}

const openidScopes = ['openid', 'profile', 'email', 'address', 'phone', 'groups', 'offline_access', 'device_sso'];

/** Whether the service that requires this can be Okta itself. */
function isForOkta({ audience, scopes = [] }: TokenRequirements, issuer: Issuer): boolean {
  const own = 'server' in issuer ? issuer.server.issuer : undefined;
  return (
    (audience === undefined || audience === own) &&
    scopes.every((scope) => scope.startsWith('okta.') || openidScopes.includes(scope))
  );
}

function headerChecks({ kind, header }: ReadToken): readonly TokenCheck[] {
  if (!header) return [];
  const { alg, kid, typ } = header;
  const isOurs = isUnreadable(kind);
  const named = ['jwk', 'jku', 'x5u', 'x5c'].filter((name) => header[name] !== undefined);
  return [
    {
      name: 'algorithm',
      status: isOurs ? 'noted' : alg === algorithm ? 'passed' : 'failed',
      expected: isOurs ? 'any' : algorithm,
      found: shownValue(alg),
      ...(!isOurs && alg !== algorithm && { why: `Okta signs tokens with ${algorithm} and nothing else` }),
    },
    noted('key id', shownValue(kid)),
    ...(typ === undefined
      ? []
      : [noted('type', typeof typ === 'string' && /^[\w.+/-]{1,60}$/.test(typ) ? typ : 'not shown')]),
    ...(named.length > 0
      ? [noted('header', named.join(' '), 'the token brings or names a key of its own, which must not be trusted')]
      : []),
  ];
}

function issuerCheck({ iss }: Claims, { issuer, orgs }: TokenContext): TokenCheck {
  const found = shownValue(iss);
  const known = [...new Set(orgs.flatMap(({ servers }) => servers.map((server) => server.issuer)))];
  const check = (status: TokenCheckStatus, expected: string, why?: string): TokenCheck => ({
    ...{ name: 'issuer', status, expected, found },
    ...(why !== undefined && { why }),
  });
  if (issuer.place === 'unnamed') return check('failed', 'a URL');
  if (issuer.place === 'elsewhere') {
    if (orgs.length === 0) return check('unknown', 'not given', 'pass --domain or --config');
    const host = URL.parse(String(iss))?.hostname ?? '';
    const why = isOktaHost(host)
      ? 'another org of Okta, or this one under its other domain, which "issuer" of the server would say'
      : 'a host that is not configured, and none of Okta';
    return check('failed', known.join(' '), why);
  }
  const { server, place } = issuer;
  if (iss !== server.issuer)
    return check('failed', server.issuer, 'services compare issuers character by character (RFC 8414, 3.3)');
  return place === 'configured'
    ? check('passed', server.issuer)
    : check('noted', 'any server of the domain', 'a server of this domain that is not configured');
}

function timeChecks({ iat, nbf, exp, auth_time }: Claims, context: TokenContext): readonly TokenCheck[] {
  const { now, clockOffsetSeconds = 0 } = context;
  const past = (name: string, value: unknown): readonly TokenCheck[] => {
    if (value === undefined) return [];
    if (!isDate(value)) return [{ name, status: 'failed', expected: 'in the past', found: noDate(value) }];
    const isFuture = value - now > clockToleranceSeconds;
    const why = isFuture && { why: 'the clocks differ, or the token is not valid yet' };
    const found = momentInWords(value, now);
    return [{ name, status: isFuture ? 'failed' : 'passed', expected: 'in the past', found, ...why }];
  };
  const expected = 'in the future';
  const expiry: TokenCheck = isDate(exp)
    ? { name: 'expires', status: exp > now ? 'passed' : 'failed', expected, found: momentInWords(exp, now) }
    : { name: 'expires', status: 'failed', expected, found: exp === undefined ? 'missing' : noDate(exp) };
  const sinceExpiry = isDate(exp) ? now - exp : Number.NaN;
  return [
    ...(Math.abs(clockOffsetSeconds) > clockToleranceSeconds
      ? [
          noted(
            'clock',
            `this machine is ${inWords(clockOffsetSeconds)} ${clockOffsetSeconds > 0 ? 'behind' : 'ahead of'} Okta`,
            "judged by Okta's clock",
          ),
        ]
      : []),
    ...past('issued', iat),
    ...past('not before', nbf),
    sinceExpiry >= 0 && sinceExpiry <= 2 * clockToleranceSeconds
      ? { ...expiry, why: 'services that tolerate two minutes still accept it' }
      : expiry,
    ...(isDate(iat) && isDate(exp) ? lifetimeChecks(exp - iat, context) : []),
    ...past('signed in', auth_time),
  ];
}

/** Trap: a time in milliseconds is a date of the far future. */
const farFuture = 100_000_000_000;

function isDate(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < farFuture;
}

function noDate(value: unknown): string {
  return typeof value === 'number' && value >= farFuture ? 'no date in seconds: milliseconds?' : 'no date';
}

function lifetimeChecks(seconds: number, { issuer }: TokenContext): readonly TokenCheck[] {
  const least = 'server' in issuer ? issuer.server.expects?.minLifetimeSeconds : undefined;
  if (least === undefined) return [noted('lifetime', inWords(seconds))];
  const status = seconds >= least ? 'passed' : 'failed';
  return [{ name: 'lifetime', status, expected: `at least ${inWords(least)}`, found: inWords(seconds) }];
}

function audienceCheck(kind: TokenKind, { aud }: Claims, { issuer, requirements }: TokenContext): TokenCheck {
  const found = shownValue(aud);
  const server: Server | undefined = 'server' in issuer ? issuer.server : undefined;
  const expected =
    requirements.audience ?? (kind === 'id-token' ? server?.web?.clientId : (server?.audience ?? undefined));
  const name = 'audience';
  if (aud === undefined) return { name, status: 'failed', expected: expected ?? 'any', found };
  if (expected === undefined) {
    const why =
      kind === 'id-token' ? 'it is the client ID of the application' : 'pass --audience to judge it as a service does';
    return noted(name, found, kind === 'org-access-token' ? undefined : why);
  }
  const audiences = [aud].flat();
  if (audiences.includes(expected)) return { name, status: 'passed', expected, found };
  const why = kind === 'id-token' ? { why: 'the audience of an ID token is the client ID of its application' } : {};
  return { name, status: 'failed', expected, found, ...why };
}

function clientChecks({ cid }: Claims): readonly TokenCheck[] {
  return cid === undefined ? [] : [noted('client', shownValue(cid))];
}

function scopeChecks(kind: TokenKind, claims: Claims, { requirements }: TokenContext): readonly TokenCheck[] {
  if (kind === 'id-token') return [];
  const granted = grantedScopes(claims);
  const found = granted.length === 0 ? 'none' : granted.slice(0, 50).map(shownValue).join(' ');
  const { scopes } = requirements;
  if (!scopes) return [noted('scopes', found)];
  const missing = scopes.filter((scope) => !granted.includes(scope));
  return [
    {
      ...{ name: 'scopes', status: missing.length === 0 ? 'passed' : 'failed', expected: scopes.join(' '), found },
      ...(missing.length > 0 && { why: `not granted: ${missing.join(' ')}` }),
    },
  ];
}

/** Okta writes `scp`, a list. RFC 9068 has `scope`, a text. */
function grantedScopes({ scp, scope }: Claims): readonly unknown[] {
  if (Array.isArray(scp)) return scp;
  const text = scp ?? scope;
  return typeof text === 'string' ? text.split(' ').filter(Boolean) : [];
}

function claimChecks({ kind, claims }: ReadToken, { issuer }: TokenContext): readonly TokenCheck[] {
  if (!claims || !('server' in issuer)) return [];
  const { expects } = issuer.server;
  const required =
    kind === 'id-token' ? expects?.idToken : kind === 'custom-access-token' ? expects?.claims : undefined;
  if (!required) return [];
  const missing = required.filter((name) => claims[name] === undefined || claims[name] === null);
  const found = missing.length === 0 ? 'all of them' : `missing: ${missing.join(' ')}`;
  return [{ name: 'claims', status: missing.length === 0 ? 'passed' : 'failed', expected: required.join(' '), found }];
}

function bindingChecks({ cnf, cid }: Claims, { issuer }: TokenContext): readonly TokenCheck[] {
  const { jkt, 'x5t#S256': certificate } = Object(cnf) as Claims;
  const service = 'server' in issuer ? issuer.server.service : undefined;
  const demands = service?.dpop === true && service.clientId === cid;
  if (jkt !== undefined) {
    const why = 'DPoP: it is worth something only with a proof by this key, and not as a Bearer token (RFC 9449)';
    return [
      {
        name: 'binding',
        status: demands ? 'passed' : 'noted',
        expected: demands ? 'a key' : 'any',
        found: `cnf.jkt ${shownValue(jkt)}`,
        why,
      },
    ];
  }
  if (certificate !== undefined)
    return [noted('binding', 'a client certificate', 'it is worth something only over mutual TLS (RFC 8705)')];
  if (!demands) return [noted('binding', 'none', 'anyone who has it can use it: a Bearer token')];
  const why = 'the configuration says that this client demands DPoP';
  return [{ name: 'binding', status: 'failed', expected: 'a key (cnf.jkt)', found: 'none', why }];
}

async function signatureChecks(token: ReadToken, { issuer, keys }: TokenContext): Promise<readonly TokenCheck[]> {
  const name = 'signature';
  const expected = 'by a key of its issuer';
  if (token.kind === 'org-access-token')
    return [noted(name, 'not verified', 'Okta does not publish the keys of these tokens')];
  if (token.kind === 'encrypted-jwt' || token.kind === 'opaque') return [];
  if (token.kind === 'unsigned-jwt') return [{ name, status: 'failed', expected, found: 'none' }];
  const unknown = (why: string): readonly TokenCheck[] => [
    { name, status: 'unknown', expected, found: 'not verified', why },
  ];
  if (!('server' in issuer)) return unknown('keys are fetched only from the domain that you name');
  if (!keys) return unknown('the keys of its issuer were not fetched');
  if ('unavailable' in keys) return unknown(keys.unavailable);
  const value = token.value.reveal();
  try {
    await compactVerify(value, createLocalJWKSet(keys as unknown as JSONWebKeySet), { algorithms: [algorithm] });
    return [{ name, status: 'passed', expected, found: 'valid' }];
  } catch (error) {
    const code = error instanceof errors.JOSEError ? error.code : '';
    const problem = signatureProblem(code, { value }, keys);
    const [comparison] = problem.comparisons ?? [];
    return [
      {
        ...{ name, status: 'failed', expected: comparison?.expected ?? expected },
        found: comparison?.found ?? 'not verifiable',
        why: signatureReasons[problem.code] ?? 'the key that it names cannot verify it',
      },
    ];
  }
}

const signatureReasons: Readonly<Record<string, string>> = {
  'signing-key-unpublished':
    'the issuer does not publish the key that it names: another server or org, a key that was retired, or one that is pinned to an application',
  'signature-invalid': 'the token was changed, or signed with another key',
  'algorithm-unexpected': 'not verified: the algorithm is not one of Okta',
  'keys-unusable': 'the issuer publishes keys that cannot be used',
};

function introspectionChecks(
  { kind, claims }: ReadToken,
  { introspections, orgs }: TokenContext,
): readonly TokenCheck[] {
  const name = 'introspection';
  const expected = 'active';
  const mustAsk = isUnreadable(kind);
  if (isFinal(kind) || (kind === 'id-token' && introspections.length === 0)) return [];
  if (introspections.length === 0) {
    const why =
      orgs.length === 0
        ? 'pass --domain or --config'
        : mustAsk && !claims && orgs.length > 1
          ? 'it names no server: choose its org with --org'
          : 'no service application is configured at the server that issued it';
    return [{ name, status: mustAsk ? 'unknown' : 'noted', expected, found: 'not asked', why }];
  }
  const active = introspections.find((each) => each.claims?.active === true);
  if (active) {
    const differing = claims && ['jti', 'sub', 'iss'].find((each) => differs(claims[each], active.claims?.[each]));
    return differing === undefined
      ? [{ name, status: 'passed', expected, found: `active at ${active.server}` }]
      : [{ name, status: 'failed', expected, found: `active, but with another ${differing}` }];
  }
  return introspections.map(({ server, clientId, claims: said, failure }) => {
    if (!said)
      return {
        name,
        status: mustAsk ? 'unknown' : 'noted',
        expected,
        found: `not known at ${server}`,
        why: failure ?? '',
      };
    // Okta says the same of a token about which this client may not ask.
    const isOwn = claims?.cid === clientId;
    const why = isOwn
      ? 'it has expired or was revoked'
      : 'expired, revoked, of another server, or none that this client may ask about: Okta does not say which';
    return { name, status: isOwn ? 'failed' : 'unknown', expected, found: `not active at ${server}`, why };
  });
}

function differs(own: unknown, said: unknown): boolean {
  return own !== undefined && said !== undefined && own !== said;
}

function noted(name: string, found: string, why?: string): TokenCheck {
  return { name, status: 'noted', expected: 'any', found, ...(why !== undefined && { why }) };
}

function decide(
  kind: TokenKind,
  checks: readonly TokenCheck[],
  { requirements }: TokenContext,
): Pick<TokenReport, 'verdict' | 'answer' | 'summary'> {
  const namesWith = (status: TokenCheckStatus) => [
    ...new Set(checks.filter((check) => check.status === status).map(({ name }) => name)),
  ];
  const failed = namesWith('failed');
  if (failed.length > 0) {
    if (kind === 'id-token')
      return { verdict: 'rejected', summary: `An application rejects it: ${failed.join(', ')}.` };
    const answer = failed.every((name) => name === 'scopes') ? '403 insufficient_scope' : '401 invalid_token';
    return { verdict: 'rejected', answer, summary: `A service rejects it with ${answer}: ${failed.join(', ')}.` };
  }
  const open = namesWith('unknown');
  if (open.length > 0)
    return { verdict: 'undecided', summary: `It cannot be said from here whether it is good: ${open.join(', ')}.` };
  const who = kind === 'id-token' ? 'An application' : 'A service';
  const condition = checks.some(({ name, status }) => name === 'audience' && status === 'noted')
    ? `, if it expects this audience${requirements.scopes || kind === 'id-token' ? '' : ' and these scopes'}`
    : '';
  const isBound = checks.some(({ name, found }) => name === 'binding' && found.startsWith('cnf.jkt'));
  const proof = isBound ? ' with a proof by its key (DPoP)' : '';
  const summary = isUnreadable(kind) ? 'Okta says that it is active.' : `${who} accepts it${proof}${condition}.`;
  return { verdict: 'accepted', summary };
}
