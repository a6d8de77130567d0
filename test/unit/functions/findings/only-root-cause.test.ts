import { describe, expect, it } from 'vitest';
import { type FindingCode, finding } from '../../../../functions/findings/finding.ts';
import { onlyRootCause } from '../../../../functions/findings/only-root-cause.ts';
import type { Exchange } from '../../../../functions/model/exchange.ts';
import type { Comparison } from '../../../../functions/model/finding.ts';
import type { Outcome } from '../../../../functions/model/outcome.ts';
import { formatTarget } from '../../../../functions/model/target.ts';
import { endpointUrl } from '../../../../functions/okta/endpoints.ts';

interface Options {
  readonly status?: number;
  /** Without it, the answer does not show its sender. */
  readonly requestId?: string;
  readonly comparisons?: readonly Comparison[];
}

type Endpoint = 'organization' | 'discovery' | 'keys' | 'authorize' | 'token' | 'introspect';

/** A failed probe, as `organization` or `token@default`. */
function failed(
  target: `${Endpoint | 'verify'}@${string}` | 'organization',
  code: FindingCode,
  options: Options = {},
): Outcome {
  const [probe = '', server] = target.split('@');
  const { status = 403, comparisons = [], requestId = 'id' } = options;
  const exchange: Exchange | undefined =
    probe === 'verify'
      ? undefined
      : {
          ...{ method: 'GET', url: endpointUrl('acme.okta.com', { id: server ?? 'org' }, probe as Endpoint), at: '' },
          ...{ phases: {}, status, ...(requestId && { requestId }) },
        };
  return {
    ...{ org: 'acme', ...(server && { server }), probe, exchanges: exchange ? [exchange] : [] },
    ...{ status: 'failed', readings: {}, finding: finding(code, { comparisons }) },
  };
}

/** The reported findings: `target: code`. */
const reported = (...outcomes: readonly Outcome[]) =>
  onlyRootCause(outcomes).flatMap((outcome) =>
    outcome.status === 'failed' ? [`${formatTarget(outcome)}: ${outcome.finding.code}`] : [],
  );

describe('only the root cause', () => {
  it('is reported where something in between words its block differently at each endpoint', () => {
    expect(
      reported(
        failed('organization', 'intercepted'),
        failed('keys@org', 'unidentified-answer'),
        failed('token@default', 'connection-reset'),
      ),
    ).toEqual(['organization: intercepted']);
  });

  it('is reported where Okta blocks the address, in other words at a sign-in and at a SAML application', () => {
    const blocked = failed('keys@default', 'address-blocked');
    const others = [failed('authorize@org', 'sign-in-blocked'), failed('authorize@default', 'saml-not-assigned')];
    expect(reported(blocked, ...others)).toEqual(['keys@default: address-blocked']);
    const notFound = failed('authorize@org', 'saml-not-assigned', { status: 404 });
    expect(reported(blocked, notFound)).toEqual(['keys@default: address-blocked', 'authorize@org: saml-not-assigned']);
  });

  it('is reported where two probes make the same request, and not where the requests or the findings differ', () => {
    const asked = (probe: string, endpoint: 'authorize@org' | 'authorize@default', code: FindingCode) => ({
      ...failed(endpoint, code, { status: 500 }),
      probe,
    });
    expect(
      reported(
        asked('single-sign-on', 'authorize@org', 'rate-limit-exhausted'),
        asked('sign-out', 'authorize@org', 'rate-limit-exhausted'),
      ),
    ).toEqual(['single-sign-on@org: rate-limit-exhausted']);
    expect(
      reported(
        asked('single-sign-on', 'authorize@default', 'rate-limit-exhausted'),
        asked('sign-out', 'authorize@org', 'rate-limit-exhausted'),
      ),
    ).toHaveLength(2);
    expect(
      reported(
        asked('single-sign-on', 'authorize@org', 'rate-limit-exhausted'),
        asked('sign-out', 'authorize@org', 'sign-out-without-effect'),
      ),
    ).toHaveLength(2);
  });

  it('is reported where there is no org, whatever the other endpoints say', () => {
    expect(
      reported(
        failed('organization', 'org-not-found', { status: 404 }),
        failed('authorize@org', 'redirect-uri-refused'),
        failed('token@default', 'server-not-found'),
        failed('keys@org', 'unexpected-page'),
      ),
    ).toEqual(['organization: org-not-found']);
  });

  it('is reported where a server was deleted, and the other server’s failure besides', () => {
    expect(
      reported(
        failed('token@org', 'client-refused'),
        failed('discovery@default', 'server-not-found', { status: 404 }),
        failed('authorize@default', 'redirect-uri-refused', { status: 400 }),
        failed('token@default', 'request-refused', { status: 400 }),
      ),
    ).toEqual(['token@org: client-refused', 'discovery@default: server-not-found']);
  });

  it('does not hide a failure inside Okta behind a deleted server', () => {
    expect(
      reported(
        failed('discovery@default', 'server-not-found'),
        failed('token@default', 'internal-error', { status: 500 }),
      ),
    ).toEqual(['discovery@default: server-not-found', 'token@default: internal-error']);
  });

  it('is reported where Okta is down, and its edge answers some requests', () => {
    expect(
      reported(
        failed('organization', 'unidentified-answer', { status: 503, requestId: '' }),
        failed('keys@org', 'unidentified-answer', { status: 502, requestId: '' }),
        failed('token@default', 'internal-error', { status: 500 }),
      ),
    ).toEqual(['token@default: internal-error']);
  });

  it('is reported where the org answers with one fault here and another one there', () => {
    expect(
      reported(
        failed('organization', 'gateway-error', { status: 503 }),
        failed('keys@org', 'no-answer'),
        failed('token@default', 'temporarily-unavailable', { status: 500 }),
        failed('token@org', 'client-refused'),
      ),
    ).toEqual(['organization: gateway-error', 'token@org: client-refused']);
  });

  it('is reported once for one client that two servers refuse', () => {
    const comparisons = [{ name: 'client id', expected: '0oa1', found: 'refused' }];
    const other = [{ name: 'client id', expected: '0oa2', found: 'refused' }];
    expect(
      reported(
        failed('token@org', 'client-refused', { comparisons }),
        failed('token@default', 'client-refused', { comparisons }),
      ),
    ).toEqual(['token@org: client-refused']);
    expect(
      reported(
        failed('token@org', 'client-refused', { comparisons }),
        failed('token@default', 'client-refused', { comparisons: other }),
      ),
    ).toHaveLength(2);
  });

  it('is reported once for one token that is judged twice', () => {
    expect(
      reported(failed('verify@default', 'issuer-mismatch'), failed('introspect@default', 'issuer-mismatch')),
    ).toEqual(['verify@default: issuer-mismatch']);
    expect(
      reported(failed('verify@default', 'signature-invalid'), failed('introspect@default', 'token-inactive')),
    ).toEqual(['verify@default: signature-invalid']);
  });

  it('leaves two failures that have nothing in common', () => {
    expect(reported(failed('token@org', 'client-refused'), failed('token@default', 'internal-error'))).toHaveLength(2);
  });

  it('never hides the monitor’s own faults', () => {
    expect(reported(failed('organization', 'org-not-found'), failed('token@org', 'secret-unreadable'))).toHaveLength(2);
  });

  it('says which failure explains the one that it skips', () => {
    const outcomes = onlyRootCause([failed('organization', 'intercepted'), failed('keys@org', 'intercepted')]);
    expect(outcomes[1]).toMatchObject({ status: 'skipped', because: 'organization failed: intercepted' });
  });
});
