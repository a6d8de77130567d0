import { type Answer, type AnswerHeaders, htmlAnswer, redirectAnswer } from './answer.ts';
import { escapeHtml } from './html.ts';

/** How an authorization response gets to the application. */
export type ResponseMode = 'query' | 'fragment' | 'form_post' | 'okta_post_message';

/** Carries the members of a response to the redirect URI, in the way that the client asked for. */
export function authorizationResponse(
  mode: ResponseMode,
  redirectUri: string,
  members: Readonly<Record<string, string>>,
  headers: AnswerHeaders = {},
): Answer {
  switch (mode) {
    case 'query': {
      const url = new URL(redirectUri);
      for (const [name, value] of Object.entries(members)) url.searchParams.set(name, value);
      return redirectAnswer(url.href, headers);
    }
    case 'fragment': {
      const url = new URL(redirectUri);
      url.hash = new URLSearchParams(members).toString();
      return redirectAnswer(url.href, headers);
    }
    case 'form_post': {
      const inputs = Object.entries(members).map(
        ([name, value]) => `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}"/>`,
      );
      return htmlAnswer(
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
      const data = JSON.stringify(members).replaceAll('<', '\\u003c');
      const target = JSON.stringify(new URL(redirectUri).origin);
      return htmlAnswer(
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

/** Where the client asked for none, a code travels in the query and a token in the fragment (OAuth 2.0 Multiple Response Types, 2.1). */
export function responseMode(params: Readonly<Record<string, unknown>>): ResponseMode {
  const asked = String(params.response_mode);
  if (asked === 'query' || asked === 'fragment' || asked === 'form_post' || asked === 'okta_post_message') return asked;
  return String(params.response_type).includes('token') ? 'fragment' : 'query';
}
