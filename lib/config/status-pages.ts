import type { StatusPage } from '../../functions/model/org.ts';
import { oktaDomains } from '../../functions/okta/okta-domains.ts';

/** Its feed is the one that Okta documents. https://developer.okta.com/docs/concepts/monitor/ */
const commercial: StatusPage = {
  page: 'https://status.okta.com/',
  feed: 'https://feeds.feedburner.com/OktaTrustRSS',
};

/**
 * The public status page of each of Okta's domains. Okta publishes none for its government and military clouds:
 * status.okta.com lists none of their cells, so it would always look operational for them.
 */
const statusPages: Readonly<Record<(typeof oktaDomains)[number], StatusPage | undefined>> = {
  'okta.com': commercial,
  'oktapreview.com': commercial,
  'okta-emea.com': commercial,
  'trexcloud.com': commercial,
  'okta-gov.com': undefined,
  'okta.mil': undefined,
  'okta-miltest.com': undefined,
  'trex-govcloud.com': undefined,
};

/** The status page that covers an org, by its domain. A custom domain is taken for one of a commercial org. */
export function statusPageOf(domain: string): StatusPage | undefined {
  const host = domain.replace(/:\d+$/, '');
  const hostedBy = oktaDomains.find((each) => host.endsWith(`.${each}`));
  return hostedBy ? statusPages[hostedBy] : commercial;
}
