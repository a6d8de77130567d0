import { expectJson } from '../diagnosis/expect-json.ts';
import { finding } from '../diagnosis/finding.ts';
import { ProbeFailure } from '../diagnosis/probe-failure.ts';
import type { Finding } from '../model/finding.ts';
import { defineProbe } from '../model/probe.ts';
import { clockToleranceSeconds } from '../okta/access-token.ts';
import { endpointUrl } from '../okta/endpoints.ts';

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
  timed: false,
  metrics: {
    CertificateDaysLeft: {
      unit: 'Count',
      statistic: 'Minimum',
      help: "Days until the domain's TLS certificate expires.",
    },
  },
  async run({ org, server, now, fetch, exchanges }) {
    const document = await expectJson(await fetch(endpointUrl(org.domain, server, 'organization')));
    if (typeof document.id !== 'string') throw new ProbeFailure('malformed-answer', 'the org metadata has no "id"');
    const { certificate, clockOffsetSeconds } = exchanges.at(-1) ?? {};
    const daysLeft = certificate && Math.floor((Date.parse(certificate.validTo) - now()) / dayMs);
    return {
      readings: { CertificateDaysLeft: daysLeft },
      notes: document.pipeline === 'idx' ? ['Identity Engine'] : document.pipeline === 'v1' ? ['Classic Engine'] : [],
      warnings: [...clockWarnings(clockOffsetSeconds), ...certificateWarnings(daysLeft)],
    };
  },
});

function clockWarnings(offsetSeconds = 0): Finding[] {
  if (Math.abs(offsetSeconds) <= clockToleranceSeconds) return [];
  const direction = offsetSeconds > 0 ? 'ahead of' : 'behind';
  return [finding('clock-skew', { detail: `Okta's clock is ${Math.abs(offsetSeconds)} s ${direction} the monitor's` })];
}

function certificateWarnings(daysLeft = Number.POSITIVE_INFINITY): Finding[] {
  if (daysLeft >= 30) return [];
  const code = daysLeft < 7 ? 'certificate-expires-now' : 'certificate-expires-soon';
  return [finding(code, { detail: `days until the certificate expires: ${daysLeft}` })];
}
