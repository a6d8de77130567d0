import { isPlainHttp } from '../model/tls.ts';
import type { Service } from './service.ts';

/** The domains of AWS's partitions other than the commercial one, by how the names of their Regions begin. */
const domains: Readonly<Record<string, string>> = {
  'cn-': 'amazonaws.com.cn',
  'eusc-': 'amazonaws.eu',
  'us-iso-': 'c2s.ic.gov',
  'us-isob-': 'sc2s.sgov.gov',
  'eu-isoe-': 'cloud.adc-e.uk',
  'us-isof-': 'csp.hci.ic.gov',
};

/**
 * Where a service is. `AWS_ENDPOINT_URL` and, for one service, `AWS_ENDPOINT_URL_DYNAMODB` and the like go first.
 * Throws if secrets would leave this machine over plain http.
 * https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
 */
export function endpointOf(service: Service, region: string, environment: NodeJS.ProcessEnv): URL {
  const configured = environment[`AWS_ENDPOINT_URL_${service.id}`] || environment.AWS_ENDPOINT_URL;
  if (isPlainHttp(configured ?? '')) throw new Error('the endpoint of AWS is plain http on another machine');
  if (configured) return new URL(configured);
  const [, domain = 'amazonaws.com'] = Object.entries(domains).find(([start]) => region.startsWith(start)) ?? [];
  return new URL(`https://${service.host}.${region}.${domain}`);
}
