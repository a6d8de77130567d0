import { expect, it } from 'vitest';
import type { ProbeContext } from '../../../../functions/model/probe.ts';
import { organization } from '../../../../functions/probes/organization.ts';

/** Runs the probe at Okta's own domain, whose certificate ends in two days. */
async function run(issuer: string) {
  const now = Date.UTC(2026, 0, 5);
  const certificate = { subject: '*.okta.com', issuer, validTo: new Date(now + 2.5 * 86_400_000).toISOString() };
  return organization.run({
    ...{ org: { name: 'acme', domain: 'acme.okta.com' }, server: { id: 'org' }, now: () => now },
    exchanges: [{ certificate, clockOffsetSeconds: 0 }],
    fetch: async () => Response.json({ id: '00o', pipeline: 'idx' }),
  } as unknown as ProbeContext);
}

it.each(['DigiCert Global G2 TLS RSA SHA256 2020 CA1', 'Amazon RSA 2048 M03', 'R11', 'E6'])(
  "a certificate of Okta's domain that %s issued is Okta's to renew",
  async (issuer) => {
    const { warnings = [], notes } = await run(issuer);
    expect(warnings.map(({ code }) => code)).toEqual(['okta-certificate-expires']);
    expect(notes).toEqual(['Identity Engine']);
  },
);

it("a certificate of TLS inspection is not said to be Okta's, and is noted", async () => {
  const { warnings, notes } = await run('Acme Inspection CA 1');
  expect(warnings).toEqual([]);
  expect(notes).toContain("TLS inspection: the certificate of Okta's domain is issued by Acme Inspection CA 1");
});
