import { z } from 'zod';

/** A string of which `problem` says what is wrong with it, if anything. Trap: what it says may not repeat a secret. */
export function text(problem: (value: string) => string | undefined) {
  return z.string().superRefine((value, context) => {
    const message = problem(value);
    if (message) context.addIssue({ code: 'custom', message });
  });
}

const arn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+-[A-Za-z0-9]{6}$/;
const secretName = /^[\w/+=.@-]{1,512}$/;
const inSecretsManager = 'put the secret into AWS Secrets Manager and write its name here';

/**
 * The name or ARN of a secret.
 *
 * Trap: people paste the secret itself, and what stands here goes into the template in clear text. So what looks like
 * an Okta credential is refused, and no message repeats it.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret-name.html
 */
export const secretReference = text((value) => {
  if (looksLikeCredential(value)) return `looks like a secret itself: revoke it, and ${inSecretsManager}`;
  if (arn.test(value)) return undefined;
  if (value.startsWith('arn:')) {
    return 'is no complete ARN of a secret: copy it from Secrets Manager with the six characters at its end, or give the name';
  }
  return secretName.test(value) ? undefined : `is no name of a secret: ${inSecretsManager}`;
});

function looksLikeCredential(value: string): boolean {
  const isApiToken = /^00[\w-]{40}$/.test(value);
  const isClientSecret =
    /^([\w-]{40}|[\w-]{64})$/.test(value) && /[a-z]/.test(value) && /[A-Z]/.test(value) && /\d/.test(value);
  const isKey = /PRIVATE KEY/.test(value) || /^\s*\{/.test(value);
  return isApiToken || isClientSecret || isKey || value.startsWith('SSWS ');
}

/** An org's host, and a port where it is not 443. */
export const orgDomain = text((value) => {
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(value)) return 'must be a host alone: leave out https://';
  if (value.includes('/')) return 'must be a host alone: leave out the path';
  if (value.includes('_')) return 'must be a host: no host has an underscore in it';
  if (/[A-Z]/.test(value)) return 'must be in lower case, as tokens name it';
  if (/^[^.]+-admin\.(okta|oktapreview|okta-emea|okta-gov|trexcloud)\.com/.test(value)) {
    return 'is the Admin Console, which serves no sign-in: leave out "-admin"';
  }
  const [host = '', port, ...rest] = value.split(':');
  const labels = host.split('.');
  const isHost = labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label));
  const isPort = port === undefined || (/^[1-9]\d{0,4}$/.test(port) && Number(port) < 65_536);
  if (!isHost || !isPort || rest.length > 0 || (labels.length < 2 && host !== 'localhost')) {
    return 'must be a host such as acme.okta.com, with a port only where it is not 443';
  }
  return undefined;
});

/** Where a sign-in comes back to. */
export const redirectUri = text((value) => {
  const url = URL.parse(value);
  if (url?.hash) return 'must have no fragment (#…)';
  if (hasCredentials(url)) return withoutCredentials;
  const isAllowed = url?.protocol === 'https:' || (url?.protocol === 'http:' && url.hostname === 'localhost');
  return isAllowed ? undefined : 'must begin with https:// or http://localhost';
});

export const httpsUrl = text((value) => {
  const url = URL.parse(value);
  if (hasCredentials(url)) return withoutCredentials;
  return url?.protocol === 'https:' ? undefined : 'must be a URL that begins with https://';
});

/** `https://user:password@host/` would stand in the template in clear text. */
function hasCredentials(url: URL | null): boolean {
  return Boolean(url?.username || url?.password);
}

const withoutCredentials = 'must hold no user and password: the template is no place for them';

/** An issuer, which clients compare letter by letter (RFC 8414, section 3.3). */
export const issuerUrl = text((value) => {
  const url = URL.parse(value);
  if (url?.protocol !== 'https:') return 'must be a URL that begins with https://';
  if (hasCredentials(url)) return withoutCredentials;
  return value.endsWith('/') ? 'must not end in a slash: issuers are compared letter by letter' : undefined;
});

/** An OAuth scope (RFC 6749, section 3.3). */
export const scope = text((value) =>
  /^[\x21\x23-\x5B\x5D-\x7E]+$/.test(value) ? undefined : 'is no scope: one word, without spaces and quotes',
);

/** A time zone by its IANA name, as CloudWatch and this machine's own tables know it. */
export const timeZone = text((value) =>
  isTimeZone(value) ? undefined : 'is no time zone: give an IANA name such as Europe/Zurich, or UTC',
);

/** Trap: Intl takes offsets such as +01:00 too, which know no summer time. */
function isTimeZone(value: string): boolean {
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
