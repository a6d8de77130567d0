/**
 * The domains on which Okta itself hosts orgs: commercial, preview, EMEA, government, military and their test clouds. Any
 * other domain is a custom one, possibly behind another CDN.
 */
export const oktaDomains = [
  'okta.com',
  'oktapreview.com',
  'okta-emea.com',
  'okta-gov.com',
  'okta.mil',
  'okta-miltest.com',
  'trex-govcloud.com',
  'trexcloud.com',
] as const;

/** Whether Okta hosts this name, and so owns its DNS record and its certificate. */
export function isOktaHost(hostname: string): boolean {
  return oktaDomains.some((domain) => hostname.toLowerCase().endsWith(`.${domain}`));
}
