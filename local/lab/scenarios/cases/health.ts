import type { FaultDomain } from '../../../../functions/model/fault-domain.ts';
import { emptyResponse, errorEnvelope, type HealthState } from '../../../../packages/okta-emulator/src/index.ts';
import type { Fault } from '../../simulation/environment.ts';
import { type Case, defineCase, type Expected, type Variant, variant, warning } from '../case.ts';
import { alterServer } from '../faults/configuration.ts';
import { agents, at, certificates, clientSecrets, domains, hooks, signingKeys, workflow } from '../targets.ts';

const expect =
  (domain: FaultDomain) =>
  (code: string): Expected => ({ code, domain });
const [configuration, credentials, okta] = [expect('configuration'), expect('credentials'), expect('okta')];

/** Changes something in Okta whose health is checked. */
function changed<Kind extends keyof HealthState, Name extends keyof HealthState[Kind]>(
  kind: Kind,
  name: Name,
  changes: Partial<HealthState[Kind][Name]>,
): Fault {
  return ({ okta: emulator }) => ({ restore: emulator.alterHealth(kind, name, changes) });
}

const certificateDays =
  (days: number): Fault =>
  ({ okta: emulator }) => ({ restore: emulator.alterSamlApp('payroll', { certificateDays: days }) });

const ofSeverity = (severity: 'page' | 'ticket', row: Variant): Variant => ({ ...row, severity });

/** Sets the management API's answer at a path from now on. */
const answers =
  (path: RegExp, status: number, body: object): Fault =>
  ({ okta: emulator }) => ({
    restore: emulator.intercept(
      { path },
      { transform: (answer) => ({ ...answer, status, body: JSON.stringify(body) }) },
    ),
  });

/** Only others use the server, so no probe sees its tokens. */
const useNoTokens = alterServer(({ web: _, service: __, resource: ___, areTokensVerified: ____, ...server }) => server);

const internalError = { errorCode: 'E0000009', errorSummary: 'Internal Server Error', errorId: 'oae1' };
const notFound = { errorCode: 'E0000007', errorSummary: 'Not found: Resource not found: 0oa1', errorId: 'oae1' };

