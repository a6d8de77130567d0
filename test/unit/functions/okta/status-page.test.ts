import { describe, expect, it } from 'vitest';
import {
  cellOfCanonicalName,
  covers,
  parseStatusFeed,
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
const page = (records: unknown, id = 'j_id0:j_id10:StringJSON') =>
  `<html><body><span id="${id}" data-id="incidents" style="display:none">${JSON.stringify(records).replaceAll('&', '&amp;').replaceAll('"', '&quot;')}</span></body></html>`;

describe('the status page', () => {
  it('lists an open incident with its cells, whatever the id of the element is', () => {
    expect(parseStatusPage(page([incident], 'j_id0:j_id99:StringJSON'))).toEqual({
      state: 'known',
      source: 'page',
      incidents: [
        {
          name: 'I-11355',
          title: 'Sign-in fails & retries',
          category: 'Service Disruption',
          cells: ['okta.com:8', 'okta.com:14'],
        },
      ],
    });
  });

  it('reports operational if every incident is resolved or scheduled', () => {
    const notOpen = [
      { ...incident, Status__c: 'Resolved' },
      { ...incident, Status__c: 'Scheduled' },
      { ...incident, Category__c: 'Planned Maintenance' },
    ];
    expect(parseStatusPage(page(notOpen))).toEqual({ state: 'known', source: 'page', incidents: [] });
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

describe('the status feed', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const feed = (entries: string) =>
    `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Trust</title>${entries}</feed>`;
  const entry = (title: string, updated: string) =>
    `<entry><title>${title}</title><id>https://status.okta.com/a</id><updated>${updated}</updated><content type="text">x</content></entry>`;

  it('lists a recent incident from the feed that is not resolved', () => {
    const report = parseStatusFeed(feed(entry('Service Disruption', '2026-11-21T11:30:00Z')), now);
    expect(report).toMatchObject({
      state: 'known',
      source: 'feed',
      incidents: [{ title: 'Service Disruption', cells: [] }],
    });
  });

  it('reports operational if the newest entries of the feed are resolved', () => {
    const report = parseStatusFeed(feed(entry('Resolved Service Disruption', '2026-11-21T11:30:00Z')), now);
    expect(report).toMatchObject({ state: 'known', incidents: [] });
  });

  it('reports the status as unknown if the feed is empty, invalid or without an entry of the last three months', () => {
    expect(parseStatusFeed(feed(''), now).state).toBe('unknown');
    expect(parseStatusFeed('<html></html>', now).state).toBe('unknown');
    expect(parseStatusFeed(feed(entry('Resolved', '2026-08-22T00:00:00Z')), now).state).toBe('unknown');
    expect(parseStatusFeed(feed(entry('Resolved', '2026-08-24T00:00:00Z')), now).state).toBe('known');
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
