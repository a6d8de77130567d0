import { finding } from '../findings/finding.ts';
import type { Finding } from '../model/finding.ts';
import { defineProbe } from '../model/probe.ts';
import { wholeDays } from '../okta/expiry.ts';
import { memberAt } from '../okta/json-fields.ts';
import { type CustomDomain, isUnverified, isVerified, parseCustomDomains } from '../okta/management-answers.ts';
import { healthOf, openApiReader } from './api-reader.ts';
import { expiryFindings } from './expiry-finding.ts';

/** Okta renews its own certificates about a month before they expire. */
const renewedBeforeDays = 20;

/** Clocks and formats of dates differ by less than this. */
const sameTimeMs = 60_000;

const expired = 'domain-certificate-expired';

/**
 * Finds custom domains that are not verified, and certificates that expire: those that you renew, and those that Okta
 * should have renewed. For the domain that the monitor itself uses, what is served is the truth, and not what Okta holds.
 * https://developer.okta.com/docs/guides/custom-url-domain/main/
 */
export const domains = defineProbe({
  id: 'domains',
  question: 'Are the custom domains verified, and their certificates renewed?',
  group: 'health',
  scope: 'org',
  requires: ['api', 'health'],
  apiScopes: { anyOf: ['okta.domains.read'] },
  inputs: ['apiAccess'],
  requests: ['custom-domains'],
  timed: false,
  metrics: {},
  async run(context) {
    const { org, inputs } = context;
    const { ignored = [] } = healthOf(org);
    const api = openApiReader(context, 'domains');
    const items = await api.list('custom domains', 'custom-domains', {
      within: (document) => memberAt(document, 'domains'),
    });
    const found = parseCustomDomains(items ?? []).filter(({ id }) => !ignored.includes(id));
    const host = new URL(`https://${org.domain}`).hostname;
    const own = found.find(({ domain }) => domain === host);
    const served = Date.parse(inputs.apiAccess.certificate?.validTo ?? '');
    const judged = found.map((domain): CustomDomain => {
      if (domain !== own || !served) return domain;
      if (Math.abs(served - (domain.expiresAt ?? served)) > sameTimeMs)
        api.notes.push(
          `${domain.domain} serves another certificate than Okta holds, until ${new Date(served).toISOString()}`,
        );
      return { ...domain, expiresAt: served };
    });
    for (const each of judged) {
      const { domain, validation, expiresAt } = each;
      if (!isVerified(each) && !isUnverified(each))
        api.notes.push(`not known: the validation of ${domain}: ${validation}`);
      else if (expiresAt === undefined && isVerified(each))
        api.notes.push(`not known: when the certificate of ${domain} expires`);
    }
    const warnings = judged.flatMap((domain) => [...unverified(domain), ...expiring(domain)]);
    return api.resultWith(warnings);

    function expiring({ id, domain, isManaged, expiresAt }: CustomDomain): readonly Finding[] {
      const { expiryDays } = healthOf(org);
      if (expiresAt === undefined) return [];
      const thing = { id: `${id}/${expiresAt}`, what: `certificate of ${domain}`, at: expiresAt };
      if (!isManaged)
        return expiryFindings({ expires: 'domain-certificate-expires', expired }, thing, api.time(), expiryDays);
      if (wholeDays(api.time(), expiresAt) >= renewedBeforeDays) return [];
      const ticket = [renewedBeforeDays, ...expiryDays.ticket.filter((days) => days < renewedBeforeDays)];
      return expiryFindings({ expires: 'domain-certificate-not-renewed', expired }, thing, api.time(), {
        ...expiryDays,
        ticket,
      });
    }
  },
});

function unverified(domain: CustomDomain): readonly Finding[] {
  if (!isUnverified(domain)) return [];
  const comparisons = [{ name: `validation of ${domain.domain}`, expected: 'COMPLETED', found: domain.validation }];
  return [finding('domain-not-verified', { detail: domain.domain, comparisons })];
}
