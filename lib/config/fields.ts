import { z } from 'zod';
import { isOktaHost } from '../../functions/okta/okta-domains.ts';

/** A string that `problemOf` checks: it returns the problem, if there is one. Trap: the text must not quote a secret. */
export function checkedString(problemOf: (value: string) => string | undefined) {
  return z.string().superRefine((value, context) => {
    const message = problemOf(value);
    if (message) context.addIssue({ code: 'custom', message });
  });
}

const arn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const secretName = /^[\w/+=.@-]{1,512}$/;

/**
 * The name or ARN of a secret.
 *
 * Trap: people paste the secret itself, and the template shows this field in clear text. Anything that looks like an
 * Okta credential is refused, and no message repeats it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret-name.html
 */
export const secretReference = checkedString((value) => {
  if (looksLikeCredential(value)) {
    return 'looks like a secret: revoke it, store a new one in AWS Secrets Manager, and use its name here';
  }
  if (arn.test(value)) return undefined;
  if (value.startsWith('arn:')) {
    return 'is not a complete secret ARN: copy it from Secrets Manager, including the last six characters, or use the name';
  }
  return secretName.test(value)
    ? undefined
    : 'is not a valid secret name: store the secret in AWS Secrets Manager, and use its name here';
});

function looksLikeCredential(value: string): boolean {
  const isApiToken = /^00[\w-]{40}$/.test(value);
  const isClientSecret =
    /^([\w-]{40}|[\w-]{64})$/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value);
  const isKey = /PRIVATE KEY/.test(value) || /^\s*\{/.test(value);
  return isApiToken || isClientSecret || isKey || value.startsWith('SSWS ');
}

/** The host of an org, with a port if it is not 443. */
export const orgDomain = checkedString((value) => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return 'must be a host without a scheme: remove https://';
  if (value.includes('/')) return 'must be a host without a path: remove the path';
  if (value.includes('_')) return 'must be a host: hosts cannot contain underscores';
  if (/[A-Z]/.test(value)) return 'must be lowercase, as it is in tokens';
  if (isOktaHost(value.replace(/:\d*$/, '')) && /^[^.]+-admin\./.test(value)) {
    return 'is the Admin Console, which does not serve sign-in: remove "-admin"';
  }
  const [host = '', port, ...rest] = value.split(':');
  const labels = host.split('.');
  const isHost = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) < 65_536);
  if (!isHost || !isPort || rest.length > 0 || (labels.length < 2 && host !== 'localhost')) {
    return 'must be a host such as acme.okta.com, with a port only if it is not 443';
  }
  return undefined;
});

/** An OAuth redirect URI. */
export const redirectUri = checkedString((value) => {
  const url = URL.parse(value);
  if (url?.hash) return 'must not have a fragment (#…)';
  if (hasCredentials(url)) return credentialsInUrl;
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost');
  return isAllowed ? undefined : 'must begin with https:// or http://localhost';
});

export const httpsUrl = checkedString((value) => httpsProblem(URL.parse(value)));

/** The URL of something that takes a token, which must not be in it. */
export const urlWithoutQuery = checkedString((value) => {
  const url = URL.parse(value);
  return url?.search || url?.hash
    ? 'must end before the "?": the template shows the URL in clear text, so the token belongs in the secret'
    : httpsProblem(url);
});

function httpsProblem(url: URL | null): string | undefined {
  if (hasCredentials(url)) return credentialsInUrl;
  return url?.protocol === 'https:' ? undefined : 'must be a URL that begins with https://';
}

/** An address to which SNS can send. */
export const emailAddress = checkedString((value) =>
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z]{2,}$/.test(value)
    ? undefined
    : 'must be an e-mail address',
).meta({ format: 'email' });

function hasCredentials(url: URL | null): boolean {
  return Boolean(url?.username || url?.password);
}

const credentialsInUrl = 'must not contain a user name or password: the template shows the URL in clear text';

/** An issuer, which clients compare character by character (RFC 8414, section 3.3). */
export const issuerUrl = checkedString((value) => {
  const url = URL.parse(value);
  if (url?.protocol !== 'https:') return 'must be a URL that begins with https://';
  if (hasCredentials(url)) return credentialsInUrl;
  return value.endsWith('/') ? 'must not end with a slash: clients compare issuers character by character' : undefined;
});

/** An OAuth scope (RFC 6749, section 3.3). */
export const scope = checkedString((value) =>
  /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(value)
    ? undefined
    : 'is not a valid scope: a scope is a single word without quotes or backslashes',
);

/** A time zone by its IANA name. Checked against this machine's time zone data. */
export const timeZone = checkedString((value) =>
  isTimeZone(value) ? undefined : 'is not a valid time zone: use an IANA name such as Europe/Zurich, or UTC',
);

/** Trap: Intl also accepts offsets such as +01:00, which ignore daylight saving time. */
function isTimeZone(value: string): boolean {
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
