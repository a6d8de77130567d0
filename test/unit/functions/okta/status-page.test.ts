import { describe, expect, it } from 'vitest';
import {
  cellOfCanonicalName,
  cellOfShortName,
  covers,
  isCurrent,
  parseStatusPage,
} from '../../../../functions/okta/status-page.ts';

const incident = {
  attributes: { type: 'Incident__c' },
  Name: 'I-11355',
  Status__c: 'Investigating',
  Category__c: 'Service Disruption',
  Incident_Title__c: 'Sign-in fails & retries',
  Impacted_Cells__c: 'okta.com:8;okta.com:14',
};
const hidden = (dataId: string, value: unknown, id = 'j_id0:j_id10:StringJSON') =>
  `<span id="${id}" data-id="${dataId}" style="display:none">${JSON.stringify(value).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</span>`;
const page = (records: unknown, id?: string) => `<html><body>${hidden('incidents', records, id)}</body></html>`;

describe('the status page', () => {
  it('lists an open incident with its cells, whatever the id of the element is', () => {
    expect(parseStatusPage(page([incident], 'j_id0:j_id99:StringJSON'))).toEqual({
      state: 'known',
      incidents: [
        {
          name: 'I-11355',
          title: 'Sign-in fails & retries',
          category: 'Service Disruption',
          cells: ['okta.com:8', 'okta.com:14'],
          subService: '',
          feature: '',
          audience: [],
        },
      ],
    });
  });

  it('reads the part of the service, its feature, the audience, the start and the first posting', () => {
    const record = {
      ...incident,
      Id: 'a9C4z000000one',
      Impacted_Audience__c: 'Admin;End user;API Products',
      Okta_Sub_Service__c: 'Workflows',
      Service_Feature__c: 'Flow execution',
      Start_Time__c: '2026-11-21T10:00:00.000+0000',
      End_Date__c: null,
    };
    const update = (id: string, at: string) => ({ IncidentId__c: id, CreatedDate: at, UpdateLog__c: 'We are on it.' });
    const updates = [
      update(record.Id, '2026-11-21T11:50:00.000+0000'),
      update(record.Id, '2026-11-21T11:20:00.000+0000'),
      update('another', '2026-11-21T10:01:00.000+0000'),
    ];
    const html = `<html>${hidden('incidents', [record])}${hidden('updates', updates)}</html>`;
    const report = parseStatusPage(html);
    expect(report.state === 'known' && report.incidents).toEqual([
      expect.objectContaining({
        subService: 'Workflows',
        feature: 'Flow execution',
        audience: ['Admin', 'End user', 'API Products'],
        startedAt: Date.parse('2026-11-21T10:00:00Z'),
        postedAt: Date.parse('2026-11-21T11:20:00Z'),
      }),
    ]);
  });

  it('reports operational if every incident is resolved or scheduled', () => {
    const notOpen = [
      { ...incident, Status__c: 'Resolved' },
      { ...incident, Status__c: 'Scheduled' },
      { ...incident, Category__c: 'Planned Maintenance' },
    ];
    expect(parseStatusPage(page(notOpen))).toEqual({ state: 'known', incidents: [] });
  });

  it.each([
    ['a login page', '<html><form action="/login"></form></html>'],
    ['an empty response', ''],
    ['a broken list', '<span data-id="incidents">[{"Name":</span>'],
    ['a list whose fields were renamed', page([{ ...incident, Status__c: undefined, State__c: 'Resolved' }])],
    ['another kind of list', '<span data-id="incidents">{"status":"ok"}</span>'],
  ])('reports the status as unknown, never as operational, for %s', (_, html) => {
    expect(parseStatusPage(html).state).toBe('unknown');
  });
});

describe('whether an open record is current', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const isOpenNow = (times: object) => {
    const report = parseStatusPage(page([{ ...incident, ...times }]));
    const [first = expect.fail('no incident')] = report.state === 'known' ? report.incidents : [];
    return isCurrent(first, now);
  };

  it.each([
    ['began this morning', { Start_Time__c: '2026-11-21T08:00:00.000+0000' }, true],
    [
      'began two days ago and was posted today',
      { Start_Time__c: '2026-11-19T08:00:00.000+0000', CreatedDate: '2026-11-21T08:00:00.000+0000' },
      true,
    ],
    ['has no time', {}, true],
    ['began two days ago', { Start_Time__c: '2026-11-19T08:00:00.000+0000' }, false],
    [
      'was left open for a year',
      { Start_Time__c: '2025-11-20T08:00:00.000+0000', CreatedDate: '2025-11-20T09:00:00.000+0000' },
      false,
    ],
  ])('a record that %s', (_, times, expected) => {
    expect(isOpenNow(times)).toBe(expected);
  });
});

describe('the cell', () => {
  it.each([
    ['ok8-crtrs.tng.okta.com', 'okta.com:8'],
    ['ok14-crtrs.tng.okta.com.', 'okta.com:14'],
    ['op3-crtrs.tng.oktapreview.com', 'oktapreview.com:3'],
    ['eu1-crtrs.tng.okta-emea.com', 'okta-emea.com:1'],
  ])('is derived from the canonical name %s of a host of Okta', (name, cell) => {
    expect(cellOfCanonicalName(name)).toBe(cell);
  });

  it.each([
    ['ok7', 'okta.com:7'],
    ['ok14', 'okta.com:14'],
    ['op1', 'oktapreview.com:1'],
    ['us7', undefined],
    ['ok', undefined],
    [7, undefined],
    [undefined, undefined],
  ])("of an org's metadata, %s, is %s on the status page", (name, cell) => {
    expect(cellOfShortName(name)).toBe(cell);
  });

  it.each(['d111111abcdef8.cloudfront.net', 'ok8-crtrs.okta.com.evil.example', 'acme.okta.com', 'ok8-x'])(
    'is not derived from %s',
    (name) => {
      expect(cellOfCanonicalName(name)).toBeUndefined();
    },
  );
});

describe("Okta's status page", () => {
  const page = 'https://status.okta.com/';

  it.each(['acme.okta.com', 'acme.oktapreview.com', 'acme.okta-emea.com', 'login.acme.com'])('covers %s', (host) => {
    expect(covers(page, host)).toBe(true);
  });

  it.each(['acme.okta-gov.com', 'acme.okta.mil', 'acme.okta-miltest.com', 'acme.trex-govcloud.com'])(
    'does not cover %s, which may have another page',
    (host) => {
      expect(covers(page, host)).toBe(false);
      expect(covers('https://status.example.gov/', host)).toBe(true);
    },
  );
});
