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
