/** Links to the AWS console of one region. */
export interface AwsConsole {
  dashboard(name: string): string;
  alarm(name: string): string;
  /** The lines of a log group from one time to another (epoch ms). A filter would make it too long for mail programs. */
  log(group: string, during: { readonly from: number; readonly to: number }): string;
}

/** The console's domain by partition. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html */
export const consoleDomains: Readonly<Record<string, string>> = {
  aws: 'console.aws.amazon.com',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-eusc': 'console.amazonaws-eusc.eu',
};

/** The console of the partition and region that an ARN names. Undefined for a partition whose console is not known. */
export function consoleOf(arn: string): AwsConsole | undefined {
  const [, partition = '', , region = ''] = arn.split(':');
  const domain = consoleDomains[partition];
  if (domain === undefined || !/^[a-z0-9-]+$/.test(region)) return undefined;
  const home = `https://${region}.${domain}/cloudwatch/home?region=${region}`;
  return {
    dashboard: (name) => `${home}#dashboards/dashboard/${encodeURIComponent(name)}`,
    alarm: (name) => `${home}#alarmsV2:alarm/${encodeURIComponent(name)}`,
    log: (group, { from, to }) =>
      `${home}#logsV2:log-groups/log-group/${inFragment(group)}/log-events` + `$3Fstart$3D${from}$26end$3D${to}`,
  };
}

/** The console encodes the parts of its fragment twice, and writes `$` for the second `%`. */
function inFragment(value: string): string {
  return encodeURIComponent(encodeURIComponent(value)).replaceAll('%', '$');
}
