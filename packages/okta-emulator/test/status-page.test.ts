import { describe, expect, it } from 'vitest';
import { openOkta } from './support/open-okta.ts';

const { okta, client } = await openOkta();

async function page(): Promise<Record<string, string>> {
  const html = await (await client.request(okta.statusPageUrl)).text();
  const spans = [...html.matchAll(/<span id="[^"]*" data-id="([^"]*)"[^>]*>([^<]*)<\/span>/g)];
  return Object.fromEntries(
    spans.map(([, id, text]) => [id, text?.replaceAll('&quot;', '"').replaceAll('&amp;', '&')]),
  );
}

const incidents = async () => JSON.parse((await page()).incidents ?? '') as Record<string, unknown>[];

describe('the status page', () => {
  it('lists the cells and no incidents if all is operational', async () => {
    okta.setStatus({ kind: 'operational' });
    const { cellList, ...rest } = await page();
    expect(rest).toEqual({ incidents: '[]', 'planned-outages': '[]', updates: '[]' });
    expect(cellList?.split(',')).toContain('okta.com:14');
  });

  it('writes an incident into hidden elements, escaped', async () => {
    okta.setStatus({ kind: 'incident', cells: ['okta.com:1', 'okta.com:2'], title: 'Sign-in fails for <some>' });
    expect(await incidents()).toEqual([
      expect.objectContaining({
        Name: 'I-11355',
        Status__c: 'Investigating',
        Category__c: 'Service Disruption',
        Impacted_Cells__c: 'okta.com:1;okta.com:2',
        Start_Time__c: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+\+0000$/),
      }),
    ]);
    const [update] = JSON.parse((await page()).updates ?? '') as Record<string, unknown>[];
    expect(update?.IncidentId__c).toBe((await incidents())[0]?.Id);
  });

  it('posts an incident after its start, with the part of the service and the audience', async () => {
    const named = { subService: 'Workflows', feature: 'Flow execution', audience: 'Admin', name: 'I-20001' } as const;
    okta.setStatus({ kind: 'incident', cells: ['okta.com:1'], postedAfterMinutes: 80, ...named });
    const [record] = await incidents();
    expect(record).toMatchObject({
      Name: 'I-20001',
      Okta_Sub_Service__c: 'Workflows',
      Service_Feature__c: 'Flow execution',
      Impacted_Audience__c: 'Admin',
    });
    expect(Date.parse(String(record?.CreatedDate)) - Date.parse(String(record?.Start_Time__c))).toBe(80 * 60_000);
  });

  it('gives a resolved incident an end date without a time', async () => {
    okta.setStatus({ kind: 'incident', cells: ['okta.com:1'], progress: 'Resolved' });
    expect((await incidents())[0]?.End_Date__c).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it('lists planned maintenance separately from incidents', async () => {
    okta.setStatus({ kind: 'planned', cells: ['oktapreview.com:1'] });
    expect(await incidents()).toEqual([]);
    expect(JSON.parse((await page())['planned-outages'] ?? '')).toHaveLength(1);
  });

  it('can be a page without status data', async () => {
    okta.setStatus({ kind: 'garbage' });
    const response = await client.request(okta.statusPageUrl);
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain('data-id');
  });

  it('returns 401 for the API of Statuspage', async () => {
    expect((await client.request(`${okta.statusPageUrl}api/v2/status.json`)).status).toBe(401);
  });
});
