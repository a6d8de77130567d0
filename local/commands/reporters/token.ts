import type { TokenCheckStatus, TokenReport, TokenVerdict } from '../check/judge-token.ts';
import { type ReadToken, tokenKinds } from '../check/read-token.ts';
import { bold, dim, green, indent, red, table, wrap, yellow } from './text.ts';

/** The columns of a terminal. */
const width = 80;

/** The columns of an expected or a found value. */
const cell = 28;

const marks: Readonly<Record<TokenCheckStatus, () => string>> = {
  passed: () => green('✓'),
  failed: () => red('✗'),
  unknown: () => yellow('?'),
  noted: () => dim('·'),
};

const paints: Readonly<Record<TokenVerdict, (text: string) => string>> = {
  accepted: green,
  rejected: red,
  undecided: yellow,
};

/** Formats the kind of a token and a service's judgement: a table of checks and a verdict. At most 80 columns. */
export function formatToken(judged: TokenReport, token: ReadToken, showClaims: boolean): string {
  const report = clean(judged, token);
  const header = ['', 'check', 'expected', 'found'].map(dim);
  const rows = report.checks.flatMap(({ name, status, expected, found, why }) => {
    const [left, right] = [wrap(expected, cell), wrap(found, cell)];
    const lines = left.length > right.length ? left : right;
    return [
      ...lines.map((_, index) =>
        index === 0
          ? [marks[status](), name, left[0] ?? '', right[0] ?? '']
          : ['', '', left[index] ?? '', right[index] ?? ''],
      ),
      ...(why === undefined ? [] : wrap(why, cell).map((line) => ['', '', '', dim(line)])),
    ];
  });
  const names = report.claimNames.join(' ');
  const claims = showClaims ? shownClaims(token) : [];
  return [
    '',
    ...indent(table([header, ...rows])),
    ...(names === '' ? [] : ['', ...labelled('Claims', names)]),
    ...(claims.length === 0
      ? []
      : ['', ...claims.flatMap((line) => wrap(line, width - 4)).map((line) => `    ${line}`)]),
    '',
    ...labelled('Verdict', report.summary, paints[report.verdict]),
  ].join('\n');
}

/** The report as data. The values of claims are in it only if they were asked for. */
export function tokenDocument(report: TokenReport, token: ReadToken, showClaims: boolean): object {
  const document = {
    ...report,
    meaning: tokenKinds[report.kind],
    ...(showClaims && token.claims && { claims: token.claims }),
  };
  return clean(document, token);
}

function labelled(label: string, text: string, paint = (line: string) => line): readonly string[] {
  return wrap(text, width - 9).map(
    (line, index) => `${index === 0 ? bold(label.padEnd(9)) : ' '.repeat(9)}${paint(line)}`,
  );
}

/** Formats each claim as JSON on its own line, without control characters. */
function shownClaims(token: ReadToken): readonly string[] {
  return Object.entries(clean(token.claims ?? {}, token)).map(([name, value]) =>
    `${JSON.stringify(name)}: ${JSON.stringify(value)}`.replace(/[\u007f-\u009f\u2028\u2029]/g, '\ufffd'),
  );
}

/** A part of this length cannot be in a text by chance. */
const partLength = 16;

/**
 * Takes the token out of data, whole or in part, and any other JWT. Nothing puts it there but a claim that contains a
 * token, or an error of ours.
 */
function clean<Data extends object>(data: Data, { value }: ReadToken): Data {
  const hidden = '[a token, not shown]';
  const parts = value
    .reveal()
    .split('.')
    .flatMap((part) =>
      Array.from({ length: Math.floor(part.length / partLength) }, (_, index) =>
        part.slice(index * partLength, (index + 1) * partLength),
      ),
    );
  const text = JSON.stringify(data).replace(/eyJ[\w-]{8,}(?:\.[\w-]*)*/g, hidden);
  return JSON.parse(parts.reduce((rest, part) => rest.replaceAll(part, hidden), text));
}
