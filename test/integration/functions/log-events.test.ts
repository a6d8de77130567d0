import { expect, it } from 'vitest';
import { logFilter } from '../../../functions/okta/log-event-types.ts';
import { type OrgEvent, readLogEvent } from '../../../functions/okta/log-events.ts';
import { matchFootprint } from '../../../functions/okta/log-footprint.ts';
import { createBrowser } from '../../../packages/okta-emulator/test/support/browser.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';

const { okta, client } = await openOkta();

/** The events since the last call, read as the monitor reads them, with its filter. */
let next = `/api/v1/logs?${new URLSearchParams({ filter: logFilter, limit: '1000' })}`;
async function poll(): Promise<readonly OrgEvent[]> {
  const response = await client.request(next, { headers: { authorization: `SSWS ${okta.apiToken}` } });
  next = /<([^>]+)>; rel="next"/.exec(response.headers.get('link') ?? '')?.[1] ?? next;
  return ((await response.json()) as unknown[]).flatMap((event) => readLogEvent(event) ?? []);
}

const grant = (scope: string) =>
  client.post('/oauth2/default/v1/token', { grant_type: 'client_credentials', scope }, client.secretAuth);

it('a token’s grant and its refusal are read from the log, and matched with their requests', async () => {
  await poll();
  const sentAtMs = Date.now();
  const sent = await Promise.all(
    ['monitor.read', 'nope'].map(async (scope) => ({
      requestId: (await grant(scope)).headers.get('x-okta-request-id') ?? '',
      sentAtMs,
    })),
  );
  const events = await poll();
  const { clientId } = okta.clients.secret;
  const application = { type: 'PublicClientApp', id: clientId, name: 'Okta monitor (secret)' };
  expect(events).toHaveLength(2);
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'token-granted', token: 'access_token', server: 'default', application }),
  );
  expect(events).toContainEqual(
    expect.objectContaining({ kind: 'token-refused', error: 'no_matching_scope', server: 'default', application }),
  );
  const unsent = { requestId: 'never-sent', sentAtMs };
  const read = events.map(({ requestId = '' }) => ({ requestId, readAtMs: sentAtMs + 60_000 }));
  const footprint = matchFootprint([...sent, unsent], read);
  expect(footprint).toEqual({ arrived: sent.map((one) => ({ ...one, withinMs: 60_000 })), missing: [unsent] });
});

it('a user’s sign-in and tokens are read from the log, and nothing that says who it was', async () => {
  await poll();
  const { clientId, redirectUri } = okta.clients.spa;
  const parameters = {
    ...{ client_id: clientId, redirect_uri: redirectUri, response_type: 'code', scope: 'openid', state: 'a-state' },
    ...{ code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' },
  };
  const url = `${okta.origin}/oauth2/default/v1/authorize?${new URLSearchParams(parameters)}`;
  await createBrowser(okta, client).visit(url);
  const events = await poll();
  expect(events.map(({ kind }) => kind)).toEqual(['factor-verified', 'sign-in']);
  const json = JSON.stringify(events);
  for (const text of [okta.user.id, okta.user.login, 'Mona', '127.0.0.1', 'undici']) expect(json).not.toContain(text);
});

it('an administrator’s change, a limit and a lockout are read from the log', async () => {
  await poll();
  okta.administer('policy-rule', 'update', { id: '0pr9rule', name: 'Two factors' });
  okta.setRemaining('/api/v1/users', 0.05)();
  okta.alterUser(okta.user.login, { status: 'LOCKED_OUT' })();
  const by = { type: 'application', id: '0oa7nightly8import9x', name: 'Nightly import' };
  expect(await poll()).toMatchObject([
    { kind: 'change', what: 'policy-rule', change: 'updated', targets: [{ id: '0pr9rule', name: 'Two factors' }, {}] },
    { kind: 'rate-limit', limit: 'warning', scope: 'org', bucket: '/api/v1/users', threshold: 600, by },
    { kind: 'lockout' },
  ]);
});
