import type { Forgery } from '../../emulators/okta/access-token.ts';
import { errorEnvelope } from '../../emulators/okta/error-envelope.ts';
import type { Step } from '../../simulator/environment.ts';
import { type Case, type Cell, cell, type Expected } from '../case.ts';
import { altersJson, answers, callsBack, challenge, oauth, reworded } from '../faults/answers.ts';
import { apiClient, server, service, sharedSecret } from '../faults/events.ts';
import { authorize, introspect, rateLimits, token, verify } from '../targets.ts';

const configuration = (code: string): Expected => ({ code, domain: 'configuration' });

const [orgAuthorize, customAuthorize] = authorize;
const [orgToken, customToken] = token;

const notGranted = configuration('okta-scope-not-granted');
const clientKind = configuration('wrong-client-kind');
const dpop = configuration('dpop-required');
const zone = configuration('network-zone-refused');
const hook = configuration('inline-hook-failed');

const forges =
  (claims: NonNullable<Forgery['claims']>): Step =>
  ({ okta }) => ({ undo: okta.forgeTokens('default', { claims }) });

/** What an administrator set otherwise in tokens, on clients and around them. */
export const clientConfigurationCases: readonly Case[] = [
  {
    id: 'C8',
    title: 'the audience does not match',
    hears: 'ticket',
    cells: [
      cell(
        verify,
        'aud changed on the server',
        configuration('audience-mismatch'),
        forges((claims) => ({ ...claims, aud: 'api://orders' })),
      ),
      cell(
        verify,
        'configured otherwise',
        configuration('audience-mismatch'),
        server('default', (one) => ({ ...one, audience: 'api://elsewhere' })),
      ),
    ],
  },
  {
    id: 'C9',
    title: 'a claim is missing',
    hears: 'ticket',
    cells: [
      ...(['sub', 'cid', 'jti', 'ver'] as const).map((claim) =>
        cell(
          verify,
          `no ${claim}`,
          configuration('claim-missing'),
          forges(({ [claim]: _, ...rest }) => rest),
        ),
      ),
      cell(
        verify,
        'no groups, which is expected',
        configuration('claim-missing'),
        server('default', (one) => ({ ...one, expects: { claims: ['groups'] } })),
      ),
    ],
  },
  {
    id: 'C10',
    title: 'a scope is missing',
    hears: 'ticket',
    cells: [
      ...token.map((site) =>
        cell(
          site,
          'granted less than asked',
          configuration('scope-missing'),
          altersJson(site, (body) => ({ ...body, scope: 'another.scope' })),
        ),
      ),
      cell(
        verify,
        'scp lacks it',
        configuration('scope-missing'),
        forges((claims) => ({ ...claims, scp: ['another.scope'] })),
      ),
      cell(rateLimits, '403 insufficient_scope', configuration('api-scope-missing'), apiClient(['okta.apps.read'])),
      cell(
        rateLimits,
        '403, commas in quotes',
        configuration('api-scope-missing'),
        apiClient(),
        challenge(rateLimits, 'access_token_insufficient_scopes'),
      ),
    ],
  },
  {
    id: 'C11',
    title: 'an okta.* scope was never granted',
    hears: 'ticket',
    cells: [
      cell(orgToken, 'consent_required', notGranted, service('org', { scopes: ['okta.groups.read'] })),
      cell(orgToken, 'invalid_scope', notGranted, answers(orgToken, oauth('no_matching_scope'))),
      cell(orgToken, 'reworded', notGranted, answers(orgToken, reworded(oauth('no_org_scopes_granted')))),
      cell(
        orgAuthorize,
        'consent_required, query',
        notGranted,
        callsBack(orgAuthorize, 'query', 'no_org_scopes_granted'),
      ),
      cell(rateLimits, 'consent_required at token', notGranted, apiClient(['okta.groups.read'])),
    ],
  },
  {
    id: 'C12',
    title: 'the admin role is missing',
    hears: 'ticket',
    cells: [
      cell(
        rateLimits,
        '403 E0000006',
        configuration('admin-role-missing'),
        answers(rateLimits, errorEnvelope('E0000006')),
      ),
      cell(
        rateLimits,
        '403 E0000006, OAuth',
        configuration('admin-role-missing'),
        apiClient(),
        answers(rateLimits, errorEnvelope('E0000006')),
      ),
    ],
  },
  {
    id: 'C13',
    title: 'the wrong kind of client for the Org server',
    hears: 'ticket',
    cells: [
      cell(orgToken, 'a client with a secret', clientKind, sharedSecret('org', 'client_secret_basic')),
      cell(orgToken, 'secret in the body', clientKind, sharedSecret('org', 'client_secret_post')),
      cell(
        orgToken,
        'no service application',
        clientKind,
        answers(orgToken, oauth('invalid_application_type_client_credentials')),
      ),
      cell(
        customToken,
        'for the Org server alone',
        clientKind,
        answers(customToken, oauth('org_authorization_server_only_client')),
      ),
      cell(
        rateLimits,
        'no service application',
        clientKind,
        apiClient(),
        answers(orgToken, oauth('invalid_application_type_client_credentials')),
      ),
    ],
  },
  {
    id: 'C14',
    title: 'DPoP is demanded',
    hears: 'ticket',
    cells: [
      ...token.map((site) =>
        cell(site, '400 invalid_dpop_proof', dpop, answers(site, oauth('invalid_dpop_proof_missing_header'))),
      ),
      cell(
        rateLimits,
        'invalid_dpop_proof at token',
        dpop,
        apiClient(),
        answers(orgToken, oauth('invalid_dpop_proof_missing_header')),
      ),
    ],
  },
  {
    id: 'C15',
    title: 'outside the network zone',
    hears: 'ticket',
    cells: [
      ...[...token, ...introspect].map((site) =>
        cell(site, '403 access_denied', zone, answers(site, oauth('disallowed_network_zone'))),
      ),
      ...authorize.map((site) =>
        cell(site, 'access_denied, query', zone, callsBack(site, 'query', 'disallowed_network_zone')),
      ),
      cell(
        rateLimits,
        '403 access_denied at token',
        zone,
        apiClient(),
        answers(orgToken, oauth('disallowed_network_zone')),
      ),
    ],
  },
  {
    id: 'C16',
    title: 'the resource refuses a good token',
    hears: 'ticket',
    cells: [],
    waiting: 'needs a probe of your own API',
  },
  {
    id: 'C17',
    title: 'an inline hook fails',
    hears: 'ticket',
    cells: [
      ...[customToken, customAuthorize].flatMap((site): Cell[] =>
        (['E0000134', 'E0000135', 'E0000137'] as const).map((code) => {
          const answer = errorEnvelope(code);
          return cell(site, `${answer.status} ${code}`, hook, answers(site, answer));
        }),
      ),
      cell(
        customToken,
        '400 server_error',
        hook,
        answers(customToken, oauth('callback_returned_error_without_description')),
      ),
    ],
  },
];
