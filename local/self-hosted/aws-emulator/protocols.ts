import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';

/** One SDK call, in either protocol. */
export interface AwsCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly protocol: Protocol;
  /** The service and version of the JSON protocol: `DynamoDB_20120810`. */
  readonly service?: string;
  /** The access key that signed the call. Undefined for an unsigned one. */
  readonly caller?: string;
  /** The size of the request's body. */
  readonly bytes: number;
}

/** An HTTP response. */
export interface AwsResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface AwsError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** The item that failed the condition of a write, if the call asked for it. */
  readonly Item?: unknown;
}

/** Thrown by an operation that rejects its input. */
export class AwsException extends Error {
  readonly error: AwsError;

  constructor(type: string, message: string, status = 400) {
    super(`${type}: ${message}`);
    this.error = { status, type, message };
  }
}

interface Protocol {
  success(operation: string, output: object): AwsResponse;
  failure(error: AwsError): AwsResponse;
}

/**
 * Reads a call. CloudWatch, CloudWatch Logs and Secrets Manager put the operation in a header and use JSON. SNS uses the
 * query protocol, with a form as the request and XML as the response.
 * https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export async function readCall(request: IncomingMessage): Promise<AwsCall> {
  const body = await buffer(request);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString();
  const [, caller] = /Credential=([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
  const sent = { bytes: body.byteLength, ...(caller !== undefined && { caller }) };
  const target = request.headers['x-amz-target'];
  if (typeof target === 'string') {
    const [service = '', operation = ''] = target.split('.');
    return { ...sent, service, operation, input: JSON.parse(text), protocol: json(request.headers['content-type']) };
  }
  const { Action = '', ...input } = Object.fromEntries(new URLSearchParams(text));
  return { ...sent, operation: Action, input, protocol: query };
}

/** Services use different versions of the JSON protocol, and the SDK expects the version it sent in the response. */
function json(type = 'application/x-amz-json-1.0'): Protocol {
  const headers = { 'content-type': type };
  return {
    success: (_, output) => ({ status: 200, headers, body: JSON.stringify(output) }),
    failure: (error) => ({
      status: error.status,
      // Clients of services that used to have the query protocol read the error type from this header.
      headers: { ...headers, 'x-amzn-query-error': `${error.type};Sender` },
      body: JSON.stringify({ __type: error.type, message: error.message, Item: error.Item }),
    }),
  };
}

const query: Protocol = {
  success(operation, output) {
    const fields = Object.entries(output).map(([name, value]) => element(name, contentOf(value)));
    const result = element(`${operation}Result`, fields.join(''));
    return xml(200, element(`${operation}Response`, result));
  },
  failure({ status, type, message }) {
    const fields = Object.entries({ Type: 'Sender', Code: type, Message: message });
    const error = fields.map(([name, text]) => element(name, escapeXml(text))).join('');
    return xml(status, element('ErrorResponse', element('Error', error)));
  },
};

/** The parsed text, or undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A text, or a map. */
function contentOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return escapeXml(String(value));
  return Object.entries(value)
    .map(([key, each]) => element('entry', `${element('key', escapeXml(key))}${element('value', contentOf(each))}`))
    .join('');
}

function xml(status: number, body: string): AwsResponse {
  return { status, headers: { 'content-type': 'text/xml' }, body };
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
