import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import type { AwsError } from './aws-error.ts';

/** One call of the SDK, whichever protocol it came in. */
export interface AwsCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
}

/** An answer on the wire. */
export interface AwsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Protocol {
  succeed(operation: string, output: object): AwsAnswer;
  fail(error: AwsError): AwsAnswer;
}

/**
 * Reads a call: CloudWatch, its logs and Secrets Manager name the operation in a header and speak JSON; SNS still
 * speaks the query protocol, a form that is answered in XML.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export async function readCall(request: IncomingMessage): Promise<AwsCall> {
  const bytes = await buffer(request);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const operation = target.split('.').at(-1) ?? '';
    return { operation, input: JSON.parse(text), protocol: json(request.headers['content-type']) };
  }
  const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(text));
  return { operation: Action, input, protocol: query };
}

/** Each service has its own version of the protocol, and its client looks for it in the answer. */
function json(type = 'application/x-amz-json-1.0'): Protocol {
  const headers = { 'content-type': type };
  return {
    succeed: (_, output) => ({ status: 200, headers, body: JSON.stringify(output) }),
    fail: ({ status, type: kind, message }) => ({
      status,
      // The kind of error also goes by header: the SDK of a service that once spoke another protocol looks there.
      headers: { ...headers, 'x-amzn-query-error': `${kind};Sender` },
      body: JSON.stringify({ __type: kind, message }),
    }),
  };
}

const query: Protocol = {
  succeed(operation, output) {
    const members = Object.entries(output).map(([name, value]) => element(name, escapeXml(String(value))));
    const result = element(`${operation}Result`, members.join(''));
    return xml(200, element(`${operation}Response`, result));
  },
  fail({ status, type, message }) {
    const error = ['Sender', type, message].map((text, at) =>
      element(['Type', 'Code', 'Message'][at] ?? '', escapeXml(text)),
    );
    return xml(status, element('ErrorResponse', element('Error', error.join(''))));
  },
};

function xml(status: number, body: string): AwsAnswer {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
