/** What the embedded Okta sends back, held as data until the last moment so that an intervention can still alter it. */
export interface Answer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: string;
}

/** Header names in lower case. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;

export function jsonAnswer(status: number, value: unknown, headers: AnswerHeaders = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

export function htmlAnswer(status: number, body: string, headers: AnswerHeaders = {}): Answer {
  return { status, headers: { 'content-type': 'text/html;charset=utf-8', ...headers }, body };
}

export function redirectAnswer(location: string, headers: AnswerHeaders = {}): Answer {
  return { status: 302, headers: { location, ...headers }, body: '' };
}

export function emptyAnswer(status: number, headers: AnswerHeaders = {}): Answer {
  return { status, headers, body: '' };
}
