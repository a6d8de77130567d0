import { type FindingCode, finding } from '../findings/finding.ts';
import { expectJson, ProbeFailure } from '../findings/probe-failure.ts';
import { clockOffsetMs, type PeerCertificate } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import { defineProbe } from '../model/probe.ts';
import { clockToleranceSeconds } from '../okta/access-token.ts';
import { endpointUrl } from '../okta/endpoints.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { readOrgMetadata } from '../okta/org-metadata.ts';

const dayMs = 24 * 3600 * 1000;

/**
 * Checks that the org can be reached. Its metadata has no rate limit and needs no credentials. The same response shows
 * when the certificate expires and how far the clocks are apart.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/OrgSettingMetadata/
 */
export const organization = defineProbe({
  id: 'organization',
  question: 'Can the org be reached?',
  group: 'flows',
  scope: 'org',
  requests: ['organization'],
  configuredRequests: { words: 'one at its other name', of: () => ['organization'] },
  provides: 'orgNames',
  remembers: true,
  timed: false,
  metrics: {
    CertificateDaysLeft: {
      unit: 'Count',
      statistic: 'Minimum',
      help: "Days until the domain's TLS certificate expires.",
    },
  },
  async run({ org, server, now, fetch, exchanges }) {
    const document = await expectJson(await fetch(endpointUrl(org.domain, server, 'organization'), { anew: true }));
    if (typeof document.id !== 'string') throw new ProbeFailure('malformed-answer', 'the org metadata has no "id"');
    const { certificate, clockOffsetSeconds } = exchanges.at(-1) ?? {};
    const { id, engine, hosts } = readOrgMetadata(document);
    const time = now() + clockOffsetMs(exchanges);
    const daysLeft = certificate && Math.floor((Date.parse(certificate.validTo) - time) / dayMs);
    return {
      readings: { CertificateDaysLeft: daysLeft },
      notes: [
        ...(engine ? [engineNames[engine]] : []),
        ...(isInspected(org.domain, certificate)
          ? [`TLS inspection: the certificate of Okta's domain is issued by ${certificate?.issuer.slice(0, 100)}`]
          : []),
      ],
      warnings: [...clockWarnings(clockOffsetSeconds), ...certificateWarnings(org.domain, certificate, daysLeft)],
      provides: { orgNames: { ...(id !== undefined && { id }), hosts } },
    };
  },
});

const engineNames = { identity: 'Identity Engine', classic: 'Classic Engine' } as const;

function clockWarnings(offsetSeconds = 0): Finding[] {
  if (Math.abs(offsetSeconds) <= clockToleranceSeconds) return [];
  const direction = offsetSeconds > 0 ? 'ahead of' : 'behind';
  return [finding('clock-skew', { detail: `Okta's clock is ${Math.abs(offsetSeconds)} s ${direction} the monitor's` })];
}

/** The issuers of public authorities, by the names or numbers that their certificates have. */
const publicAuthority =
  /digicert|amazon|let's encrypt|globalsign|google trust|sectigo|geotrust|thawte|entrust|^([re]\d{1,2}|w[er]\d)$/i;

/** Whether something in between presents a certificate of its own for one of Okta's domains, which the host trusts. */
function isInspected(domain: string, certificate: PeerCertificate | undefined): boolean {
  return (
    certificate !== undefined &&
    isOktaHost(new URL(`https://${domain}`).hostname) &&
    !publicAuthority.test(certificate.issuer)
  );
}

/** Who must renew the certificate, and how early the notice is. The first entry above the days left counts. */
const certificateLevels: readonly { readonly days: number; readonly code: FindingCode; readonly ofOkta: boolean }[] = [
  { days: 7, code: 'okta-certificate-expires', ofOkta: true },
  { days: 7, code: 'certificate-expires-now', ofOkta: false },
  { days: 30, code: 'certificate-expires-soon', ofOkta: false },
];

function certificateWarnings(domain: string, certificate: PeerCertificate | undefined, daysLeft = Infinity): Finding[] {
  const isOkta = isOktaHost(new URL(`https://${domain}`).hostname);
  const level = certificateLevels.find(({ days, ofOkta }) => ofOkta === isOkta && daysLeft < days);
  if (!level || !certificate || isInspected(domain, certificate)) return [];
  const comparisons = [
    { name: 'certificate', expected: `valid for ${level.days} days or more`, found: `until ${certificate.validTo}` },
    { name: 'issuer of the certificate', expected: 'a public authority', found: certificate.issuer },
  ];
  return [finding(level.code, { detail: `days until the certificate expires: ${daysLeft}`, comparisons })];
}
