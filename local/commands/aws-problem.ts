import { Agent } from 'node:https';
import { strictTls } from '../../functions/model/tls.ts';
import { type HttpsProxy, proxyOf } from './proxy.ts';
/** The rights that an AWS call needs, for the sentence that reports them as missing. */
export interface AwsCallName {
  /** The action of IAM: `lambda:InvokeFunction`. */
  readonly action: string;
  /** The resource: `the function okta-synthetics-flows`. */
  readonly on: string;
}

/** Why a call of AWS failed, and how to mend it. */
export interface AwsProblem {
  readonly kind: 'credentials' | 'denied' | 'missing' | 'throttled' | 'other';
  readonly why: string;
  readonly remedy: string;
}

const signIn = 'Sign in to AWS (aws sso login), or set AWS_PROFILE.';

/** AWS refused a request or cannot be reached. The message names the right, and the cause is the SDK's error. */
export class AccountError extends Error {
  override readonly name = 'AccountError';
}

/**
 * Explains an error of the AWS SDK, or an `AccountError` by its cause. Trap: the message of an error may quote what was sent, so only its name or code is
 * used.
 */
export function awsProblem(error: unknown, { action, on }: AwsCallName): AwsProblem {
  const source: unknown = error instanceof AccountError ? error.cause : error;
  const {
    name = '',
    message = '',
    code = name,
  } = Object(source) as { name?: string; message?: string; code?: unknown };
  if (/^region is missing$/i.test(message))
    return { kind: 'credentials', why: 'no AWS Region is set', remedy: 'Set AWS_REGION.' };
  if (/^(CredentialsProviderError|TokenProviderError)$/.test(name))
    return { kind: 'credentials', why: 'there are no AWS credentials', remedy: signIn };
  if (/^(ExpiredToken|ExpiredTokenException|RequestExpired)$/.test(name))
    return { kind: 'credentials', why: `the AWS credentials have expired (${name})`, remedy: signIn };
  if (/^(UnrecognizedClientException|InvalidClientTokenId|InvalidSignatureException|SignatureDoesNotMatch)$/.test(name))
    return {
      ...{ kind: 'credentials', why: `AWS does not accept these credentials (${name})` },
      remedy: `${signIn} Check the clock of this machine.`,
    };
  if (
    /^(AccessDenied|AccessDeniedException|AuthorizationError|AuthorizationErrorException|UnauthorizedOperation)$/.test(
      name,
    )
  )
    return { kind: 'denied', why: `AWS does not allow ${action} on ${on} (${name})`, remedy: `Allow ${action} on it.` };
  if (/^(ResourceNotFoundException|ParameterNotFound|NotFoundException|NotFound)$/.test(name))
    return { kind: 'missing', why: `there is no such thing as ${on} (${name})`, remedy: 'Deploy it: npm run deploy.' };
  if (/^(TooManyRequestsException|Throttling|ThrottlingException|RequestLimitExceeded)$/.test(name))
    return { kind: 'throttled', why: `AWS throttles ${action} (${name})`, remedy: 'Wait a minute.' };
  return {
    kind: 'other',
    why: `AWS cannot be asked (${String(code || 'unknown error')})`,
    remedy: 'Check the network.',
  };
}

/** What AWS may take to answer, in ms. */
const answerMs = 15_000;

/**
 * Returns the options of every client of the AWS SDK on this machine. By itself, the SDK waits forever, knows no proxy, and
 * verifies certificates unless a variable says otherwise.
 *
 * @param timeoutMs how long to wait for an answer
 */
export function awsOptions(proxy: HttpsProxy | undefined = proxyOf(process.env), timeoutMs = answerMs) {
  const httpsAgent = proxy?.httpsAgent() ?? new Agent({ ...strictTls, keepAlive: true });
  const limits = { requestTimeout: timeoutMs, socketTimeout: timeoutMs, throwOnRequestTimeout: true };
  return { requestHandler: { httpsAgent, ...limits } };
}
