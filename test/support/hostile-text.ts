import fc from 'fast-check';

/** What others may write: markup, quotes, letters from right to left, half pairs and very long names. */
export const hostileText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '<script>alert(1)</script>',
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    '</style><script>',
    '<!-- ',
    '&lt;b&gt; &#60;',
    'javascript:alert(1)',
    '\u202Etxt.exe\u202C\u2066',
    'שלום עולם',
    '\uD800',
    'x'.repeat(10_000),
  ),
);

/** Characters that a terminal obeys, that break a line, that are invisible, or that turn text around. */
export const unprintable = [
  '\u001b[31mred',
  '\u001b]0;title\u0007',
  '\u009b2J',
  '\r\n',
  '\n::error::no',
  '\u202Efdp\u2066',
  '\u200b',
  '\u2028',
];

/** What chats make a mention or a link of: Slack, Teams, and those that write either as Markdown. */
export const chatMarkup = [
  '<!channel>',
  '<!subteam^S1|all>',
  '<@U012ABC>',
  '<https://evil.example|https://acme.okta.com>',
  '[https://acme.okta.com](https://evil.example)',
  '<at>Everyone</at>',
  '@channel @here @everyone',
  '&lt;!channel&gt;',
];
