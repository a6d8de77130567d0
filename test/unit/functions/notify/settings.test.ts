import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../../functions/notify/settings.ts';

const environment = {
  ROUTE: 'page',
  PEOPLE_TOPIC_ARN: 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages',
  LOG_GROUPS: '/aws/lambda/okta-synthetics-flows,/aws/lambda/okta-synthetics-status',
  RUNBOOK: 'docs/runbook.md',
  DASHBOARD: 'https://example.com/dashboard',
};

describe('the settings of a notify function', () => {
  it('are its environment', () => {
    expect(readSettings(environment)).toEqual({
      route: 'page',
      topicArn: environment.PEOPLE_TOPIC_ARN,
      logGroups: ['/aws/lambda/okta-synthetics-flows', '/aws/lambda/okta-synthetics-status'],
      runbook: 'docs/runbook.md',
      dashboard: 'https://example.com/dashboard',
    });
  });

  it.each(Object.keys(environment))('are refused without %s', (name) => {
    expect(() => readSettings({ ...environment, [name]: '' })).toThrow(name);
  });

  it('know no audience but pages and tickets', () => {
    expect(() => readSettings({ ...environment, ROUTE: 'everybody' })).toThrow('ROUTE is none of page, ticket');
  });
});
