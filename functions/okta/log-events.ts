import { createHmac, randomBytes } from 'node:crypto';
import type { Change, ChangedThing, Party, Thing } from '../model/org-log.ts';
import { type CodeWay, type EventReading, readingOf } from './log-event-types.ts';

/**
 * An event of the org's System Log, without personal data.
 *
 * It has no name, login, e-mail address, IP address, user agent and place of anybody, by construction: each text in it is
 * a code, an id, or the display name of a thing that is no person, and a text that contains what names a person in the
 * same event is left out.
 */
export type OrgEvent = Recorded & EventMeaning;

interface Recorded {
  /** Okta's UUID. The same event may be read twice. */
  readonly id: string;
  readonly type: string;
  /** When it happened, in epoch milliseconds. Trap: later events may be older. */
  readonly atMs: number;
  /** `X-Okta-Request-Id` of the request that caused it, if one did. */
  readonly requestId?: string;
}

/** What an event says. `kind` is one of the series that are counted, or evidence for findings. */
export type EventMeaning =
  | {
      readonly kind: 'rate-limit';
      readonly limit: Extract<EventReading, { kind: 'rate-limit' }>['limit'];
      /** Whose limit it is. */
      readonly scope: 'org' | 'client' | 'token' | 'user' | 'operation';
      /** The URL pattern that Okta names the bucket by: `/api/v1/users`. */
      readonly bucket?: string;
      /** Of a limit of an operation: `phone_enrollment`. */
      readonly operation?: string;
      /** Requests in the period. */
      readonly threshold?: number;
      /** Who sent the request that reached it. That one need not have sent the most. */
      readonly by: Party;
    }
  | { readonly kind: 'sign-in'; readonly succeeded: boolean; readonly reason?: string }
  | { readonly kind: 'sign-on-failed'; readonly application?: Thing; readonly reason?: string }
  | { readonly kind: 'factor-failed'; readonly factor?: string; readonly reason?: string }
  | { readonly kind: 'lockout' }
  | { readonly kind: 'policy-denied'; readonly policies: readonly Thing[] }
  | {
      readonly kind: 'token-granted';
      readonly token: 'access_token' | 'id_token' | 'refresh_token';
      readonly application?: Thing;
      /** Absent for the Org server. */
      readonly server?: string;
    }
  | {
      readonly kind: 'token-refused';
      readonly application?: Thing;
      readonly server?: string;
      /** Okta's internal code, or otherwise the OAuth error. */
      readonly error?: string;
    }
  | { readonly kind: 'credentials-refused'; readonly application?: Thing }
  | {
      readonly kind: 'change';
      readonly what: ChangedThing;
      readonly change: Change;
      readonly succeeded: boolean;
      readonly by: Party;
      readonly targets: readonly Thing[];
    }
  | {
      readonly kind: 'system';
      readonly part: Extract<EventReading, { kind: 'system' }>['part'];
      readonly state: Extract<EventReading, { kind: 'system' }>['state'];
      readonly targets: readonly Thing[];
    }
  | { readonly kind: 'factor-verified'; readonly way?: CodeWay }
  | {
      readonly kind: 'directory';
      readonly through: string;
      /** It answered, if only that the password is wrong. */
      readonly answered: boolean;
      readonly isTimeout: boolean;
    }
  | { readonly kind: 'code-sent'; readonly way: CodeWay }
  | { readonly kind: 'provisioning'; readonly succeeded: boolean; readonly application?: Thing }
  | { readonly kind: 'removal'; readonly what: string; readonly applications: readonly Thing[] }
  | {
      readonly kind: 'threat';
      readonly sign: Extract<EventReading, { kind: 'threat' }>['sign'];
      readonly result: string;
      /** Marks of this process, by which networks and users can be counted, and not be known. */
      readonly from?: { readonly network?: string; readonly user?: string };
    };

/**
 * Reads an event of the System Log. Returns undefined for malformed events, and for types that the monitor does not read.
 *
 * The input is what anybody may have sent. What looks wrong is left out, and never makes it throw.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
 */
