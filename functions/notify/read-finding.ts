import { faultDomains } from '../model/fault-domain.ts';
import { type Finding, severities, type TokenFacts } from '../model/finding.ts';
import { asRecord, defined, oneOf, strings, text } from './read.ts';

/** A finding as a log line tells it; undefined where it does not say who must act, or how soon. */
export function readFinding(value: unknown): Finding | undefined {
  const { code, domain, severity, summary, detail, causes, remedy, doc, token } = asRecord(value);
  const [known, who, urgent] = [text(code, 60), oneOf(faultDomains, domain), oneOf(severities, severity)];
  if (known === undefined || !who || !urgent) return undefined;
  return defined({
    ...{ code: known, domain: who, severity: urgent },
    ...{ summary: text(summary) ?? known, detail: text(detail, 600) },
    ...{ causes: strings(causes), remedy: strings(remedy), doc: text(doc) },
    token: token === undefined ? undefined : readToken(token),
  });
}

function readToken(value: unknown): TokenFacts {
  const { alg, kid, issuer, audience, scopes, issuedAt, expiresAt, claimNames } = asRecord(value);
  return defined({
    ...{ alg: text(alg, 20), kid: text(kid, 100), issuer: text(issuer), audience: text(audience) },
    ...{ issuedAt: text(issuedAt, 30), expiresAt: text(expiresAt, 30) },
    ...{ scopes: strings(scopes), claimNames: strings(claimNames) },
  });
}
