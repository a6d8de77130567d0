import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../functions/notify/settings.ts';

const environment = {
  ROUTE: 'page',
  PEOPLE_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages',
  LOG_GROUPS: '/aws/lambda/okta-synthetics-flows,/aws/lambda/okta-synthetics-status',
  RUNBOOK: 'docs/runbook.md',
  DASHBOARD: 'okta-synthetics',
  DEPLOYMENT: 'okta-synthetics',
};

describe('readSettings', () => {
  it('reads the settings of a notify function from its environment', () => {
    expect(readSettings(environment)).toMatchObject({
      route: 'page',
      topicArn: environment.PEOPLE_TOPIC_ARN,
      logGroups: ['/aws/lambda/okta-synthetics-flows', '/aws/lambda/okta-synthetics-status'],
      runbook: 'docs/runbook.md',
      dashboard:
        'https://us-east-1.console.aws.amazon.com/cloudwatch/home?region=us-east-1#dashboards/dashboard/okta-synthetics',
    });
  });

  it.each(Object.keys(environment))('throws when the environment variable %s is missing', (name) => {
    expect(() => readSettings({ ...environment, [name]: '' })).toThrow(`the environment variable ${name} is missing`);
  });

  it('throws when the route is neither page nor ticket', () => {
    expect(() => readSettings({ ...environment, ROUTE: 'everybody' })).toThrow('ROUTE must be one of page, ticket');
  });
});