export function readLogEvent(value: unknown): OrgEvent | undefined {
  const type = text(at(value, 'eventType'), /^[a-z][\w.]{2,99}$/i);
  const reading = type === undefined ? undefined : readingOf(type);
  const id = text(at(value, 'uuid'), /^[\w-]{8,64}$/);
  const atMs = timeOf(at(value, 'published'));
  if (type === undefined || reading === undefined || id === undefined || atMs === undefined) return undefined;
  const meaning = meaningOf(reading, sourceOf(value));
  const requestId = requestIdOf(value);
  return meaning && { id, type, atMs, ...(requestId !== undefined && { requestId }), ...meaning };
}

/** What an event says about something, with what names a person left out. */
interface Source {
  readonly result: string;
  readonly reason: string | undefined;
  /** The reason as it came. Trap: it may name anybody, so it is only searched, and never kept. */
  readonly said: string;
  /** Marks of the network and the user. */
  readonly from: { readonly network?: string; readonly user?: string };
  readonly actor: Party;
  readonly apiTokenId: string | undefined;
  readonly targets: readonly Thing[];
  /** The application whose request it was. */
  readonly application: Thing | undefined;
  debug(name: string, pattern?: RegExp): string | undefined;
}

function meaningOf(reading: NonNullable<ReturnType<typeof readingOf>>, source: Source): EventMeaning | undefined {
  const { result, reason, actor, targets, application } = source;
  const isGood = result === 'SUCCESS' || result === 'ALLOW';
  if (reading.only !== undefined && result !== reading.only) return undefined;
  const because = reason === undefined ? {} : { reason };
  switch (reading.kind) {
    case 'rate-limit':
      return limitOf(reading, source);
    case 'token':
      return tokenEvent(reading, source, isGood);
    case 'sign-in':
      return { kind: 'sign-in', succeeded: isGood, ...because };
    case 'sign-on': {
      const app = targets.find(({ type }) => type === 'AppInstance');
      return { kind: 'sign-on-failed', ...(app && { application: app }), ...because };
    }
    case 'factor':
      if (isGood) return { kind: 'factor-verified', ...defined({ way: wayOf(source.debug('factor')) }) };
      return { kind: 'factor-failed', ...defined({ factor: source.debug('factor') }), ...because };
    case 'lockout':
      return { kind: 'lockout' };
    case 'policy':
      return { kind: 'policy-denied', policies: targets.filter(({ type }) => /policy/i.test(type)) };
    case 'credentials':
      return { kind: 'credentials-refused', ...defined({ application }) };
    case 'change': {
      const { what, change, isRefusal = false } = reading;
      return { kind: 'change', what, change, succeeded: isGood || isRefusal, by: actor, targets };
    }
    case 'system':
      return { kind: 'system', part: reading.part, state: reading.state, targets };
    case 'directory': {
      // A wrong password is an answer of the directory.
      const isOfUser = /credential|password|locked|disabled|expired/i.test(source.said);
      const isTimeout = /time(d)?[ _-]?out/i.test(source.said);
      return { kind: 'directory', through: reading.through, answered: isGood || (isOfUser && !isTimeout), isTimeout };
    }
    case 'code-sent':
      return { kind: 'code-sent', way: reading.way };
    case 'provisioning': {
      const app = targets.find(({ type }) => type === 'AppInstance');
      return { kind: 'provisioning', succeeded: isGood, ...(app && { application: app }) };
    }
    case 'removal':
      if (!isGood) return undefined;
      return {
        kind: 'removal',
        what: reading.what,
        applications: targets.filter(({ type }) => type === 'AppInstance'),
      };
    case 'threat':
      return { kind: 'threat', sign: reading.sign, result, ...(reading.sign === 'blocked' && { from: source.from }) };
  }
}

/** Forgotten with the process, so that no mark can be traced back. */
const salt = randomBytes(16);

function markOf(value: unknown): string | undefined {
  return typeof value === 'string'
    ? createHmac('sha256', salt).update(value).digest('base64url').slice(0, 8)
    : undefined;
}

