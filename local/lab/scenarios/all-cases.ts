import type { AwsFault } from '../../self-hosted/aws-emulator/aws-emulator.ts';
import type { Fault } from '../simulation/environment.ts';
import { type Case, defineCase, type Expected, skipCase, variant, variants } from './case.ts';
import { clientConfigurationCases } from './cases/client-configuration.ts';
import { credentialCases } from './cases/credentials.ts';
import { healthCases } from './cases/health.ts';
import { testUserCases } from './cases/journey.ts';
import { attributionCases, intermediaryCases, networkCases } from './cases/network.ts';
import { oktaCases } from './cases/okta.ts';
import { quotaCases } from './cases/quota.ts';
import { resourceCases } from './cases/resource.ts';
import { samlCases } from './cases/saml.ts';
import { serverConfigurationCases } from './cases/server-configuration.ts';
import { systemLogCases } from './cases/system-log.ts';
import { tokenCases } from './cases/tokens.ts';
import { intercept } from './faults/answers.ts';
import { longTimeouts, replaceApiSecret, replaceServiceSecret, type Secret } from './faults/configuration.ts';
import { allEndpoints, rateLimits, runTargets, token } from './targets.ts';

const monitor = (code: string): Expected => ({ code, domain: 'monitor' });
const unreadable = monitor('secret-unreadable');
const outOfTime = monitor('out-of-time');

/** Secrets that cannot be read, or whose text is of no use. */
const badSecrets: readonly [symptom: string, secret: Secret][] = [
  ['not found', { status: 400, type: 'ResourceNotFoundException', message: 'no such secret' }],
  ['access denied', { status: 400, type: 'AccessDeniedException', message: 'not authorized' }],
  ['Secrets Manager fails', { status: 500, type: 'InternalServiceError', message: 'internal error' }],
  ['not JSON', 'a text'],
  ['a JSON array', '[]'],
  ['unusable key', '{"privateKey":"-----BEGIN PRIVATE KEY-----\\nx\\n-----END PRIVATE KEY-----","apiToken":5}'],
  ['member missing', '{"password":"x"}'],
  ['member empty', '{"apiToken":"","privateKey":"","clientSecret":""}'],
];

const publishFaults: readonly [symptom: string, fault: AwsFault][] = [
  ['throttled', { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' }],
  ['unreachable', 'connection closed'],
  ['access denied', { status: 403, type: 'AccessDeniedException', message: 'not authorized' }],
];

const refuseMetrics =
  (fault: AwsFault): Fault =>
  ({ aws }) => ({ restore: aws.injectFault('PutMetricData', fault) });

/** A function timeout just above the time that a run reserves for publishing, and a longer request timeout. */
const shortOfTime: readonly Fault[] = [() => ({ timeoutMs: 7_000 }), longTimeouts];

export const monitorCases: readonly Case[] = [
  defineCase('M1', 'a secret cannot be read', 'ticket', [
    token.flatMap((target) =>
      badSecrets.map(([symptom, secret]) => variant(target, symptom, unreadable, replaceServiceSecret(secret))),
    ),
    badSecrets.map(([symptom, secret]) => variant(rateLimits, symptom, unreadable, replaceApiSecret(secret))),
  ]),
  defineCase('M2', 'the metrics cannot be published', 'ticket', [
    runTargets.flatMap((target) =>
      publishFaults.map(([symptom, fault]) =>
        variant(target, `${target.group}: ${symptom}`, monitor('metrics-refused'), refuseMetrics(fault)),
      ),
    ),
  ]),
  defineCase('M3', 'the run is out of time', 'ticket', [
    variants(allEndpoints, 'no response by the deadline', outOfTime, ...shortOfTime, intercept({ delayMs: 600_000 })),
  ]),
  skipCase('M4', 'the monitor is not running', 'page', 'needs npm run drill, because only an alarm can detect it'),
];

/** Every failure that the monitor must tell apart from all others, grouped by cause. To add one, add an entry to its table. */
export const allCases: readonly Case[] = [
  ...networkCases,
  ...intermediaryCases,
  ...attributionCases,
  ...oktaCases,
  ...quotaCases,
  ...systemLogCases,
  ...serverConfigurationCases,
  ...clientConfigurationCases,
  ...credentialCases,
  ...tokenCases,
  ...testUserCases,
  ...samlCases,
  ...healthCases,
  ...resourceCases,
  ...monitorCases,
];
