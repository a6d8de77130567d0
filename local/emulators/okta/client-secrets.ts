import type { Applications } from './applications.ts';
import type { OktaRequest } from './http-message.ts';

/**
 * The request as if its client had sent the first of its active secrets.
 *
 * Trap: a client may have two, so that its secret can be rotated, but the provider knows one.
 */
export function withFirstSecret(request: OktaRequest, applications: Applications): OktaRequest {
  const [scheme = '', credentials = ''] = request.raw.headers.authorization?.split(' ') ?? [];
  if (scheme.toLowerCase() === 'basic') {
    const [id = '', secret = ''] = Buffer.from(credentials, 'base64').toString().split(':').map(decoded);
    const first = firstInsteadOf(applications, id, secret);
    const header = [id, first].map((part) => encodeURIComponent(part ?? '')).join(':');
    if (first !== undefined) request.raw.headers.authorization = `Basic ${Buffer.from(header).toString('base64')}`;
    return request;
  }
  const form = new URLSearchParams(request.body);
  const first = firstInsteadOf(applications, form.get('client_id') ?? '', form.get('client_secret') ?? '');
  if (first === undefined) return request;
  form.set('client_secret', first);
  return { ...request, body: form.toString() };
}

/** The first active secret of a client, if another active one was sent. */
function firstInsteadOf(applications: Applications, id: string, sent: string): string | undefined {
  const active = applications.find(id)?.secrets.filter(({ status }) => status === 'ACTIVE') ?? [];
  const [first, ...others] = active.map(({ value }) => value);
  return others.includes(sent) ? first : undefined;
}

/** RFC 6749, 2.3.1: both are encoded as in a form. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}