/** The way of a factor that sends something. */
function wayOf(factor = ''): CodeWay | undefined {
  if (/push/i.test(factor)) return 'push';
  if (/sms/i.test(factor)) return 'sms';
  if (/call|voice/i.test(factor)) return 'voice';
  return /email/i.test(factor) ? 'email' : undefined;
}

function tokenEvent(
  { step }: Extract<EventReading, { kind: 'token' }>,
  { reason, application, debug }: Source,
  isGood: boolean,
): EventMeaning {
  const where = { ...defined({ application }), ...defined({ server: debug('authorizationServer', idPattern) }) };
  if (isGood && step !== 'authorize' && step !== 'request') return { kind: 'token-granted', token: step, ...where };
  return { kind: 'token-refused', ...where, ...defined({ error: reason ?? debug('error') }) };
}

function limitOf(reading: Extract<EventReading, { kind: 'rate-limit' }>, source: Source): EventMeaning {
  const { targets, apiTokenId, application, actor, debug } = source;
  const pattern = targets.find(({ type }) => type === 'URL Pattern')?.id;
  const bucket =
    pattern ??
    debug('urlPattern', urlPattern) ??
    debug('burstRateLimitUrlPattern', urlPattern) ??
    debug('rateLimitBucket', urlPattern);
  const threshold = Number(debug('threshold', /^\d{1,9}$/) ?? debug('operationRateLimitThreshold', /^\d{1,9}$/));
  const by: Party = apiTokenId !== undefined ? { type: 'api-token', id: apiTokenId } : (partyOf(application) ?? actor);
  return {
    ...{ kind: 'rate-limit', limit: reading.limit, scope: scopeOf(reading.scope, debug('rateLimitScopeType') ?? '') },
    ...defined({ bucket, operation: debug('operationRateLimitType') }),
    ...(Number.isFinite(threshold) && { threshold }),
    by,
  };
}

function partyOf(application: Thing | undefined): Party | undefined {
  return application && { type: 'application', ...defined({ id: application.id, name: application.name }) };
}

/** Whose limit it is. The events of an API token's limit and of an application's are those of the org's limit. */
function scopeOf(scope: 'org' | 'client' | 'operation', type: string) {
  if (scope !== 'org') return scope;
  if (/user/i.test(type)) return 'user';
  if (/token/i.test(type)) return 'token';
  return /client|app/i.test(type) ? 'client' : 'org';
}

