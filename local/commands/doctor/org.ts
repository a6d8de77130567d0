import type { LogLine } from '../../../functions/model/log-line.ts';
import { findingsOf } from '../../../functions/model/outcome.ts';
import { isOktaHost } from '../../../functions/okta/okta-domains.ts';
import { readNotes } from '../../../functions/okta/status-notes.ts';
import type { CheckedOrg } from '../check/check-orgs.ts';
import { evidenceOf } from '../check/evidence.ts';
import { inWords } from '../reporters/text.ts';
import type { Diagnosis } from './diagnosis.ts';

/** The probes by which an org is examined. They need no credentials. */
export const orgProbes = ['organization', 'status-page'] as const;

const daySeconds = 86_400;

/** Diagnoses an org's domain by the probes that ran on this machine. */
export function diagnoseOrg({ org, outcomes }: CheckedOrg, isBehindProxy: boolean, now: number): readonly Diagnosis[] {
  const organization = outcomes.find(({ probe }) => probe === 'organization');
  const status = outcomes.find(({ probe }) => probe === 'status-page');
  const { hostname } = new URL(`https://${org.domain}`);
  const isCustom = !isOktaHost(hostname);
  return [
    ...(organization ? diagnoseReach(organization, isBehindProxy, now) : []),
    {
      ...{ what: 'domain', status: 'ok' },
      found: isCustom ? `${hostname} is not a domain of Okta's: a custom one` : `${hostname} is a domain of Okta's`,
    },
    diagnoseCell(org.cell, status, isCustom),
  ];
}

function diagnoseReach(outcome: LogLine, isBehindProxy: boolean, now: number): readonly Diagnosis[] {
  const { phases = {}, status: answered } = outcome.exchanges.at(-1) ?? {};
  const { dnsMs, tcpMs, tlsMs, firstByteMs } = phases;
  const measured = Object.entries({ DNS: dnsMs, TCP: tcpMs, TLS: tlsMs, 'first byte': firstByteMs }).flatMap(
    ([name, ms]) => (ms === undefined ? [] : [`${name} ${ms.toFixed(0)} ms`]),
  );
  const path = `${measured.join(', ') || 'no phase ended'}${isBehindProxy ? ', through the proxy' : ''}`;
  const [failure] = outcome.status === 'failed' ? findingsOf(outcome) : [];
  if (failure)
    return [
      {
        ...{ what: 'network path', status: 'problem' },
        found: `${path}${answered === undefined ? '' : `, status ${answered}`}: ${failure.code}, ${failure.summary}`,
        ...(failure.remedy[0] !== undefined && { remedy: failure.remedy[0] }),
      },
    ];
  return [
    { what: 'network path', status: 'ok', found: path },
    diagnoseEngine(outcome),
    diagnoseCertificate(outcome, isBehindProxy, now),
    diagnoseClock(outcome),
  ];
}

function diagnoseEngine(outcome: LogLine): Diagnosis {
  const what = 'engine';
  const [engine] = outcome.status === 'passed' ? outcome.notes : [];
  return engine === undefined
    ? { what, status: 'open', found: 'Okta does not say whether it is the Identity Engine or the Classic Engine' }
    : { what, status: 'ok', found: engine };
}

/** The probe's own finding says when it is too late, and who must act. */
function diagnoseCertificate(outcome: LogLine, isBehindProxy: boolean, now: number): Diagnosis {
  const what = 'certificate';
  const [certificate] = evidenceOf([outcome]).certificates;
  if (!certificate) {
    const found = isBehindProxy ? 'verified, but not read behind a proxy' : 'not seen';
    return { what, status: 'open', found };
  }
  const seconds = Date.parse(certificate.validTo) / 1000 - now / 1000;
  const found = `of ${certificate.issuer}, ${Math.floor(seconds / daySeconds)} days left (until ${certificate.validTo.slice(0, 10)})`;
  return warned(outcome, /certificate-expires/, { what, status: 'ok', found });
}

function diagnoseClock(outcome: LogLine): Diagnosis {
  const what = 'clock';
  const { clockOffsetSeconds: offset } = evidenceOf([outcome]);
  if (offset === undefined) return { what, status: 'open', found: 'not compared: the answer had no date' };
  // A date has whole seconds.
  if (Math.abs(offset) <= 1) return { what, status: 'ok', found: "agrees with Okta's, to the second" };
  const found = `this machine is ${inWords(offset)} ${offset > 0 ? 'behind' : 'ahead of'} Okta`;
  return warned(outcome, /clock-skew/, { what, status: 'ok', found });
}

/** The same, unless the probe warned of it. */
function warned(outcome: LogLine, code: RegExp, fine: Diagnosis): Diagnosis {
  const finding = findingsOf(outcome).find((each) => code.test(each.code));
  if (!finding) return fine;
  const [remedy] = finding.remedy;
  const status = finding.severity === 'page' ? 'problem' : 'warning';
  return { ...fine, status, ...(remedy !== undefined && { remedy }) };
}

function diagnoseCell(configured: string | undefined, status: LogLine | undefined, isCustom: boolean): Diagnosis {
  const what = 'cell';
  if (configured !== undefined) return { what, status: 'ok', found: `${configured}, as configured` };
  const found = status?.status === 'passed' ? readNotes(status.notes)?.cell : undefined;
  if (found !== undefined) return { what, status: 'ok', found };
  const remedy = 'Set "cell" of the org in the configuration: as the status page names it, such as okta.com:8.';
  const source = isCustom ? 'its metadata does not name it' : 'neither its metadata nor DNS names it';
  return {
    what,
    status: isCustom ? 'warning' : 'open',
    found: `not known, because ${source}: no incident is known to be of it`,
    remedy,
  };
}
