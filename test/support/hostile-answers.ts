import fc from 'fast-check';
import { answerBytes, type RawReply, silence } from './raw-server.ts';

const callback = 'https://app.example.com/callback';
const html = ['content-type', 'text/html'] as const;
const jsonType = ['content-type', 'application/json'] as const;
const megabyte = 1024 * 1024;
/** How many code points are halves of a pair, which no text can hold alone. */
const surrogates = 0x800;

const sends =
  (bytes: Uint8Array | string): RawReply =>
  (socket) =>
    void socket.end(bytes);

/** Writes the same chunk until the client closes the connection. */
const pours =
  (head: string, chunk: string | Uint8Array): RawReply =>
  (socket) => {
    const pour = () => {
      while (!socket.destroyed && socket.write(chunk));
    };
    socket.on('drain', pour).write(head);
    pour();
  };

/** Writes a few bytes every 100 ms, so that no timeout between two parts ends the answer. */
const drips =
  (head: string, part: string): RawReply =>
  (socket) => {
    socket.write(head);
    const timer = setInterval(() => socket.write(part), 100);
    socket.on('close', () => clearInterval(timer));
  };

const ok = (type: string, body: string | Uint8Array) => sends(answerBytes(200, [['content-type', type]], body));
const head = (...lines: string[]) => ['HTTP/1.1 200 OK', ...lines, '', ''].join('\r\n');

