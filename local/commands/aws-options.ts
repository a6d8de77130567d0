import { Agent } from 'node:https';
import { strictTls } from '../../functions/model/tls.ts';
import { type HttpsProxy, proxyOf } from './proxy.ts';

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