const maxTargets = 20;
const idPattern = /^[\w.-]{2,64}$/;
const codePattern = /^(?:[a-z]+(?:_[a-z0-9]+)+|[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)$/;
const urlPattern = /^\/[\w/{}.*:+-]{0,120}$/;
/** Kinds of things whose ids and names are read. */
const thingPattern =
  /app|policy|rule|authorizationserver|oauth2|scope|claim|network|zone|feature|key|client|credential|certificate|hook|stream|agent|domain|idp|identityprovider|authenticator|token|captcha|ratelimit|url pattern|bucket uuid/i;
/** Kinds of things that are, or belong to, a person. */
const personPattern = /user|person|people|contact|member|mail|phone|device|session|account|enrol|profile|principal$/i;

function sourceOf(event: unknown): Source {
  const personal = personalTexts(event);
  const safe = (value: string | undefined) =>
    value !== undefined && personal.some((one) => containsWord(value.toLowerCase(), one)) ? undefined : value;
  const debugData = at(event, 'debugContext', 'debugData');
  const debug = (name: string, pattern = codePattern) => safe(text(at(debugData, name), pattern));

  function thingOf(participant: unknown): Thing | undefined {
    const type = text(at(participant, 'type'), /^[\w -]{1,40}$/);
    if (type === undefined || !thingPattern.test(type) || personPattern.test(type)) return undefined;
    const id = safe(text(at(participant, 'id'), type === 'URL Pattern' ? urlPattern : idPattern));
    return { type, ...defined({ id, name: safe(nameOf(at(participant, 'displayName'))) }) };
  }

  const actor = at(event, 'actor');
  const clientId = debug('clientId', idPattern) ?? safe(text(at(event, 'client', 'id'), idPattern));
  const client = at(actor, 'type') === 'PublicClientApp' ? thingOf(actor) : undefined;
  return {
    result: text(at(event, 'outcome', 'result'), codePattern) ?? 'UNKNOWN',
    reason: safe(text(at(event, 'outcome', 'reason'), codePattern)),
    said: text(at(event, 'outcome', 'reason'), /./) ?? '',
    from: defined({ network: markOf(at(event, 'client', 'ipAddress')), user: markOf(at(actor, 'id')) }),
    actor: actorOf(actor, client),
    apiTokenId: safe(text(at(event, 'transaction', 'detail', 'requestApiTokenId'), idPattern)),
    targets: list(at(event, 'target')).flatMap((target) => thingOf(target) ?? []),
    application: client ?? (clientId === undefined ? undefined : { type: 'PublicClientApp', id: clientId }),
    debug,
  };
}

function actorOf(actor: unknown, client: Thing | undefined): Party {
  const known = partyOf(client);
  if (known) return known;
  const type = at(actor, 'type');
  return { type: type === 'User' ? 'user' : type === 'SystemPrincipal' ? 'okta' : 'unknown' };
}

/** What names the people of an event, in lower case: no text that is kept may contain it. */
function personalTexts(event: unknown): readonly string[] {
  const people = [at(event, 'actor'), ...list(at(event, 'target'))].filter(
    (participant) => text(at(participant, 'type'), personPattern) !== undefined,
  );
  const named = people.flatMap((one) => [at(one, 'displayName'), at(one, 'alternateId'), at(one, 'id')]);
  const client = [at(event, 'client', 'ipAddress'), at(event, 'client', 'userAgent', 'rawUserAgent')];
  const addresses = list(at(event, 'request', 'ipChain')).map((hop) => at(hop, 'ip'));
  return [...named, ...client, ...addresses]
    .filter((value): value is string => typeof value === 'string' && value.length > 2 && value !== 'unknown')
    .map((value) => value.toLowerCase());
}

/** Whether a text contains another between other signs than letters and digits. */
function containsWord(whole: string, word: string): boolean {
  const isPartOfWord = (sign: string) => /[\p{L}\p{N}]/u.test(sign);
  for (let start = whole.indexOf(word); start >= 0; start = whole.indexOf(word, start + 1)) {
    if (!isPartOfWord(whole.charAt(start - 1)) && !isPartOfWord(whole.charAt(start + word.length))) return true;
  }
  return false;
}

/** The display name of a thing. One that looks as if it held an address is left out. */
function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 100) return undefined;
  const name = value.replace(/[\p{C}\s]+/gu, ' ').trim();
  return name === '' || /@|\d+\.\d+\.\d+\.\d+|[\da-f]*:[\da-f]*:/i.test(name) ? undefined : name;
}

function requestIdOf(event: unknown): string | undefined {
  const pattern = /^[\w@=+/.-]{8,64}$/;
  const transaction = at(event, 'transaction');
  const isOfRequest = at(transaction, 'type') === 'WEB';
  return (
    (isOfRequest ? text(at(transaction, 'id'), pattern) : undefined) ??
    text(at(event, 'debugContext', 'debugData', 'requestId'), pattern)
  );
}

function timeOf(value: unknown): number | undefined {
  const time = Date.parse(text(value, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z$/) ?? '');
  return Number.isNaN(time) ? undefined : time;
}

function text(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && value.length <= 200 && pattern.test(value) ? value : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.slice(0, maxTargets) : [];
}

/** The own member at a path, or undefined. */
function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === 'object' && found !== null && Object.hasOwn(found, name)
        ? (found as Readonly<Record<string, unknown>>)[name]
        : undefined,
    value,
  );
}

/** The members that have a value. */
function defined<Value>(members: Readonly<Record<string, Value | undefined>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Record<
    string,
    Value
  >;
}
