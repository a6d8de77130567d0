import type { FaultDomain } from '../model/fault-domain.ts';
import type { Outcome } from '../model/outcome.ts';
import { formatTarget } from '../model/target.ts';
import { locate } from '../okta/endpoints.ts';
import { isFromOkta } from '../okta/sender.ts';
import type { FindingCode } from './finding.ts';

type Failed = Outcome & { readonly status: 'failed' };

/** A failure that explains others. */
interface RootCause {
  readonly isRoot: (failed: Failed) => boolean;
  /** Whether the root explains another failure. */
  readonly explains: (root: Failed, other: Failed) => boolean;
}

const hasCode =
  (...codes: readonly FindingCode[]) =>
  ({ finding }: Failed) =>
    (codes as readonly string[]).includes(finding.code);

const isIn =
  (...domains: readonly FaultDomain[]) =>
  ({ finding }: Failed) =>
    domains.includes(finding.domain);

/** Whether the probe asked for the org's metadata and for nothing else. */
const isOfOrg = ({ exchanges }: Failed) =>
  exchanges.length > 0 && exchanges.every(({ url }) => locate(url)?.endpoint === 'organization');

/** Whether the request did not arrive, or whoever answered left no mark. Who is at fault depends on the rest of the run. */
const isOnTheWay = (failed: Failed) =>
  isIn('network')(failed) || !['unknown', undefined].includes(failed.finding.suspect);

/** The host to which the last request was redirected. */
const targetOf = ({ exchanges }: Failed) => URL.parse(exchanges.at(-1)?.location ?? '')?.host;

const isAtServerOf = (root: Failed, other: Failed) => root.server !== undefined && root.server === other.server;

const answeredByOkta = ({ exchanges }: Failed) => {
  const last = exchanges.at(-1);
  return last !== undefined && isFromOkta(last);
};

/** Whether Okta rejected a request. */
const isRejection = (failed: Failed) => {
  const { status = 0 } = failed.exchanges.at(-1) ?? {};
  return answeredByOkta(failed) && status >= 400 && status < 500;
};

/** Whether Okta refused a request with 403, whose words differ by endpoint. */
const isForbidden = (failed: Failed) => isRejection(failed) && failed.exchanges.at(-1)?.status === 403;

/** How Okta words that it is down, one endpoint this way and another one that way. */
const isOutage = hasCode(
  'internal-error',
  'gateway-error',
  'temporarily-unavailable',
  'no-answer',
  'unexpected-page',
  'malformed-answer',
  'unrecognised-answer',
);

const isUnidentifiedFault = ({ finding, exchanges }: Failed) =>
  finding.code === 'unidentified-answer' && (exchanges.at(-1)?.status ?? 0) >= 500;

const noOrg = hasCode('org-not-found', 'org-deactivated');
const noServer = hasCode('server-not-found', 'api-access-management-missing');

/**
 * By who answered, and by how far a cause reaches. The first of them that fits is used, and within it the first probe of
 * the plan is the root: the org itself comes before its servers, and a server's metadata before its other endpoints.
 */
