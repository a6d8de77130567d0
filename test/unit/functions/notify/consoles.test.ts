import { describe, expect, it } from 'vitest';
import { adminConsoleOf, placeIn, systemLogQuery } from '../../../../functions/notify/admin-console.ts';
import { consoleOf } from '../../../../functions/notify/aws-console.ts';
import { oktaDomains } from '../../../../functions/okta/okta-domains.ts';

const arn = (partition: string, region: string) => `arn:${partition}:sns:${region}:123456789012:okta-synthetics-pages`;

describe('the AWS console', () => {
  it.each([
    ['aws', 'eu-central-1', 'https://eu-central-1.console.aws.amazon.com'],
    ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com'],
    ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn'],
    ['aws-eusc', 'eusc-de-east-1', 'https://eusc-de-east-1.console.amazonaws-eusc.eu'],
  ])('of the partition %s in %s is at %s', (partition, region, origin) => {
    const home = `${origin}/cloudwatch/home?region=${region}`;
    const console = consoleOf(arn(partition, region));
    expect(console?.alarm('okta-synthetics/acme/okta/page')).toBe(
      `${home}#alarmsV2:alarm/okta-synthetics%2Facme%2Fokta%2Fpage`,
    );
    expect(console?.dashboard('okta-synthetics')).toBe(`${home}#dashboards/dashboard/okta-synthetics`);
    expect(console?.log('/aws/lambda/f', { from: 1, to: 2 })).toBe(
      `${home}#logsV2:log-groups/log-group/$252Faws$252Flambda$252Ff/log-events$3Fstart$3D1$26end$3D2`,
    );
  });

  it.each([arn('aws-iso', 'us-iso-east-1'), 'nothing', arn('aws', '"><')])('is not known for %s', (unknown) => {
    expect(consoleOf(unknown)).toBeUndefined();
  });
});

describe('the Admin Console', () => {
  it.each([...oktaDomains])('of an org on %s is derived from its host', (domain) => {
    expect(adminConsoleOf(`acme.${domain}`)).toBe(`https://acme-admin.${domain}`);
  });

  it.each(['login.acme.com', 'a.b.okta.com', 'okta.com', 'localhost'])('is not derived from %s', (host) => {
    expect(adminConsoleOf(host)).toBeUndefined();
    expect(placeIn('In Security > API > Tokens, create a token', host)).toBeUndefined();
    expect(systemLogQuery('q', host, { from: 0, to: 1 })).toEqual({ query: 'q' });
  });

  it('has a link for a place that a remedy names', () => {
    expect(placeIn('In Security > API > Tokens, create a token', 'acme.okta.com')?.url).toBe(
      'https://acme-admin.okta.com/admin/access/api/tokens',
    );
    expect(placeIn('Stop it or slow it down', 'acme.okta.com')).toBeUndefined();
  });
});
