import { finding } from '../findings/finding.ts';
import { UnexpectedResponse } from '../findings/probe-failure.ts';
import type { Finding } from '../model/finding.ts';
import { type ExpiryDays, mostCertificateReads, type Org } from '../model/org.ts';
import { defineProbe } from '../model/probe.ts';
import {
  expiriesByKid,
  parseSigningApplication,
  parseTrustedProviders,
  type SigningApplication,
} from '../okta/certificate-keys.ts';
import { endpointUrl, itemUrl } from '../okta/endpoints.ts';
import { certificatesIn, isGone } from '../okta/saml-assertion.ts';
import { isFromOkta } from '../okta/sender.ts';
import { type ApiContext, type ApiReader, healthOf, openApiReader } from './api-reader.ts';
import { type Expiring, expiryFindings, samlCertificate } from './expiry-finding.ts';

/** Pages of 200. */
const mostApplicationPages = 3;
const mostProviderPages = 2;

const hourMs = 3_600_000;

/**
 * Finds certificates that expire: those with which applications sign SAML responses, and those with which Okta verifies
 * identity providers. Okta lists the replaced ones too, so each is found by the kid that is in use.
 *
 * Trap: the certificates of many applications take a request each. Of all applications, each hour takes the next few.
 * https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOCredentialKey/
 */
export const certificates = defineProbe({
  id: 'certificates',
  question: 'Which SAML certificates expire?',
  group: 'health',
  scope: 'org',
  requires: ['api', 'health'],
  apiScopes: { anyOf: ['okta.apps.read', 'okta.idps.read'], or: 'samlApps' },
  inputs: ['apiAccess'],
  requests: [
    ...Array.from({ length: mostProviderPages }, () => 'identity-providers' as const),
    ...Array.from({ length: mostProviderPages }, () => 'identity-provider-certificates' as const),
  ],
  configuredRequests: {
    words:
      'the metadata of each of `samlApps`; each of `health.applications` and its certificates, or with `health.allApplications` three pages of applications and the certificates of 15',
    of: ({ samlApps = [], health }) => [
      ...samlApps.map(() => 'saml-metadata' as const),
      ...(health?.allApplications
        ? Array.from({ length: mostApplicationPages }, () => 'applications' as const)
        : (health?.applications ?? []).map(() => 'application' as const)),
      ...Array.from(
        { length: health?.allApplications ? mostCertificateReads : (health?.applications ?? []).length },
        () => 'application-certificates' as const,
      ),
    ],
  },
  timed: false,
  metrics: {},
  async run(context) {
    const api = openApiReader(context, 'certificates');
    const ends = new Set<number>();
    const warnings = [
      ...(await ofApplications(context, api, ends)),
      ...(await ofProviders(context, api)),
      ...(await ofMetadata(context, api, ends)),
    ];
    return api.resultWith(warnings);
  },
});

const samlCode = { expires: 'saml-certificate-expires', expired: 'saml-certificate-expired' } as const;
const providerCode = {
  expires: 'identity-provider-certificate-expires',
  expired: 'identity-provider-certificate-expired',
} as const;

/** Okta accepts the expired certificate of an identity provider, so none of its steps wakes anybody. */
function asTickets({ ticket, page }: ExpiryDays): ExpiryDays {
  return { ticket: [...ticket, ...page], page: [] };
}

/** The findings about applications. Adds to `ends` when their certificates end. */
async function ofApplications({ org }: ApiContext, api: ApiReader, ends: Set<number>): Promise<readonly Finding[]> {
  const { expiryDays, ignored = [] } = healthOf(org);
  const { applications, findings } = await applicationsOf(org, api, api.time());
  const found: Finding[] = [...findings];
  let checked = 0;
  for (const { id, name, kid } of applications) {
    if (ignored.includes(id)) continue;
    if (!api.hasTime()) {
      api.notes.push(
        `for want of time, not checked: the certificates of ${applications.length - checked} applications`,
      );
      break;
    }
    checked += 1;
    const keys = await api.list(`certificates of ${name}`, 'application-certificates', {
      url: itemUrl(org.domain, 'application-certificates', id),
    });
    if (!keys) continue;
    const at = kid === undefined ? undefined : expiriesByKid(keys).get(kid);
    if (at === undefined) api.notes.push(`not known: which certificate of ${name} is active`);
    else {
      ends.add(at);
      const expiring = { id: `${id}/${kid}`, what: `SAML certificate of ${name}`, at };
      found.push(...expiryFindings(samlCode, expiring, api.time(), expiryDays));
    }
  }
  return found;
}

