import { errorEnvelope, type PastHappening } from '../../../../packages/okta-emulator/src/index.ts';
import { type Case, defineCase, type Expected, type Variant, variant, warning } from '../case.ts';
import { exhausted429, intercept, respond } from '../faults/answers.ts';
import {
  awaitEvent,
  codesUnused,
  fewRemovals,
  forgetRevision,
  inLog,
  quietDays,
  recordMany,
  rememberLog,
  usualSignIns,
} from '../faults/system-log.ts';
import { logLimits, ownEvents, systemLog, userSignIns } from '../targets.ts';

const quota = (code: string): Expected => ({ code, domain: 'quota' });
const configuration = (code: string): Expected => ({ code, domain: 'configuration' });
const monitor = (code: string): Expected => ({ code, domain: 'monitor' });

const person = { id: '00u1person2with3name', type: 'User', displayName: 'Mona Lisa', alternateId: 'mona@example.com' };
const shop = { id: '0oa1shop2frontend345', type: 'PublicClientApp', displayName: 'Shop' };

const failedSignIn: PastHappening = {
  ...{ eventType: 'user.session.start', displayMessage: 'User login to Okta', actor: person },
  failure: 'INVALID_CREDENTIALS',
};
const lockout: PastHappening = {
  ...{ eventType: 'user.account.lock', displayMessage: 'Max sign in attempts exceeded', actor: person },
};
const refusedToken: PastHappening = {
  ...{ eventType: 'app.oauth2.as.token.grant', displayMessage: 'OAuth2 token request', actor: shop },
  ...{ clientId: shop.id, failure: 'no_matching_scope' },
};

const byDirectory: PastHappening = {
  ...{ eventType: 'user.authentication.auth_via_AD_agent', displayMessage: 'Authenticate user with AD agent' },
  actor: person,
};
const directoryTimeout: PastHappening = { ...byDirectory, failure: 'request timed out' };
/** Another directory, because the events of the last quarter of an hour count together. */
const byLdap: PastHappening = { ...byDirectory, eventType: 'user.authentication.auth_via_LDAP_agent' };
const failedProvisioning: PastHappening = {
  ...{ eventType: 'application.provision.user.push', displayMessage: 'Push user to external application', actor: shop },
  ...{ targets: [{ type: 'AppInstance', id: '0oapayroll1a2b3c4d5e', displayName: 'Payroll' }], failure: 'FAILURE' },
};
const removal: PastHappening = {
  ...{ eventType: 'application.user_membership.remove', displayMessage: 'Remove user from application', actor: shop },
  targets: [{ type: 'AppInstance', id: '0oapayroll1a2b3c4d5e', displayName: 'Payroll' }],
};
const blockedRequest: PastHappening = {
  ...{ eventType: 'security.request.blocked', displayMessage: 'Request from blocked network', actor: person },
  failure: 'BLOCKED',
};

/** No event of it is in the log, which would be reported itself. */
const refuseByLimit = intercept(exhausted429('60', '0'));

/** A limit is reported for a quarter of an hour after its event was read. */
const reported = (variants: readonly Variant[]): readonly Variant[] =>
  variants.map((one) => ({ ...one, reportedMinutes: 15 }));

/** A quarter of an hour, and a part of the span in which it began. */
const directoryMinutes = 16;

const needPast = (variants: readonly Variant[]): readonly Variant[] =>
  variants.map((one) => ({ ...one, needsPast: true }));

