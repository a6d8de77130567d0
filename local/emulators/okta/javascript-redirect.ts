import { type Answer, htmlAnswer } from './answer.ts';

/**
 * Turns a redirect into a page that redirects by JavaScript, as Identity Engine may answer at /authorize. To be the
 * `transform` of an intervention.
 *
 * Okta escapes what it writes into scripts, so the URL does not stand in the page as it is.
 *
 * @see https://developer.okta.com/docs/guides/custom-widget/
 */
export function javascriptRedirect(answer: Answer): Answer {
  const { location, ...headers } = answer.headers;
  if (answer.status !== 302 || typeof location !== 'string') return answer;
  return htmlAnswer(
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

function escapeForScript(text: string): string {
  return text.replace(
    /[^\w.]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}