/** The applications whose certificates this run looks at. */
async function applicationsOf(
  org: Org,
  api: ApiReader,
  now: number,
): Promise<{ readonly applications: readonly SigningApplication[]; readonly findings: readonly Finding[] }> {
  const { applications = [], allApplications } = healthOf(org);
  if (allApplications) {
    const url = `${itemUrl(org.domain, 'applications', '')}?${new URLSearchParams({ filter: 'status eq "ACTIVE"', limit: '200' })}`;
    const listed = (await api.list('SAML applications', 'applications', { url, pages: mostApplicationPages })) ?? [];
    const all = listed.flatMap((item) => parseSigningApplication(item) ?? []).filter(({ isActive }) => isActive);
    const some = partOf(
      all.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
      mostCertificateReads,
      Math.floor(now / hourMs),
    );
    if (some.length < all.length)
      api.notes.push(`the certificates of ${some.length} of ${all.length} applications, others in other hours`);
    return { applications: some, findings: [] };
  }
  const found: SigningApplication[] = [];
  const findings: Finding[] = [];
  for (const id of applications) {
    const item = await api.item(`application ${id}`, 'application', itemUrl(org.domain, 'application', id));
    if (item === undefined) break;
    if (item === 'missing') {
      const comparisons = [{ name: 'application', expected: id, found: 'not found' }];
      findings.push(finding('application-not-found', { detail: id, comparisons, once: [`${id}#missing`] }));
      continue;
    }
    api.mended.push(`${id}#missing`);
    const application = parseSigningApplication(item);
    if (!application) api.notes.push(`${id} is no SAML application`);
    else if (!application.isActive) api.notes.push(`${application.name} is not active`);
    else found.push(application);
  }
  return { applications: found, findings };
}

/** Some of many, the next ones in each turn. */
export function partOf<Item>(items: readonly Item[], most: number, turn: number): readonly Item[] {
  const parts = Math.max(1, Math.ceil(items.length / most));
  const start = (turn % parts) * most;
  return items.slice(start, start + most);
}

async function ofProviders({ org, server }: ApiContext, api: ApiReader): Promise<readonly Finding[]> {
  const { expiryDays, ignored = [] } = healthOf(org);
  const pages = mostProviderPages;
  const at = (endpoint: 'identity-providers' | 'identity-provider-certificates') =>
    `${endpointUrl(org.domain, server, endpoint)}?limit=200`;
  const items = await api.list('identity providers', 'identity-providers', { url: at('identity-providers'), pages });
  const providers = parseTrustedProviders(items ?? []).filter(({ id }) => !ignored.includes(id));
  if (providers.length === 0) return [];
  const keys = await api.list('certificates of identity providers', 'identity-provider-certificates', {
    ...{ url: at('identity-provider-certificates'), pages },
  });
  if (!keys) return [];
  const expiries = expiriesByKid(keys);
  return providers.flatMap(({ id, name, kids }): readonly Finding[] => {
    // The provider signs with any of them, and goes over to the newest.
    const [last] = kids
      .flatMap((kid): readonly (Expiring & { kid: string })[] => {
        const expiresAt = expiries.get(kid);
        const what = `certificate of the identity provider ${name}`;
        return expiresAt === undefined ? [] : [{ id: `${id}/${kid}`, kid, what, at: expiresAt }];
      })
      .toSorted((one, other) => other.at - one.at);
    if (!last) api.notes.push(`not known: when the certificate of the identity provider ${name} expires`);
    return last ? expiryFindings(providerCode, last, api.time(), asTickets(expiryDays)) : [];
  });
}

/**
 * The public metadata of the configured applications, which takes no right. A certificate that ends at the same second as
 * one that the API has told is that one.
 */
async function ofMetadata(
  { org, fetch, exchanges }: ApiContext,
  api: ApiReader,
  ends: ReadonlySet<number>,
): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  for (const { name, metadataUrl } of org.samlApps ?? []) {
    const response = await fetch(metadataUrl, { headers: { accept: 'application/xml' } });
    const last = exchanges.at(-1);
    if (response.status !== 200 && !(isGone(response) && last && isFromOkta(last))) throw new UnexpectedResponse();
    const known = response.status === 200 ? certificatesIn(await response.text()) : [];
    const [certificate] = known.toSorted((one, other) => Date.parse(other.validTo) - Date.parse(one.validTo));
    if (!certificate) {
      const reason = response.status === 200 ? 'it has no certificate' : `status ${response.status}`;
      found.push(finding('saml-metadata-missing', { detail: `${name}: ${reason}` }));
      continue;
    }
    if (known.length > 1)
      api.notes.push(`the metadata of ${name} has ${known.length} certificates, of which the last to expire counts`);
    const expiring = samlCertificate({ name }, certificate);
    if (!ends.has(expiring.at)) found.push(...expiryFindings(samlCode, expiring, api.time(), healthOf(org).expiryDays));
  }
  return found;
}
