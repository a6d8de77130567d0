import { beforeEach, describe, expect, it } from 'vitest';
import type { Org, WebClient } from '../../../functions/model/org.ts';
import type { Outcome } from '../../../functions/model/outcome.ts';
import { budgetOf } from '../../../functions/probes/budget.ts';
import { flows, journey } from '../../../functions/probes/index.ts';
import { openDuring } from '../../../packages/okta-emulator/test/support/during.ts';
import { openOkta } from '../../../packages/okta-emulator/test/support/open-okta.ts';
import { journeyOrg } from '../../support/full-org.ts';
import { notPassed, outcomeLines, outcomeOf, runProbes } from '../../support/run-probes.ts';
import { watchRequests } from '../../support/watch-requests.ts';

const { okta } = await openOkta();

const during = openDuring();
beforeEach(() => okta.clearRequests());

const orgWith = (change: Partial<WebClient>) => journeyOrg('par', change);

async function signIn(change: Partial<WebClient>, adjust = (each: Org): Org => each) {
  const report = await runProbes(okta, journey, { org: orgWith(change), adjust });
  expect(report.monitorErrors).toEqual([]);
  return report;
}

const codeOf = (outcome: Outcome) => (outcome.status === 'failed' ? outcome.finding.code : outcome.status);

describe('a web application whose requests are pushed', () => {
  it('signs in, and sends the browser nothing but a reference', async () => {
    during(okta.alterSignIn({ pushedRequestsRequired: true }));
    const requests = watchRequests(okta, during, /\/authorize$/);
    const { plan, outcomes } = await signIn({ par: true });
    expect(notPassed(outcomeLines({ outcomes }))).toEqual([]);
    expect(requests.map(({ query }) => [...query.keys()])).toEqual(requests.map(() => ['client_id', 'request_uri']));
    expect(JSON.stringify(outcomes)).not.toContain('urn:okta');
    const pushed = okta.requests.filter(({ path }) => path.endsWith('/par'));
    expect(pushed.map(({ status }) => status)).toEqual(requests.map(() => 201));
    const { byBucket } = budgetOf(plan);
    expect(byBucket['/oauth2/v1']).toBe(okta.requests.filter(({ bucket }) => bucket === '/oauth2/v1').length);
    expect(byBucket['/oauth2/{id}/v1']).toBe(okta.requests.filter(({ bucket }) => bucket === '/oauth2/{id}/v1').length);
  });

  it('signs in at Classic Engine too, and with bound tokens', async () => {
    during(okta.alterSignIn({ pushedRequestsRequired: true, engine: 'classic' }));
    expect(notPassed(outcomeLines(await signIn({ par: true, dpop: true })))).toEqual([]);
  });

  it('accepts the status 200 that Okta documents', async () => {
    during(okta.intercept({ path: /\/par$/ }, { transform: (response) => ({ ...response, status: 200 }) }));
    expect(notPassed(outcomeLines(await signIn({ par: true })))).toEqual([]);
  });

  it('whose answer has no reference is malformed', async () => {
    during(okta.intercept({ path: '/oauth2/default/v1/par' }, { status: 201, body: { expires_in: 60 } }));
    const outcome = outcomeOf(await signIn({ par: true }), 'single-sign-on', 'default');
    expect(codeOf(outcome)).toBe('malformed-answer');
  });

  it.each([
    [401, 'invalid_client', 'The client secret supplied for a confidential client is invalid.', 'client-refused'],
    [
      ...([400, 'invalid_request'] as const),
      "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
      'redirect-uri-refused',
    ],
    [
      ...([400, 'invalid_scope'] as const),
      'One or more scopes are not configured for the authorization server resource.',
      'scope-unknown',
    ],
    [
      ...([400, 'access_denied'] as const),
      'Policy evaluation failed for this request, please check the policy configurations.',
      'policy-refused',
    ],
  ])('whose push is refused with %d %s "%s" is %s', async (status, error, error_description, code) => {
    during(okta.intercept({ path: '/oauth2/default/v1/par' }, { status, body: { error, error_description } }));
    const outcome = outcomeOf(await signIn({ par: true }), 'single-sign-on', 'default');
    expect(codeOf(outcome)).toBe(code);
  });

  it('whose redirect URI is not registered is refused before anybody signs in', async () => {
    const adjust = (each: Org): Org => ({
      ...each,
      servers: each.servers.map(({ web, ...server }) => ({
        ...server,
        ...(web && { web: { ...web, redirectUri: 'https://app.example.com/elsewhere' } }),
      })),
    });
    const outcome = outcomeOf(await signIn({ par: true }, adjust), 'sign-in');
    expect(codeOf(outcome)).toBe('redirect-uri-refused');
    expect(okta.requests.some(({ path }) => path.startsWith('/idp/'))).toBe(false);
  });
});

describe('an org that demands pushed requests', () => {
  beforeEach(() => during(okta.alterSignIn({ pushedRequestsRequired: true })));

  it('refuses an application without the setting, and the remedy names the setting', async () => {
    for (const outcome of [
      outcomeOf(await signIn({}), 'sign-in'),
      outcomeOf(await runProbes(okta, flows, { org: orgWith({}) }), 'authorize', 'org'),
    ])
      expect(outcome).toMatchObject({
        ...{ status: 'failed' },
        finding: { code: 'request-refused', remedy: expect.arrayContaining([expect.stringContaining('"par": true')]) },
      });
  });

  it('passes the probe of /authorize with the setting, which cannot push and says so', async () => {
    const outcome = outcomeOf(await runProbes(okta, flows, { org: orgWith({ par: true }) }), 'authorize', 'default');
    expect(outcome).toMatchObject({ status: 'passed', notes: [expect.stringContaining('PAR')] });
  });
});
