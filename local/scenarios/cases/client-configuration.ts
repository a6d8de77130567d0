import type { TokenAlteration } from '../../emulators/okta/access-token.ts';
import { errorEnvelope } from '../../emulators/okta/error-responses.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, type Variant, variant } from '../case.ts';
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
  (claims: NonNullable<TokenAlteration['claims']>): Fault =>
  ({ okta }) => ({ restore: okta.alterTokens('default', { claims }) });

/** What an administrator set otherwise in tokens, on clients and around them. */
export const clientConfigurationCases: readonly Case[] = [
  {
    id: 'C8',
    title: 'the audience does not match',
    severity: 'ticket',
    variants: [
      variant(
        verify,
        'aud changed on the server',
        configuration('audience-mismatch'),
        forges((claims) => ({ ...claims, aud: 'api://orders' })),
      ),
      variant(
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
    severity: 'ticket',
    variants: [
      ...(['sub', 'cid', 'jti', 'ver'] as const).map((claim) =>
        variant(
          verify,
          `no ${claim}`,
          configuration('claim-missing'),
          forges(({ [claim]: _, ...rest }) => rest),
        ),
      ),
      variant(
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
    severity: 'ticket',
    variants: [
      ...token.map((site) =>
        variant(
          site,
          'granted less than asked',
          configuration('scope-missing'),
          altersJson(site, (body) => ({ ...body, scope: 'another.scope' })),
        ),
      ),
      variant(
        verify,
        'scp lacks it',
        configuration('scope-missing'),
        forges((claims) => ({ ...claims, scp: ['another.scope'] })),
      ),
      variant(rateLimits, '403 insufficient_scope', configuration('api-scope-missing'), apiClient(['okta.apps.read'])),
      variant(
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
    severity: 'ticket',
    variants: [
      variant(orgToken, 'consent_required', notGranted, service('org', { scopes: ['okta.groups.read'] })),
      variant(orgToken, 'invalid_scope', notGranted, answers(orgToken, oauth('no_matching_scope'))),
      variant(orgToken, 'reworded', notGranted, answers(orgToken, reworded(oauth('no_org_scopes_granted')))),
      variant(
        orgAuthorize,
        'consent_required, query',
        notGranted,
        callsBack(orgAuthorize, 'query', 'no_org_scopes_granted'),
      ),
      variant(rateLimits, 'consent_required at token', notGranted, apiClient(['okta.groups.read'])),
    ],
  },
  {
    id: 'C12',
    title: 'the admin role is missing',
    severity: 'ticket',
    variants: [
      variant(
        rateLimits,
        '403 E0000006',
        configuration('admin-role-missing'),
        answers(rateLimits, errorEnvelope('E0000006')),
      ),
      variant(
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
    severity: 'ticket',
    variants: [
      variant(orgToken, 'a client with a secret', clientKind, sharedSecret('org', 'client_secret_basic')),
      variant(orgToken, 'secret in the body', clientKind, sharedSecret('org', 'client_secret_post')),
      variant(
        orgToken,
        'no service application',
        clientKind,
        answers(orgToken, oauth('invalid_application_type_client_credentials')),
      ),
      variant(
        customToken,
        'for the Org server alone',
        clientKind,
        answers(customToken, oauth('org_authorization_server_only_client')),
      ),
      variant(
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
    severity: 'ticket',
    variants: [
      ...token.map((site) =>
        variant(site, '400 invalid_dpop_proof', dpop, answers(site, oauth('invalid_dpop_proof_missing_header'))),
      ),
      variant(
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
    severity: 'ticket',
    variants: [
      ...[...token, ...introspect].map((site) =>
        variant(site, '403 access_denied', zone, answers(site, oauth('disallowed_network_zone'))),
      ),
      ...authorize.map((site) =>
        variant(site, 'access_denied, query', zone, callsBack(site, 'query', 'disallowed_network_zone')),
      ),
      variant(
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
    severity: 'ticket',
    variants: [],
    skipReason: 'needs a probe of your own API',
  },
  {
    id: 'C17',
    title: 'an inline hook fails',
    severity: 'ticket',
    variants: [
      ...[customToken, customAuthorize].flatMap((site): Variant[] =>
        (['E0000134', 'E0000135', 'E0000137'] as const).map((code) => {
          const answer = errorEnvelope(code);
          return variant(site, `${answer.status} ${code}`, hook, answers(site, answer));
        }),
      ),
      variant(
        customToken,
        '400 server_error',
        hook,
        answers(customToken, oauth('callback_returned_error_without_description')),
      ),
    ],
  },
];
