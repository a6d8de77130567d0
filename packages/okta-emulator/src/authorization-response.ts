import { errorPage } from './error-responses.ts';
import {
  escapeHtml,
  htmlResponse,
  noStore,
  type OktaResponse,
  type ResponseHeaders,
  redirectResponse,
} from './http-message.ts';
import type { OktaError } from './okta-errors.ts';
import type { ProviderResult } from './provider-bridge.ts';

type ResponseMode = 'query' | 'fragment' | 'form_post' | 'okta_post_message';

/** Sends the parameters of an authorization response to the redirect URI, in the mode that the client asked for. */
export function authorizationResponse(
  mode: ResponseMode,
  redirectUri: string,
  parameters: Readonly<Record<string, string>>,
  headers: ResponseHeaders = {},
): OktaResponse {
  switch (mode) {
    case 'query': {
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
      return redirectResponse(url.href, headers);
    }
    case 'fragment': {
      const url = new URL(redirectUri);
      url.hash = new URLSearchParams(parameters).toString();
      return redirectResponse(url.href, headers);
    }
    case 'form_post': {
      const inputs = Object.entries(parameters).map(
        ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}"/>`,
      );
      return htmlResponse(
        200,
        `<!DOCTYPE html>
<html>
<body onload="document.forms[0].submit()">
<form id="appForm" action="${escapeHtml(redirectUri)}" method="POST">
${inputs.join('\n')}
</form>
</body>
</html>
`,
        headers,
      );
    }
    case 'okta_post_message': {
      const data = JSON.stringify(parameters).replaceAll('<', '\\u003c');
      const target = JSON.stringify(new URL(redirectUri).origin);
      return htmlResponse(
        200,
        `<!DOCTYPE html>
<html>
<body>
<script>(window.opener || window.parent).postMessage(${data}, ${target});</script>
</body>
</html>
`,
        headers,
      );
    }
    default:
      return mode satisfies never;
  }
}

/**
 * The requested mode. By default a code is returned in the query and a token in the fragment
 * (OAuth 2.0 Multiple Response Types, 2.1).
 */
function responseMode(params: Readonly<Record<string, unknown>>): ResponseMode {
  const mode = String(params.response_mode);
  if (mode === 'query' || mode === 'fragment' || mode === 'form_post' || mode === 'okta_post_message') return mode;
  return String(params.response_type).includes('token') ? 'fragment' : 'query';
}

/** Removes the parameter `iss` (RFC 9207), which Okta does not send, from a redirect or from a page that submits itself. */
export function withoutIssuer(answer: string): string {
  return answer
    .replace(/<input[^>]* name="iss"[^>]*>\s*/, '')
    .replace(/([?#&])iss=[^&]*&?/, '$1')
    .replace(/[?#&]$/, '');
}

/** An error at /authorize: sent to the application if that is safe, otherwise shown on Okta's error page. */
export function authorizationError(error: OktaError, { params, failure, headers }: ProviderResult): OktaResponse {
  const { location: _, 'content-type': __, ...kept } = headers;
  const redirectUri = params.redirect_uri;
  const mayRedirect = typeof redirectUri === 'string' && failure?.allow_redirect !== false;
  if (!mayRedirect || error.code === 'invalid_client_id' || error.code === 'illegal_redirect_uri') {
    return errorPage(error, { ...kept, ...noStore });
  }
  const parameters = {
    ...(typeof params.state === 'string' && { state: params.state }),
    error: error.error,
    error_description: error.description,
  };
  return authorizationResponse(responseMode(params), redirectUri, parameters, { ...kept, ...noStore });
}

/**
 * Turns a redirect into a page that redirects by JavaScript, as Identity Engine may do at /authorize. Use it as the
 * `transform` of an interceptor.
 *
 * Trap: Okta escapes text in scripts, so the page does not contain the URL literally.
 * https://developer.okta.com/docs/guides/custom-widget/
 */
export function javascriptRedirect(response: OktaResponse): OktaResponse {
  const { location, ...headers } = response.headers;
  if (response.status !== 302 || typeof location !== 'string') return response;
  return htmlResponse(
    200,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Signing in...</title></head>
<body>
<script type="text/javascript">
window.location.href = '${escapeForScript(location)}';
</script>
</body>
</html>
`,
    headers,
  );
}

/** Escapes text as Okta does in strings of its scripts. */
export function escapeForScript(text: string): string {
  return text.replace(
    /[^\w.]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
