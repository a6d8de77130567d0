import { findings } from '../../../../functions/findings/finding.ts';
import { pastIncidents } from '../../../lab/scenarios/incidents/all-incidents.ts';
import { caseOf, isBlamedRightly } from '../../../lab/scenarios/incidents/incident-scenarios.ts';
import type { Noticing, PastIncident } from '../../../lab/scenarios/incidents/past-incident.ts';
import { markdownTable } from './markdown.ts';

/** How many of the past incidents the monitor notices, and by what. */
export function incidentCounts(): string {
  const rows = (['okta', 'customer'] as const).map((whose) => {
    const own = pastIncidents.filter((each) => each.whose === whose);
    const noticed = own.filter((each) => bestOf(each));
    const byExample = noticed.filter((each) => isOfExample(each));
    const wrong = noticed.filter((each) => isMisplaced(each));
    const counts = [own, noticed, byExample, wrong].map(({ length }) => String(length));
    return [whose === 'okta' ? "Okta's own" : "customers' own", ...counts];
  });
  return markdownTable(
    ['', 'incidents', 'noticed, everything on', 'by the shipped example', 'of those noticed, the wrong team named'],
    rows,
  );
}

/** The incidents of one side, each with its source and what is told. */
export function incidentTable(whose: PastIncident['whose']): string {
  const rows = pastIncidents
    .filter((each) => each.whose === whose)
    .map((each) => [each.date, `[${each.title}](${each.source})`, each.seen, told(each), each.remark ?? '']);
  return markdownTable(['date', 'incident', 'what people saw', 'what is told', 'remark'], rows, 60);
}

function told(incident: PastIncident): string {
  if (incident.noticed.length === 0) return 'nothing';
  const ways = incident.noticed.map((each) => {
    const code = knownCode(each);
    if (code === undefined) return `nothing yet: it needs a check of its own (${each.needs})`;
    const needs = each.needs === 'nothing' ? '' : `, with the ${each.needs}`;
    return `\`${code}\`, a ${each.route}${needs}`;
  });
  return `${ways.join('; or ')}${isMisplaced(incident) ? '. It names the wrong team' : ''}`;
}

function knownCode({ findings: codes }: Noticing): string | undefined {
  return codes.find((code) => Object.hasOwn(findings, code));
}

/** The first way to notice it that the monitor has. */
function bestOf({ noticed }: PastIncident): Noticing | undefined {
  return noticed.find((each) => knownCode(each) !== undefined);
}

/** The status page is read by default. */
function isOfExample({ noticed }: PastIncident): boolean {
  return noticed.some(
    (each) => (each.needs === 'nothing' || each.needs === 'status page') && knownCode(each) !== undefined,
  );
}

function isMisplaced(incident: PastIncident): boolean {
  const best = bestOf(incident);
  const variant = best && caseOf(best)?.variant;
  return variant !== undefined && !isBlamedRightly(incident, variant.expected.domain, variant.expected.code);
}
