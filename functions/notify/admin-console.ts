import { isOktaHost } from '../okta/okta-domains.ts';

/** Where to open a case with Okta Support. */
export const openCaseUrl = 'https://support.okta.com/help/s/opencase';

/**
 * The origin of an org's Admin Console: `https://acme-admin.okta.com` for `acme.okta.com`.
 *
 * Trap: it cannot be derived from a custom domain. There, a message says where to go in words.
 */
export function adminConsoleOf(host: string): string | undefined {
  const [label = '', ...domain] = host.toLowerCase().split('.');
  const isOrg = isOktaHost(host) && /^[a-z0-9-]+$/.test(label) && /^[a-z-]+\.[a-z]+$/.test(domain.join('.'));
  return isOrg ? `https://${label}-admin.${domain.join('.')}` : undefined;
}

/** The pages of the Admin Console that remedies name, by the words with which they name them. */
const places: readonly (readonly [place: string, path: string])[] = [
  ['Security > API > Authorization Servers', '/admin/oauth2/as'],
  ['Security > API > Tokens', '/admin/access/api/tokens'],
  ['Security > Networks', '/admin/access/networks'],
  ['Workflow > Inline Hooks', '/admin/workflow/inlinehooks'],
  ['Applications > the application', '/admin/apps/active'],
];

/** The first page of the Admin Console that a text names, with its link. */
export function placeIn(text: string, host: string): { readonly place: string; readonly url: string } | undefined {
  const origin = adminConsoleOf(host);
  const [place, path] = places.find(([words]) => text.includes(words)) ?? [];
  return origin && place && path ? { place, url: `${origin}${path}` } : undefined;
}

/** A search of the System Log, with a link where the Admin Console is known. */
export interface SystemLogQuery {
  /** What to enter into the search field of Reports > System Log. */
  readonly query: string;
  readonly url?: string;
}

/** Searches the System Log from one time to another (epoch ms). https://developer.okta.com/docs/reference/system-log-query/ */
export function systemLogQuery(
  query: string,
  host: string,
  { from, to }: { readonly from: number; readonly to: number },
): SystemLogQuery {
  const origin = adminConsoleOf(host);
  const during = { fromTime: new Date(from).toISOString(), toTime: new Date(to).toISOString() };
  const parameters = new URLSearchParams({ search: query, ...during });
  return { query, ...(origin && { url: `${origin}/report/system_log_2?${parameters}` }) };
}
