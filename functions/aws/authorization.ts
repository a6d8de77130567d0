import { createHash, createHmac } from 'node:crypto';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** What a signature is good for. */
export interface SigningScope {
  /** The time in the header `x-amz-date`: `20261123T092833Z`. */
  readonly date: string;
  readonly region: string;
  /** The service's name in signatures: `monitoring`. */
  readonly service: string;
}

/**
 * The header `authorization` of a POST to `/`, by AWS Signature Version 4. It covers all of the given headers, whose names
 * must be in lower case and whose values must have no space at either end or twice in a row.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function authorization(
  headers: Readonly<Record<string, string>>,
  body: string,
  { accessKeyId, secretAccessKey }: AwsCredentials,
  { date, region, service }: SigningScope,
): string {
  const names = Object.keys(headers).sort();
  const signedNames = names.join(';');
  const lines = names.map((name) => `${name}:${headers[name]}\n`);
  const canonical = ['POST', '/', '', lines.join(''), signedNames, sha256(body)].join('\n');
  const day = date.slice(0, 8);
  const scope = [day, region, service, 'aws4_request'];
  const key = scope.reduce<string | Buffer>((secret, part) => hmac(secret, part).digest(), `AWS4${secretAccessKey}`);
  const text = ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n');
  const signature = hmac(key, text).digest('hex');
  return `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${signedNames}, Signature=${signature}`;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string | Buffer, text: string) {
  return createHmac('sha256', key).update(text);
}