/** What only the org's own System Log shows. */
export const systemLogCases: readonly Case[] = [
  defineCase(
    'Q5',
    'others use up a rate limit',
    'ticket',
    reported([
      {
        ...warning(
          logLimits,
          'the org, at /token',
          quota('org-limit-reached'),
          rememberLog(),
          inLog((okta) => okta.touchLimit('org-violation', { bucket: '/oauth2/{id}/v1/token', threshold: 2_000 })),
        ),
        severity: 'page',
      },
      warning(
        logLimits,
        'the org, at /users',
        quota('api-limit-reached'),
        rememberLog(),
        inLog((okta) => okta.touchLimit('org-violation', { bucket: '/api/v1/users', threshold: 600 })),
      ),
      warning(
        logLimits,
        'an application',
        quota('client-limit-reached'),
        rememberLog(),
        inLog((okta) => okta.touchLimit('client-violation', { threshold: 60 })),
      ),
      warning(
        logLimits,
        'an API token',
        quota('client-limit-reached'),
        rememberLog(),
        inLog((okta) => okta.touchLimit('org-violation', { bucket: '/api/v1/users', scope: 'API_TOKEN' })),
      ),
      warning(
        logLimits,
        'an operation',
        quota('operation-limit-reached'),
        rememberLog(),
        inLog((okta) => okta.touchLimit('operation-violation', { operation: 'phone_enrollment' })),
      ),
      warning(
        logLimits,
        'requests at the same time',
        quota('concurrency-reached'),
        rememberLog(),
        inLog((okta) => okta.touchLimit('org-concurrency')),
      ),
      ...needPast([
        warning(
          logLimits,
          'nearly, in two minutes',
          quota('org-limit-near'),
          rememberLog((_, nowMs) => ({
            limits: [
              {
                ...{ limit: 'warning', scope: 'org', bucket: '/api/v1/domains', by: { type: 'okta' } },
                ...{ minutesMs: [nowMs - 5 * 60_000], readAtMs: nowMs - 4 * 60_000 },
              },
            ],
          })),
          inLog((okta) => okta.touchLimit('org-warning', { bucket: '/api/v1/domains', threshold: 600 })),
        ),
      ]),
    ]),
  ),
  defineCase(
    'L1',
    'more fails for users and applications than usual',
    'ticket',
    needPast([
      warning(
        userSignIns,
        'failed sign-ins',
        configuration('sign-in-failures-rise'),
        quietDays,
        recordMany(40, failedSignIn),
      ),
      warning(userSignIns, 'lockouts', configuration('lockouts-rise'), quietDays, recordMany(40, lockout)),
      warning(
        userSignIns,
        'refused tokens',
        configuration('token-refusals-rise'),
        quietDays,
        recordMany(40, refusedToken),
      ),
    ]),
  ),
  defineCase('L5', 'a directory that checks passwords does not answer', 'page', [
    {
      ...warning(
        userSignIns,
        'time-outs of all',
        configuration('delegated-authentication-failing'),
        rememberLog(),
        recordMany(12, directoryTimeout),
      ),
      reportedMinutes: directoryMinutes,
    },
    {
      ...warning(
        userSignIns,
        'time-outs of some',
        configuration('delegated-authentication-failing'),
        rememberLog(),
        recordMany(10, byLdap),
        recordMany(6, { ...byLdap, failure: 'request timed out' }),
      ),
      severity: 'ticket' as const,
      reportedMinutes: directoryMinutes,
    },
  ]),
  defineCase(
    'L6',
    'codes do not arrive',
    'ticket',
    needPast([warning(userSignIns, 'by text message', configuration('codes-not-arriving'), codesUnused(40))]),
  ),
  defineCase('L7', 'users cannot be provisioned', 'ticket', [
    {
      ...warning(
        userSignIns,
        'to one application',
        configuration('provisioning-failing'),
        rememberLog(),
        recordMany(3, failedProvisioning),
      ),
      reportedMinutes: 61,
    },
  ]),
  defineCase(
    'L8',
    'people lose their access in bulk',
    'ticket',
    needPast([
      warning(
        userSignIns,
        'an application',
        configuration('access-removed-in-bulk'),
        fewRemovals,
        recordMany(40, removal),
      ),
    ]),
  ),
  defineCase(
    'L9',
    'people no longer sign in',
    'ticket',
    needPast([warning(userSignIns, 'almost none', configuration('sign-ins-fall'), usualSignIns(400))]),
  ),
  defineCase(
    'L10',
    'many requests are blocked',
    'ticket',
    needPast([
      warning(
        userSignIns,
        'by a zone',
        configuration('blocked-requests-rise'),
        quietDays,
        recordMany(40, blockedRequest),
      ),
    ]),
  ),
  defineCase(
    'L2',
    'the System Log is late or lacks events',
    'ticket',
    needPast([
      warning(ownEvents, 'late', { code: 'log-lags', domain: 'okta' }, awaitEvent(12, 20)),
      warning(ownEvents, 'lacks one', { code: 'log-lacks-events', domain: 'okta' }, awaitEvent(40, 5)),
    ]),
  ),
  defineCase(
    'L3',
    'the System Log is not read to its end',
    'ticket',
    needPast([
      warning(
        systemLog,
        'too many events',
        monitor('log-behind'),
        rememberLog(() => ({ runsBehind: 4 })),
        recordMany(6_000, failedSignIn),
      ),
      variant(systemLog, 'another run at the same time', monitor('log-memory-refused'), rememberLog(), forgetRevision),
    ]),
  ),
  defineCase('L4', 'the System Log cannot be read', 'ticket', [
    variant(systemLog, '429', quota('api-rate-limited'), rememberLog(), refuseByLimit),
    variant(
      systemLog,
      '403 E0000006',
      configuration('admin-role-missing'),
      rememberLog(),
      respond({ ...errorEnvelope('E0000006'), status: 403 }),
    ),
  ]),
  defineCase('M5', 'Okta cannot use what the monitor asks', 'ticket', [
    variant(systemLog, '400 E0000001', monitor('request-invalid'), rememberLog(), respond(errorEnvelope('E0000001'))),
  ]),
];
