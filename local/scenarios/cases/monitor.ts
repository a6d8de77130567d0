import type { AwsError, AwsFault } from '../../emulators/aws/aws-emulator.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant } from '../case.ts';
import { meets } from '../faults/answers.ts';
import { apiSecret, org, serviceSecret } from '../faults/events.ts';
import { everywhere, rateLimits, runs, token } from '../targets.ts';

const monitor = (code: string): Expected => ({ code, domain: 'monitor' });
const unreadable = monitor('secret-unreadable');

/** What a secret may hold that is of no use, or why it cannot be read. */
const secrets: readonly [wire: string, holds: string | AwsError][] = [
  ['not found', { status: 400, type: 'ResourceNotFoundException', message: 'no such secret' }],
  ['access denied', { status: 400, type: 'AccessDeniedException', message: 'not authorized' }],
  ['Secrets Manager fails', { status: 500, type: 'InternalServiceError', message: 'internal error' }],
  ['not JSON', 'a text'],
  ['a list', '[]'],
  ['no key', '{"privateKey":"-----BEGIN PRIVATE KEY-----\\nx\\n-----END PRIVATE KEY-----","apiToken":5}'],
  ['lacks its member', '{"password":"x"}'],
  ['its member is empty', '{"apiToken":"","privateKey":"","clientSecret":""}'],
];

const refusals: readonly [wire: string, fault: AwsFault][] = [
  ['throttled', { status: 400, type: 'ThrottlingException', message: 'Rate exceeded' }],
  ['unreachable', 'connection closed'],
  ['access denied', { status: 403, type: 'AccessDeniedException', message: 'not authorized' }],
];

const refusesMetrics =
  (fault: AwsFault): Fault =>
  ({ aws }) => ({ restore: aws.injectFault('PutMetricData', fault) });

/** Little more than what a run keeps back for publishing, and patience beyond it. */
const shortOfTime: readonly Fault[] = [
  () => ({ timeoutMs: 7_000 }),
  org((one) => ({ ...one, slowAfterMs: 9_000, timeoutMs: 10_000 })),
];

export const monitorCases: readonly Case[] = [
  {
    id: 'M1',
    title: 'a secret cannot be read',
    severity: 'ticket',
    variants: [
      ...token.flatMap((site) =>
        secrets.map(([wire, holds]) =>
          variant(
            site,
            wire,
            unreadable,
            serviceSecret(site.server, () => holds),
          ),
        ),
      ),
      ...secrets.map(([wire, holds]) =>
        variant(
          rateLimits,
          wire,
          unreadable,
          apiSecret(() => holds),
        ),
      ),
    ],
  },
  {
    id: 'M2',
    title: 'the metrics are refused',
    severity: 'ticket',
    variants: runs.flatMap((site) =>
      refusals.map(([wire, fault]) =>
        variant(site, `${site.group}: ${wire}`, monitor('metrics-refused'), refusesMetrics(fault)),
      ),
    ),
  },
  {
    id: 'M3',
    title: 'the run is out of time',
    severity: 'ticket',
    variants: everywhere.map((site) =>
      variant(
        site,
        'no answer till the deadline',
        monitor('out-of-time'),
        ...shortOfTime,
        meets(site, { delayMs: 600_000 }),
      ),
    ),
  },
  {
    id: 'M4',
    title: 'the monitor does not run',
    severity: 'page',
    variants: [],
    skipReason: 'no run could see it: an alarm on the schedule does',
  },
];
