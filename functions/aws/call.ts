import { request as requestOverTls } from 'node:https';
import { setTimeout } from 'node:timers/promises';
import { strictTls } from '../model/tls.ts';
import { type AwsCredentials, authorization } from './authorization.ts';
import { endpointOf } from './endpoint.ts';
import type { Service } from './service.ts';

export interface CallOptions {
  readonly abortSignal: AbortSignal;
}

/** Where the Region, the credentials and the endpoints are, and how often a call is tried. */
export interface AwsOptions {
  readonly environment?: NodeJS.ProcessEnv;
  readonly maxAttempts?: number;
}

/** An error of a service. Its name is the service's, such as `ThrottlingException`. Trap: its message may quote the call. */
export class AwsError extends Error {
  readonly status: number;
  /** Whether the clock was to blame, and another attempt goes by the service's. */
  readonly isClockCorrected: boolean;
  /** The item that failed a condition, as in AWS's SDK, if the call asked for it. */
  readonly Item?: unknown;

  constructor(name: string, message: string, status: number, isClockCorrected = false, item?: unknown) {
    super(message);
    this.name = name;
    this.status = status;
    this.isClockCorrected = isClockCorrected;
    if (item !== undefined) this.Item = item;
  }
}

/**
 * Calls an operation. The Region and the credentials are read from the environment, where Lambda has them, at each call.
 *
 * Like AWS's SDK, it tries again what was throttled, what failed on the way or in the service, and, by the service's clock,
 * what was refused because of this machine's. Throws `AwsError`, and errors of the connection as Node.js has them.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
export async function call(
  service: Service,
  operation: string,
  input: object,
  { environment = process.env, maxAttempts = 3 }: AwsOptions,
  { abortSignal }: CallOptions,
): Promise<object> {
  const region = environment.AWS_REGION;
  if (!region) throw new Error('Region is missing');
  const url = endpointOf(service, region, environment);
  const { headers, body } = service.protocol.encode(operation, input);
  for (let attempt = 1; ; attempt++) {
    const date = new Date(Date.now() + clockOffsetMs).toISOString().replace(/[-:]|\.\d+/g, '');
    const credentials = credentialsOf(environment);
    const signed = {
      ...headers,
      host: url.host,
      'x-amz-date': date,
      ...(credentials.sessionToken && { 'x-amz-security-token': credentials.sessionToken }),
    };
    const signature = authorization(signed, body, credentials, { date, region, service: service.host });
    try {
      const { status, text, time } = await post(url, { ...signed, authorization: signature }, body, abortSignal);
      if (status === 200) return service.protocol.decode(text);
      const { name = `HTTP${status}`, message = '', Item } = service.protocol.readError(text);
      throw new AwsError(name, message, status, clockErrors.has(name) && setClock(time), Item);
    } catch (error) {
      abortSignal.throwIfAborted();
      if (attempt >= maxAttempts || !isTransient(error)) throw error;
    }
    await setTimeout(firstPauseMs * 2 ** (attempt - 1) * Math.random(), undefined, { signal: abortSignal });
  }
}

/** The longest pause before the second attempt. It doubles with each. */
const firstPauseMs = 100;

/** How far AWS's clock is ahead of this machine's, once a signature was refused for it. */
let clockOffsetMs = 0;

/** AWS takes signatures that are this old. */
const toleratedMs = 5 * 60_000;

const clockErrors: ReadonlySet<string> = new Set([
  ...['InvalidSignatureException', 'RequestExpired', 'RequestInTheFuture'],
  ...['RequestTimeTooSkewed', 'SignatureDoesNotMatch'],
]);

/** Goes by the service's time from now on. False if that is what was done before: something else is wrong. */
function setClock(time: number): boolean {
  const offsetMs = time - Date.now();
  if (!(Math.abs(offsetMs - clockOffsetMs) >= toleratedMs)) return false;
  clockOffsetMs = offsetMs;
  return true;
}

const throttlingErrors: ReadonlySet<string> = new Set([
  ...['LimitExceededException', 'ProvisionedThroughputExceededException', 'RequestLimitExceeded', 'RequestThrottled'],
  ...['RequestThrottledException', 'ThrottledException', 'Throttling', 'ThrottlingException'],
  ...['TooManyRequestsException', 'TransactionInProgressException'],
]);

/** What Node.js calls a connection that failed or a name that was not found. */
const connectionErrors: ReadonlySet<string> = new Set([
  ...['EAI_AGAIN', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
]);

function isTransient(error: unknown): boolean {
  if (!(error instanceof AwsError)) return connectionErrors.has(Object(error).code);
  const { name, status, isClockCorrected } = error;
  return status === 429 || status >= 500 || throttlingErrors.has(name) || isClockCorrected;
}

function credentialsOf(environment: NodeJS.ProcessEnv): AwsCredentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
  if (!accessKeyId || !secretAccessKey)
    throw new AwsError('CredentialsProviderError', 'the environment has no AWS credentials', 0);
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) };
}

interface Answer {
  readonly status: number;
  readonly text: string;
  /** By the service's clock, in milliseconds since the epoch. NaN if it does not say. */
  readonly time: number;
}

/**
 * Sends a call over one of Node.js's shared connections, which stay open for five seconds.
 *
 * Trap: only emulators have no TLS. As an import, `node:http` would bring Node.js's own fetch with it, which takes 30 ms of
 * processor at a cold start.
 */
function post(url: URL, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<Answer> {
  const request = url.protocol === 'http:' ? process.getBuiltinModule('node:http').request : requestOverTls;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { method: 'POST', headers, ...strictTls, signal }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => {
        text += part;
      });
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text, time: Date.parse(response.headers.date ?? '') });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