/** Malformed, oversized and unexpected answers that end at once, by their defect. */
export const abnormalAnswers: Readonly<Record<string, RawReply>> = {
  'no bytes': (socket) => void socket.end(),
  'a connection that is cut': (socket) => void socket.destroy(),
  'another protocol': sends('220 smtp ready\r\n'),
  'random bytes': sends(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 197 + 31) % 256))),
  'zero bytes': sends(Buffer.alloc(65_536)),
  'a status line of 1 MB that never ends': sends(`HTTP/1.1 200 ${'O'.repeat(megabyte)}`),
  '10,000 headers': sends(head(...Array.from({ length: 10_000 }, (_, i) => `x-${i}: ${i}`))),
  'one header of 1 MB': sends(head(`x: ${'y'.repeat(megabyte)}`)),
  'headers with bytes that are not ASCII': sends(
    Buffer.from(head('x-okta-request-id: \xff\xfe\x80', 'date: \xff', 'location: \xc3\x28'), 'latin1'),
  ),
  'a header without a name': sends(head(': nothing')),
  'two content lengths': sends(`${head('content-length: 2', 'content-length: 4')}[]  `),
  'a content length and chunks': sends(`${head('content-length: 2', 'transfer-encoding: chunked')}0\r\n\r\n`),
  'a negative content length': sends(`${head('content-length: -1')}{}`),
  'a body shorter than its content length': sends(
    `${head('content-type: application/json', 'content-length: 100')}{"keys":[`,
  ),
  'a body longer than its content length': sends(`${head('content-length: 2')}{} and more`),
  'chunks without a valid length': sends(`${head('transfer-encoding: chunked')}zz\r\nnothing\r\n`),
  'a chunk larger than memory': sends(`${head('transfer-encoding: chunked')}FFFFFFFFFFFFFFFF\r\n{}`),
  'chunks without an end': sends(`${head('transfer-encoding: chunked')}5\r\nhello\r\n`),
  'a content-encoding without compression': sends(answerBytes(200, [jsonType, ['content-encoding', 'gzip']], '{}')),
  'another character set': sends(
    answerBytes(200, [['content-type', 'application/json; charset=utf-16le']], Buffer.from('{"keys":[]}', 'utf16le')),
  ),
  'bytes that are not UTF-8': ok('application/json', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])),
  'a byte-order mark': ok('application/json', '\ufeff{"id":"00o1"}'),
  'JSON nested 100,000 deep': ok('application/json', `{"keys":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  'JSON whose nesting never closes': ok('application/json', '{"a":'.repeat(200_000)),
  'an error nested 100,000 deep': sends(
    answerBytes(400, [jsonType], `{"error":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
  ),
  'an error of 1 MB': sends(
    answerBytes(
      400,
      [jsonType],
      JSON.stringify({ error: 'e'.repeat(megabyte), error_description: ' '.repeat(megabyte) }),
    ),
  ),
  'a page of errors': sends(answerBytes(400, [html], `${'<p>'.repeat(100_000)}${'</x>'.repeat(100_000)}`)),
  '100,000 keys': ok('application/json', JSON.stringify({ keys: Array.from({ length: 100_000 }, () => ({})) })),
  'JSON members named like built-in properties': ok(
    'application/json',
    '{"__proto__":{"id":"x"},"constructor":1,"toString":2,"keys":{"length":-1}}',
  ),
  'a redirect to itself': sends(answerBytes(302, [['location', '?']], '')),
  'a redirect to a file': sends(answerBytes(301, [['location', 'file:///etc/passwd']], '')),
  'a redirect to the callback without parameters': sends(answerBytes(302, [['location', callback]], '')),
  'a redirect of 10 kB': sends(answerBytes(302, [['location', `${callback}?${'a=b&'.repeat(2_500)}`]], '')),
  'a redirect without a location': sends(answerBytes(302, [], '')),
  'a protocol upgrade': sends('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\nbytes'),
  '10,000 interim answers': sends('HTTP/1.1 103 Early Hints\r\nlink: </>\r\n\r\n'.repeat(10_000)),
  'two answers to one request': sends(Buffer.concat([answerBytes(200, [], '{}'), answerBytes(500, [], '{}')])),
  'a status of two digits': sends('HTTP/1.1 20 OK\r\n\r\n'),
  'a status of four digits': sends('HTTP/1.1 2000 OK\r\n\r\n'),
  'status 999': sends(answerBytes(999, [jsonType], '{}')),
  '204 without a body': sends(answerBytes(204, [jsonType], '')),
  'HTTP/9.9': sends('HTTP/9.9 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
  'a body of 5 MB': ok('application/json', Buffer.alloc(5 * megabyte, ' ')),
};

/** Answers that send a few bytes at a time and never end. */
export const endlessSlowAnswers: Readonly<Record<string, RawReply>> = {
  silence,
  'a head sent slowly': drips('HTTP/1.1 200 OK\r\n', 'x: y\r\n'),
  'a body sent slowly': drips(`${head('content-type: application/json')}`, ' '),
  'interim answers sent slowly': drips('', 'HTTP/1.1 103 Early Hints\r\n\r\n'),
};

/** Answers that send as fast as the connection takes it and never end. */
export const endlessFastAnswers: Readonly<Record<string, RawReply>> = {
  'an endless body': pours(head('content-type: text/html'), Buffer.alloc(65_536, 'x')),
  'endless chunks': pours(head('transfer-encoding: chunked'), `4000\r\n${'x'.repeat(0x4000)}\r\n`),
  'endless headers': pours('HTTP/1.1 200 OK\r\n', 'x: y\r\n'.repeat(1_000)),
};

const number = fc.oneof(
  fc.integer().map(String),
  fc.constantFrom('0', '-1', 'NaN', '1e309', '600, 60', '600,600', '999999999999999', '9'.repeat(40), '0x10', ''),
);
const date = fc.oneof(
  fc.date().map((each) => (Number.isNaN(each.getTime()) ? 'never' : each.toUTCString())),
  fc.constantFrom('Thu, 01 Jan 1970 00:00:00 GMT', 'Fri, 31 Dec 275759 23:59:59 GMT', '0', '-1', 'x'),
);
const bytes = fc
  .uint8Array({ maxLength: 60 })
  .map((all) => Buffer.from(all.filter((byte) => byte !== 10 && byte !== 13)).toString('latin1'));
const value = (...texts: string[]) => fc.oneof(bytes, fc.constantFrom(...texts));
const header = (name: string, of: fc.Arbitrary<string>) => fc.tuple(fc.constant(name), of);

const headers = fc.array(
  fc.oneof(
    header(
      'content-type',
      value(
        'application/json',
        'text/html',
        'application/xhtml+xml',
        'text/plain; charset=x',
        'application/token-introspection+jwt',
      ),
    ),
    header('date', date),
    header('x-rate-limit-limit', number),
    header('x-rate-limit-remaining', number),
    header('x-rate-limit-reset', number),
    header(
      'cache-control',
      fc.oneof(
        bytes,
        number.map((each) => `max-age=${each}`),
      ),
    ),
    header(
      'location',
      value(callback, `${callback}?state=x`, `${callback}#error=login_required`, 'https://', '//', 'javascript:0'),
    ),
    header(
      'www-authenticate',
      value('Bearer error="invalid_token"', 'DPoP error="use_dpop_nonce"', 'Bearer error="', 'Basic', ',,,='),
    ),
    header('x-okta-request-id', value('ok', 'a b', 'x'.repeat(500))),
    header('content-length', number),
    header('transfer-encoding', value('chunked', 'gzip, chunked')),
    header('content-encoding', value('gzip', 'br')),
    header('connection', value('keep-alive', 'close', 'upgrade')),
    fc.tuple(fc.stringMatching(/^[a-z-]{1,20}$/), bytes),
  ),
  { maxLength: 6 },
);

const names = (...all: string[]) => fc.constantFrom(...all.map((name) => JSON.stringify(name)));

/**
 * The JSON text of an object with these names, in which a name may occur twice. Written as text, because V8 takes
 * milliseconds to build objects with so many combinations of names.
 */
const objectText = (name: fc.Arbitrary<string>, valueText: fc.Arbitrary<string>) =>
  fc.array(fc.tuple(name, valueText), { maxLength: 10 }).map((all) => `{${all.map((pair) => pair.join(':')).join()}}`);

/** The JSON text of a short list: a longer one holds nothing new, and takes longer to generate than to test. */
const listText = (itemText: fc.Arbitrary<string>) =>
  fc.array(itemText, { maxLength: 3 }).map((all) => `[${all.join()}]`);

/** The JSON text of an object with the members that the parsers look for, of any JSON type. */
const members = objectText(
  names(
    ...['id', 'pipeline', 'issuer', 'token_endpoint', 'jwks_uri', 'keys', 'kty', 'n', 'e', 'kid', 'use', '__proto__'],
    ...['error', 'error_description', 'errorCode', 'errorSummary', 'errorId', 'errorCauses', 'toString', 'length'],
    ...['access_token', 'token_type', 'expires_in', 'scope', 'id_token', 'refresh_token', 'active', 'aud', 'iss'],
  ),
  fc.oneof(
    fc.json(),
    fc.constantFrom(
      ...['Bearer', 'DPoP', 'E0000009', 'invalid_client', 'a.b.c', 'https://localhost', 'RSA', '', -1, 1e300, true].map(
        (each) => JSON.stringify(each),
      ),
    ),
    listText(objectText(names('kty', 'n', 'e', 'kid', 'use', 'alg', 'd'), fc.json())),
  ),
);

/**
 * Any characters, as in `fc.string({ unit: 'binary' })`. That one takes a second of CPU to set up, because it can also
 * shrink a string that it did not generate itself.
 */
export const anyText = (maxLength: number) =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .array(fc.integer({ min: 0, max: 0x10ffff - surrogates }), { maxLength })
        .map((all) => String.fromCodePoint(...all.map((each) => (each < 0xd800 ? each : each + surrogates)))),
    },
    { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'valueOf', 'hasOwnProperty') },
  );

