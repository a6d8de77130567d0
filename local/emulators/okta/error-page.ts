import { type Answer, type AnswerHeaders, htmlAnswer } from './answer.ts';
import { escapeHtml } from './html.ts';
import type { OktaError } from './okta-errors.ts';

/**
 * Okta's own page, for an error that must not travel: with an unknown client or an unregistered redirect URI there
 * is nowhere safe to send it (RFC 6749, 4.1.2.1).
 */
export function errorPage({ error, description }: OktaError, headers: AnswerHeaders = {}): Answer {
  return htmlAnswer(
    400,
    `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta - Error</title></head>
<body class="auth okta-container">
<div id="okta-sign-in" class="error-content">
<h1>400</h1>
<h2>Bad Request</h2>
<p class="o-form-explain">Your request resulted in an error. ${escapeHtml(description)}</p>
<p class="error-code">Error Code: ${escapeHtml(error)}</p>
<p class="error-description">Description: ${escapeHtml(description)}</p>
<a href="/">Go to Homepage</a>
</div>
</body>
</html>
`,
    headers,
  );
}
