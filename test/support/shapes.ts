import type { WebClient } from '../../functions/model/org.ts';
import type { Group } from '../../functions/model/probe.ts';
import type { Effect, OktaEmulator, OktaResponse, TlsFlaw } from '../../packages/okta-emulator/src/index.ts';

/** An answer that the monitor was not tuned to, and how it may be diagnosed. */
export interface Shape {
  readonly id: string;
  /** What happens, and the source that says so. */
  readonly situation: string;
  readonly group: Group;
  readonly inject: Injection;
  /** Acceptable diagnoses as `domain/severity`, or `none`. `note` also accepts an info finding or a new note. */
  readonly right: readonly string[];
  readonly debatable: readonly string[];
  /** The only right finding, if one name alone can be right. */
  readonly finding?: string;
  /** Findings that would mislead, whatever their domain. */
  readonly never?: readonly string[];
  /** What the causes or steps of one of the findings must name. */
  readonly says?: RegExp;
  /** Further settings of the web application. */
  readonly web?: Partial<WebClient>;
}

export type Injection = (okta: OktaEmulator) => (() => unknown) | Promise<() => unknown>;

type Rest = Pick<Shape, 'finding' | 'never' | 'says' | 'web'> & { readonly debatable?: string };

/** Declares the shapes of one group. `right` and `debatable` are lists of diagnoses, separated by spaces. */
export const inGroup =
  (group: Group) =>
  (id: string, situation: string, inject: Injection, right: string, { debatable = '', ...rest }: Rest = {}): Shape => ({
    ...{ id, situation, group, inject, right: words(right), debatable: words(debatable) },
    ...rest,
  });

const words = (text: string) => text.split(' ').filter((word) => word !== '');

/** Where an answer is replaced: one path, or those that an expression matches. */
type Path = string | RegExp;

export const effect =
  (path: Path, given: Effect): Injection =>
  (okta) =>
    okta.intercept({ path }, given);

type Headers = Readonly<Record<string, string>>;

/** Okta's application answers, with a request id. */
export const okta = (path: Path, status: number, body: unknown = '', headers: Headers = {}): Injection =>
  effect(path, { status, body, headers });

/** Something else answers, without a header of Okta's. */
export const other = (path: Path, status: number, body: unknown = '', headers: Headers = {}): Injection =>
  effect(path, { status, body, headers, sender: 'other' });

/** Changes the members of a successful JSON answer. Undefined removes one. */
export const merge = (path: Path, members: object, headers: Headers = {}): Injection =>
  changed(path, (answer) => ({
    ...answer,
    headers: { ...answer.headers, ...headers },
    body: JSON.stringify({ ...JSON.parse(answer.body), ...members }),
  }));

/** Adds headers to the healthy answer. */
export const headed = (path: Path, headers: Headers): Injection =>
  changed(path, (answer) => ({ ...answer, headers: { ...answer.headers, ...headers } }));

/** Changes successful answers. */
export const changed = (path: Path, change: (answer: OktaResponse) => OktaResponse): Injection =>
  effect(path, { transform: (answer) => (answer.status < 400 ? change(answer) : answer) });

export const envelope = (errorCode: string, errorSummary: string, causes: readonly string[] = []) => ({
  ...{ errorCode, errorSummary, errorLink: errorCode, errorId: 'oae1shape' },
  errorCauses: causes.map((cause) => ({ errorSummary: cause })),
});

export const oauth = (error: string, description: string) => ({ error, error_description: description });

export const page = (title: string, text = '') =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>`;

export const html = { 'content-type': 'text/html;charset=utf-8' };
export const json = { 'content-type': 'application/json' };

export const tls =
  (flaw: TlsFlaw): Injection =>
  (each) =>
    each.breakTls(flaw);

/** Several injections at once. */
export const all =
  (...injections: readonly Injection[]): Injection =>
  async (each) => {
    const restores = await Promise.all(injections.map((inject) => inject(each)));
    return async () => {
      for (const restore of restores.toReversed()) await restore();
    };
  };

/** A message of Identity Engine. */
export const idx = (key: string, message: string, level: 'ERROR' | 'INFO' | 'WARNING' = 'ERROR') => ({
  version: '1.0.0',
  messages: { type: 'array', value: [{ message, i18n: { key, params: [] }, class: level }] },
});

/** Replaces what the token endpoint answers to one grant, such as `refresh_token`. */
export const atGrant = (grant: string, status: number, body: unknown, headers: Headers = json): Injection =>
  effect(/\/v1\/token$/, {
    transform: (answer, request) =>
      request.body.includes(`grant_type=${grant}`)
        ? { ...answer, status, headers: { ...answer.headers, ...headers }, body: JSON.stringify(body) }
        : answer,
  });

/** At the Classic engine. */
export const classic = (injection: Injection): Injection =>
  all((each) => each.alterSignIn({ engine: 'classic' }), injection);

/** What an error page or message of an error says, and how it is to be diagnosed. */
interface Text {
  readonly status: number;
  readonly code: string;
  readonly text: string;
}

/**
 * Declares shapes from rows of `status | code | text | right | finding | says | source`. A dash is no finding, or nothing
 * that must be said. Debatable diagnoses follow a tilde after those that are right.
 */
export const inTable = (group: Group, name: string, inject: (text: Text) => Injection, table: string): Shape[] =>
  table
    .trim()
    .split('\n')
    .map((line, index) => {
      const [status = '', code = '', text = '', expected = '', finding = '-', says = '-', source = ''] = line
        .trim()
        .split(' | ');
      const [right = '', debatable = ''] = expected.split('~');
      return inGroup(group)(
        `${name}-${index + 1}`,
        `${code}: ${text} (${source})`,
        inject({ status: Number(status), code, text }),
        right,
        {
          debatable,
          ...(finding !== '-' && { finding }),
          ...(says !== '-' && { says: new RegExp(says, 'i') }),
        },
      );
    });
