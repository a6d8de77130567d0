import { finding } from '../findings/finding.ts';
import { browse } from '../journey/browse.ts';
import { TransportError } from '../model/errors.ts';
import type { Finding } from '../model/finding.ts';
import type { Org } from '../model/org.ts';
import { defineProbe, type ProbeContext } from '../model/probe.ts';
import { openCookieJar } from '../okta/cookie-jar.ts';
import { memberAt } from '../okta/json-fields.ts';
import { isOktaHost } from '../okta/okta-domains.ts';
import { assetsIn, type PageAsset, whyNotLoaded } from '../okta/page-assets.ts';
import { authorizationRequest } from './authorize.ts';

/** How long what loads is trusted to load, in milliseconds. What does not load is asked for again in each run. */
const trustedMs = 15 * 60_000;

/** Okta's own, in which a customised page may also have hosts of its owner. */
const contentDomain = /(^|\.)oktacdn\.com$/i;

/**
 * Requests the scripts and styles of the sign-in page, without which people see no form. It runs none of them: a script that
 * loads may still fail in a browser.
 *
 * It asks at its first run, each quarter of an hour, and in each run while something does not load: the alarm waits for two.
 *
 * Trap: a page that routing rules send to another identity provider has no assets of Okta's to check. That is noted.
 */
export const signInAssets = defineProbe({
  id: 'sign-in-assets',
  question: 'Do the scripts and styles of the sign-in page load?',
  group: 'flows',
  scope: 'org',
  requires: ['web'],
  inputs: ['authorizing'],
  requests: ['authorize'],
  remembers: true,
  timed: false,
  metrics: {},
  async run(context) {
    const { now, memory, org, server } = context;
    const kept = memory.of('sign-in-assets');
    // What another configuration loaded says nothing of this one.
    const of = JSON.stringify([org.domain, server.web]);
    const known = await kept.read().catch(() => undefined);
    const loadedAtMs = memberAt(known, 'of') === of ? Number(memberAt(known, 'loadedAtMs')) : 0;
    if (now() - loadedAtMs < trustedMs)
      return { readings: {}, notes: ['loaded within the last quarter of an hour, and not asked again yet'] };
    const page = await openPage(context);
    if ('note' in page) return { readings: {}, notes: [page.note] };
    const failed = await firstFailure(page.assets, context);
    if (failed) return { readings: {}, warnings: [findingOf(failed, org)] };
    // If it cannot be written, the next run asks again.
    await kept.write({ of, loadedAtMs: now() }).catch(() => {});
    return { readings: {}, notes: [`${page.assets.length} scripts and styles load`] };
  },
});

type Page = { readonly assets: readonly PageAsset[] } | { readonly note: string };

/** Opens the page as a browser without a session does. Throws `UnexpectedResponse` where that is refused. */
async function openPage({
  org,
  server,
  fetch,
  now,
}: Pick<ProbeContext, 'org' | 'server' | 'fetch' | 'now'>): Promise<Page> {
  const request = await authorizationRequest(org.domain, server);
  const { url, status, location, body } = await browse(
    openCookieJar(now).through(fetch),
    request.url,
    request.web.redirectUri,
  );
  if (location !== null)
    return { note: `not checked: the sign-in leads to ${URL.parse(location, url)?.host ?? 'nowhere'}` };
  const assets = status === 200 ? assetsIn(body, url) : [];
  return assets.length > 0 ? { assets } : { note: 'not checked: the page loads no scripts or styles' };
}

interface Failed {
  readonly asset: PageAsset;
  readonly why: string;
}

/**
 * Asks one after another, so that the first that does not load is the last exchange, which is the evidence. What does not load
 * is asked for once more, as a browser's user would.
 */
async function firstFailure(
  assets: readonly PageAsset[],
  { fetch }: Pick<ProbeContext, 'fetch'>,
): Promise<Failed | undefined> {
  for (const asset of assets) {
    const why = (await load(asset, fetch)) && (await load(asset, fetch));
    if (why !== undefined) return { asset, why };
  }
  return undefined;
}

async function load(asset: PageAsset, fetch: ProbeContext['fetch']): Promise<string | undefined> {
  try {
    const response = await fetch(asset.url.href);
    const bytes = new Uint8Array(await response.arrayBuffer());
    return whyNotLoaded(asset, { status: response.status, mediaType: response.headers.get('content-type'), bytes });
  } catch (error) {
    if (error instanceof TransportError) return error.code;
    throw error;
  }
}

function findingOf({ asset, why }: Failed, { domain }: Org): Finding {
  const { host, hostname } = asset.url;
  const isOkta = host === domain || isOktaHost(hostname) || contentDomain.test(hostname);
  const comparisons = [{ name: `${asset.kind} ${asset.url.host}${asset.url.pathname}`, expected: 'loads', found: why }];
  return finding(isOkta ? 'sign-in-assets-failing' : 'sign-in-assets-of-others-failing', { comparisons });
}