const rootCauses: readonly RootCause[] = [
  // No org, so nothing else can work.
  { isRoot: noOrg, explains: (_, other) => !isIn('monitor')(other) },
  // Another org knows none of the clients, keys and tokens.
  { isRoot: hasCode('another-org'), explains: (_, other) => !isIn('monitor', 'network')(other) },
  // The redirect of one address.
  {
    isRoot: hasCode('redirected'),
    explains: (root, other) =>
      hasCode('redirected')(other) ||
      (hasCode('routed-elsewhere')(other) && (isOfOrg(root) || targetOf(root) === targetOf(other))),
  },
  // Where Okta itself fails, an error of an unknown sender is most likely that of its edge.
  {
    isRoot: (failed) => isOutage(failed) && answeredByOkta(failed),
    explains: (_, other) => isUnidentifiedFault(other),
  },
  // Okta refuses every request from this address.
  { isRoot: hasCode('address-blocked'), explains: (root, other) => isOfOrg(root) && isRejection(other) },
  {
    isRoot: hasCode('address-blocked'),
    explains: (_, other) =>
      hasCode('address-blocked')(other) ||
      (hasCode('sign-in-blocked', 'saml-not-assigned', 'access-refused')(other) && isForbidden(other)),
  },
  // An intermediary words its refusal differently at each endpoint.
  { isRoot: isOnTheWay, explains: (_, other) => isOnTheWay(other) },
  { isRoot: (failed) => isOfOrg(failed) && isOutage(failed), explains: (_, other) => isOutage(other) },
  // Okta words one outage differently at different endpoints. The same words are one finding anyway.
  {
    isRoot: (failed) => isOutage(failed) && answeredByOkta(failed),
    explains: (root, other) => isOutage(other) && answeredByOkta(other) && other.finding.code !== root.finding.code,
  },
  {
    isRoot: hasCode('api-access-management-missing'),
    explains: (_, other) => hasCode('api-access-management-missing')(other),
  },
  { isRoot: noServer, explains: (root, other) => isAtServerOf(root, other) && (noServer(other) || isRejection(other)) },
  // Introspection repeats the token's claims, and does not know a token with a defect.
  {
    isRoot: (failed) => failed.probe === 'verify',
    explains: (root, other) =>
      isAtServerOf(root, other) &&
      other.probe === 'introspect' &&
      (hasCode('malformed-answer', 'introspection-mismatch', 'token-bound-elsewhere')(other) ||
        (isIn('okta')(root) && hasCode('token-inactive')(other))),
  },
  // The same token, judged twice, or the same client, refused twice.
  {
    isRoot: isIn('configuration', 'credentials', 'clock'),
    explains: (root, other) =>
      root.finding.code === other.finding.code && (isAtServerOf(root, other) || isSameClient(root, other)),
  },
  // The same request, made by two probes.
  {
    isRoot: ({ exchanges }) => exchanges.length > 0,
    explains: (root, other) =>
      root.finding.code === other.finding.code && root.exchanges.at(-1)?.url === other.exchanges.at(-1)?.url,
  },
  // The whole org: for example one certificate, or a clock.
  { isRoot: isOfOrg, explains: (root, other) => root.finding.code === other.finding.code },
];

/** Whether both findings are about one client. */
function isSameClient(root: Failed, other: Failed): boolean {
  const [one, another] = [root, other].map(({ finding }) =>
    finding.comparisons?.find(({ name, found }) => name === 'client id' && found !== 'accepted'),
  );
  return one !== undefined && one.expected === another?.expected;
}

/**
 * Reports one incident once. A failure that another one explains becomes skipped.
 *
 * People read one finding, but not eleven, and the alarms of fault domains that are not at fault stay silent.
 */
export function onlyRootCause(outcomes: readonly Outcome[]): readonly Outcome[] {
  return rootCauses.reduce<readonly Outcome[]>((remaining, { isRoot, explains }) => {
    const failed = remaining.filter((outcome): outcome is Failed => outcome.status === 'failed');
    const explanations = new Map<Outcome, Failed>();
    for (const root of failed.filter(isRoot)) {
      if (explanations.has(root)) continue;
      for (const other of failed)
        if (other !== root && explains(root, other) && !explanations.has(other)) explanations.set(other, root);
    }
    return remaining.map((outcome) => {
      const root = explanations.get(outcome);
      return root ? skip(outcome, root) : outcome;
    });
  }, outcomes);
}

function skip({ org, server, probe, exchanges, retriedAfter }: Outcome, root: Failed): Outcome {
  return {
    ...{ org, ...(server !== undefined && { server }), probe, exchanges },
    ...(retriedAfter !== undefined && { retriedAfter }),
    ...{ status: 'skipped', because: `${formatTarget(root)} failed: ${root.finding.code}` },
  };
}
