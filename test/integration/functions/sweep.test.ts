import { afterAll, beforeAll, expect, it } from 'vitest';
import { incidentBody, type OpenIncident } from '../../../functions/state/incident-item.ts';
import { incidentKey } from '../../../functions/state/kept.ts';
import { putItem } from '../../../functions/state/state-table.ts';
import { bundle } from '../../../lib/functions/bundle.ts';
import { flowsLog } from '../../support/log-of.ts';
import { firing } from '../../support/messages.ts';
import { openStateTable } from '../../support/open-state-table.ts';
import { type OverheardFunction, overhearFunction } from '../../support/overhear.ts';

const { aws, table } = await openStateTable();
const pages = 'arn:aws:sns:us-east-1:123456789012:okta-synthetics-pages';
const hourMs = 60 * 60_000;
let sweep: OverheardFunction;
beforeAll(() => {
  sweep = overhearFunction(bundle('sweep').file, {
    ...{ AWS_ENDPOINT_URL: aws.url, AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' },
    ...{ STATE_TABLE: table.name, DEPLOYMENT: 'okta-synthetics', DASHBOARD: 'okta-synthetics', LOG_GROUPS: flowsLog },
    ...{ RUNBOOK: 'docs/runbook.md', REMIND_AFTER_MINUTES: '60' },
  });
});
afterAll(() => sweep.stop());

/** A page that was told two hours ago on this topic, and stands. */
async function standing(domain: 'network' | 'okta', topicArn: string): Promise<void> {
  const told = Date.now() - 2 * hourMs;
  const alarm = `okta-synthetics/acme/${domain}/page`;
  const incident: OpenIncident = {
    ...{ alarm, state: 'firing', route: 'page', topicArn, document: {} },
    ...{ firedAt: told, toldAt: told, since: told, startObserved: true },
    ...{ reason: firing.reason, lookBackMs: 600_000, runsToAlarm: 2 },
  };
  const key = incidentKey({ ...firing.subject, domain } as typeof firing.subject, alarm);
  const options = { previous: undefined, expiresAt: Date.now() + hourMs };
  await putItem(table, key, incidentBody(incident), options, AbortSignal.timeout(5_000));
}

it('a sweep that cannot tell one incident tells the next one all the same, and fails', async () => {
  await standing('network', '');
  await standing('okta', pages);
  const ended = await sweep.invoke({});
  expect(aws.published).toMatchObject([{ topicArn: pages, subject: expect.stringMatching(/^REMINDER .* acme/) }]);
  expect(ended).toHaveProperty('error');
});