const markup = fc
  .array(
    fc.constantFrom(
      ...['<', '>', '"', "'", '&#x0;', '<!--', '-->', '<![CDATA[', '\0', '\\x3d', '\\u00', ' '],
      ...[
        '<form action="',
        callback,
        '">',
        '<input name=state value=x>',
        '<a href="',
        '<meta content="0;url=',
        '<script>',
        '</script>',
      ],
      ...['<span data-id="incidents">', '</span>', '[{"Status__c":1}]', '[null,1,"x",[]]', '{}'],
      ...["The 'redirect_uri' parameter must be a Login redirect URI", 'State', '?state=x#error=y'],
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

/** Text of any kind, such as a server may send in place of what it should. */
export const hostileText = fc.oneof(markup, anyText(200), members, fc.json(), listText(members));

const status = fc.oneof(
  fc.integer({ min: 100, max: 999 }),
  fc.constantFrom(200, 200, 200, 200, 204, 302, 304, 400, 401, 403, 404, 429, 500, 503, 599, 600),
);

/** Any answer that a server may send, well-formed more often than not. */
export const hostileAnswer: fc.Arbitrary<Buffer> = fc
  .record({
    status,
    headers,
    body: fc.oneof({ weight: 4, arbitrary: hostileText }, { weight: 1, arbitrary: fc.uint8Array() }),
  })
  .map(({ status: code, headers: all, body }) => answerBytes(code, all, body));

/** Any headers that a response object may hold. */
export const hostileHeaders: fc.Arbitrary<Headers> = headers.map((all) => {
  const held = new Headers();
  for (const [name, each] of all) {
    try {
      held.append(name, each);
    } catch {
      // A text that is not a valid header never reaches a parser.
    }
  }
  return held;
});

/**
 * Pages of half a megabyte, cheap to send, that make a careless parser read the same text again and again. They are made
 * when called for: together they take 50 MB.
 */
export function repetitivePages(): readonly string[] {
  const tags = ['<b>', '<form>', '<form><div>', '<form><input>', '<svg>', '<p>', '<entry>', '<entry/>', '<item>'];
  const others = ['<!--', '<script>', `<a href="${callback}?a=b">`, '<', '&amp', '<b data-id="incidents">', '[', '{},'];
  return [...tags, ...others].flatMap((part) => {
    const text = part.repeat(megabyte / 2 / part.length);
    const half = text.slice(0, megabyte / 4);
    return [text, `<b data-id="incidents">[${text}`, `${half}${'</x>'.repeat(megabyte / 16)}`];
  });
}