/** What breaks quietly, before users notice it. */
export const healthCases: readonly Case[] = [
  defineCase('H1', 'a certificate runs out', 'ticket', [
    warning(certificates, 'SAML, 12 days left', configuration('saml-certificate-expires'), certificateDays(12)),
    ofSeverity('page', {
      ...warning(certificates, 'SAML, expired', configuration('saml-certificate-expired'), certificateDays(-3)),
      // The journey reports it in each run.
      isToldOnce: true,
    }),
    warning(
      certificates,
      'identity provider, 20 days',
      configuration('identity-provider-certificate-expires'),
      changed('identityProviders', 'Partner', { certificateDays: 20 }),
    ),
    warning(
      certificates,
      'identity provider, expired',
      configuration('identity-provider-certificate-expired'),
      changed('identityProviders', 'Partner', { certificateDays: -1 }),
    ),
    warning(
      domains,
      'domain, 25 days left',
      credentials('domain-certificate-expires'),
      changed('domains', 'login.example.com', { certificateDays: 25 }),
    ),
    warning(
      domains,
      'Okta did not renew it',
      credentials('domain-certificate-not-renewed'),
      changed('domains', 'login.example.com', { certificateSourceType: 'OKTA_MANAGED', certificateDays: 15 }),
    ),
    ofSeverity(
      'page',
      warning(
        domains,
        'domain, expired',
        credentials('domain-certificate-expired'),
        changed('domains', 'login.example.com', { certificateDays: -1 }),
      ),
    ),
    warning(
      domains,
      'domain not verified',
      configuration('domain-not-verified'),
      changed('domains', 'login.example.com', { validationStatus: 'FAILED_TO_VERIFY' }),
    ),
  ]),
  defineCase('H2', 'a secret, key or API token is left alone', 'ticket', [
    warning(
      clientSecrets,
      'old secret',
      credentials('client-credential-old'),
      changed('clientSecrets', 'web', { active: [400] }),
    ),
    warning(
      clientSecrets,
      'two active secrets',
      credentials('client-rotation-unfinished'),
      changed('clientSecrets', 'web', { active: [300, 40] }),
    ),
    ofSeverity(
      'page',
      warning(
        clientSecrets,
        'no active key',
        credentials('client-keys-inactive'),
        answers(/credentials\/jwks$/, 200, { jwks: { keys: [{ id: 'pks1', status: 'INACTIVE' }] } }),
      ),
    ),
    warning(
      clientSecrets,
      'unused API token',
      credentials('api-token-expires'),
      changed('apiTokens', 'pipeline', { unusedDays: 25 }),
    ),
    warning(
      clientSecrets,
      'suspended owner',
      credentials('api-token-owner-inactive'),
      changed('apiTokens', 'pipeline', { userId: '00u8alan9turing0user' }),
    ),
    warning(clientSecrets, 'deleted application', configuration('application-not-found'), ({ okta: emulator }) => ({
      restore: emulator.intercept(
        { path: `/api/v1/apps/${emulator.clients.web.clientId}` },
        { transform: (answer) => ({ ...answer, status: 404, body: JSON.stringify(notFound) }) },
      ),
    })),
  ]),
  defineCase('H3', 'agents of a directory or network stop', 'page', [
    warning(
      agents,
      'the only RADIUS agent',
      configuration('agent-pool-down'),
      changed('agents', 'radius-1', { operationalStatus: 'DISRUPTED', silentMinutes: 12 }),
    ),
    warning(
      agents,
      'both directory agents',
      configuration('agent-pool-down'),
      changed('agents', 'ad-east', { operationalStatus: 'INACTIVE', silentMinutes: 9 }),
      changed('agents', 'ad-west', { operationalStatus: 'DISRUPTED', silentMinutes: 2 }),
    ),
    ofSeverity(
      'ticket',
      warning(
        agents,
        'one of two directory agents',
        configuration('agent-down'),
        changed('agents', 'ad-east', { operationalStatus: 'INACTIVE', silentMinutes: 9 }),
      ),
    ),
    ofSeverity(
      'ticket',
      warning(
        agents,
        'a directory agent is slow',
        configuration('agent-degraded'),
        changed('agents', 'ad-east', { operationalStatus: 'DEGRADED' }),
      ),
    ),
  ]),
  defineCase('H4', 'a hook or log stream is not called any more', 'ticket', [
    warning(
      hooks,
      'event hook',
      configuration('hook-inactive'),
      changed('eventHooks', 'provisioning', { status: 'INACTIVE' }),
    ),
    warning(
      hooks,
      'inline hook',
      configuration('hook-inactive'),
      changed('inlineHooks', 'claims', { status: 'INACTIVE' }),
    ),
    warning(
      hooks,
      'event hook not verified',
      configuration('event-hook-unverified'),
      changed('eventHooks', 'provisioning', { verificationStatus: 'UNVERIFIED' }),
    ),
    warning(
      hooks,
      'log stream',
      configuration('log-stream-inactive'),
      changed('logStreams', 'siem', { status: 'INACTIVE' }),
    ),
  ]),
  defineCase('H5', 'signing keys are not what services expect', 'ticket', [
    ofSeverity(
      'page',
      warning(
        signingKeys,
        'active key not published',
        configuration('active-key-unpublished'),
        ({ okta: emulator }) => ({ restore: emulator.hideKey('default', 'active') }),
        at(signingKeys, useNoTokens),
      ),
    ),
    warning(signingKeys, 'next key not published', okta('next-key-unpublished'), ({ okta: emulator }) => ({
      restore: emulator.hideKey('default', 'next'),
    })),
    warning(
      signingKeys,
      'rotation overdue',
      okta('key-rotation-overdue'),
      changed('servers', 'default', { rotatesInDays: -3 }),
    ),
    warning(
      signingKeys,
      'rotated by hand long ago',
      configuration('signing-key-old'),
      changed('servers', 'default', { rotationMode: 'MANUAL', rotatedDaysAgo: 400 }),
    ),
  ]),
  defineCase(
    'H6',
    'a part of the management API fails',
    'ticket',
    [
      ['agents', agents, /^\/api\/v1\/agentPools$/] as const,
      ['domains', domains, /^\/api\/v1\/domains$/] as const,
      ['hooks', hooks, /^\/api\/v1\/inlineHooks$/] as const,
    ].flatMap(([name, target, path]) => [
      variant(target, `${name}, 500`, okta('internal-error'), answers(path, 500, internalError)),
      variant(target, `${name}, no list`, okta('health-unread'), answers(path, 200, { nothing: true })),
    ]),
  ),
  defineCase('H7', 'a flow of Okta Workflows does not run', 'ticket', [
    (
      [
        ['500', errorEnvelope('E0000009'), 'workflow-failing', okta],
        ['429', emptyResponse(429), 'workflow-failing', okta],
        ['closed', { disconnect: 'close' }, 'workflow-failing', okta],
        ['404', { status: 404, body: notFound }, 'workflow-refused', configuration],
        ['another client token', errorEnvelope('E0000004'), 'workflow-refused', configuration],
      ] as const
    ).map(([symptom, effect, code, of]) =>
      variant(workflow, symptom, of(code), ({ okta: emulator }) => ({
        restore: emulator.intercept({ path: /^\/api\/flo\// }, effect),
      })),
    ),
  ]),
];
