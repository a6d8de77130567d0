import { escapeHtml, htmlResponse, type OktaRequest, type OktaResponse } from './http-message.ts';

/** The reports of Okta's public status page, true or not. */
export type ReportedStatus =
  | { readonly kind: 'operational' }
  | {
      readonly kind: 'incident';
      /** In the page's format: `okta.com:1`, `oktapreview.com:2`, `okta-emea.com:1`. */
      readonly cells: readonly string[];
      readonly category?:
        | 'Major Service Disruption'
        | 'Service Disruption'
        | 'Service Degradation'
        | 'Feature Disruption';
      readonly progress?: 'Investigating' | 'Identified' | 'Monitoring' | 'Resolved';
      readonly title?: string;
      readonly audience?: string;
      readonly subService?: string;
      readonly feature?: string;
      /** How long before its posting the incident began. Okta posts late: often by an hour and more. */
      readonly postedAfterMinutes?: number;
      /** The incident's number, by which people know it: `I-11355`. */
      readonly name?: string;
    }
  | { readonly kind: 'planned'; readonly cells: readonly string[]; readonly title?: string }
  /** A page without status data, such as a login page, an error page or a redesign. */
  | { readonly kind: 'garbage' };

const cells = [
  ...[1, 2, 3, 4, 6, 7, 8, 9, 11, 12, 14, 15, 16, 17, 18, 19, 20, 22].map((n) => `okta.com:${n}`),
  ...[1, 2, 3].map((n) => `oktapreview.com:${n}`),
  'okta-emea.com:1',
];

const loginPage = '<!DOCTYPE html>\n<html><head><title>Login</title></head><body>Please log in.</body></html>\n';

/**
 * status.okta.com, which is a Salesforce site with its data in hidden elements.
 *
 * Trap: the site does not run on Statuspage, so the usual `/api/v2/status.json` returns 401. The `id` attributes are
 * generated and change between releases. Only `data-id` is stable.
 */
export function createStatusPage(origin: string, now: () => number) {
  let status: ReportedStatus = { kind: 'operational' };
  let since = now();
  return {
    url: `${origin}/status/`,
    set(next: ReportedStatus): void {
      status = next;
      since = now();
    },
    respond(request: OktaRequest): OktaResponse {
      switch (request.path) {
        case '/status':
        case '/status/':
          return htmlResponse(200, status.kind === 'garbage' ? loginPage : page(status, since));
        default:
          return htmlResponse(401, loginPage);
      }
    },
  };
}

type ReadableStatus = Exclude<ReportedStatus, { kind: 'garbage' }>;

const incidentId = 'a9C4z000000emulatEAA';

function page(status: ReadableStatus, since: number): string {
  const stamp = stampOf(since);
  const record = status.kind === 'operational' ? undefined : incidentRecord(status, since);
  const update = {
    attributes: { type: 'IncidentUpdate__c', url: '/services/data/v61.0/sobjects/IncidentUpdate__c/a9D1' },
    Id: 'a9D4z000000emulatEAA',
    IncidentId__c: incidentId,
    CreatedDate: stamp,
    UpdateLog__c: 'We are looking into it & will post an update <b>within 30 minutes</b>.',
  };
  const data: Readonly<Record<string, string>> = {
    incidents: JSON.stringify(status.kind === 'incident' ? [record] : []),
    'planned-outages': JSON.stringify(status.kind === 'planned' ? [record] : []),
    updates: JSON.stringify(status.kind === 'incident' ? [update] : []),
    cellList: cells.join(','),
  };
  const spans = Object.entries(data).map(
    ([name, value]) =>
      `<span id="j_id0:j_id10:StringJSON" data-id="${name}" style="display:none">${escapeHtml(value)}</span>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>Okta Status</title></head>
<body>
${spans.join('\n')}
<div id="app"></div>
</body>
</html>
`;
}

/** As Salesforce writes a time. */
function stampOf(time: number): string {
  return new Date(time).toISOString().replace('Z', '+0000');
}

function incidentRecord(status: Exclude<ReadableStatus, { kind: 'operational' }>, since: number) {
  const planned = status.kind === 'planned';
  const [stamp, leadMinutes] = [stampOf(since), planned ? 0 : (status.postedAfterMinutes ?? 0)];
  return {
    attributes: { type: 'Incident__c', url: `/services/data/v61.0/sobjects/Incident__c/${incidentId}` },
    Id: incidentId,
    Name: (!planned && status.name) || 'I-11355',
    Status__c: planned ? 'Scheduled' : (status.progress ?? 'Investigating'),
    Category__c: planned ? 'Planned Maintenance' : (status.category ?? 'Service Disruption'),
    Incident_Title__c: status.title ?? (planned ? 'Planned maintenance' : 'Users may be unable to sign in'),
    Impacted_Cells__c: status.cells.join(';'),
    Impacted_Audience__c: planned ? 'Admin;End user' : (status.audience ?? 'Admin;End user;API Products'),
    Service_Feature__c: (!planned && status.feature) || 'Core Service',
    Okta_Sub_Service__c: (!planned && status.subService) || 'Single Sign-On',
    Start_Time__c: stampOf(since - leadMinutes * 60_000),
    CreatedDate: stamp,
    Last_Updated__c: stamp,
    // Okta gives only a date, often long after the incident ended.
    ...(!planned && status.progress === 'Resolved' && { End_Date__c: stamp.slice(0, 10) }),
    Is_Mis_Red__c: false,
    Log__c: null,
  };
}
