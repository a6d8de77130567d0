import { UnexpectedResponse } from '../findings/probe-failure.ts';
import type { Fetch } from '../model/probe.ts';
import { readAuthorizeAnswer } from '../okta/authorize-answer.ts';

/** Where a browser ends up. */
export interface Page {
  readonly url: string;
  readonly status: number;
  readonly location: string | null;
  readonly body: string;
}

/** Okta needs one or two. */
const mostRedirects = 5;

/**
 * Opens an address as a browser does, and follows redirects on its host. Throws `UnexpectedResponse` for an error.
 *
 * Trap: a redirect to the application is where it ends, also where the application is on the same host. No server needs to listen
 * there.
 */
export async function browse(fetch: Fetch, address: string, redirectUri: string): Promise<Page> {
  let url = address;
  for (let hop = 0; ; hop += 1) {
    const { status, headers, ...response } = await read(fetch, url);
    const page = { url, status, location: headers.get('location'), body: response.body };
    const next = status >= 300 ? URL.parse(page.location ?? '', url) : null;
    const isCallback = readAuthorizeAnswer(page, redirectUri).kind === 'callback';
    if (!next || next.origin !== new URL(address).origin || isCallback || hop === mostRedirects) return page;
    url = next.href;
  }
}

async function read(fetch: Fetch, url: string) {
  const response = await fetch(url);
  if (response.status >= 400) throw new UnexpectedResponse();
  return { status: response.status, headers: response.headers, body: await response.text() };
}
