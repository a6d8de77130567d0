import { ProbeFailure, UnexpectedResponse } from '../findings/probe-failure.ts';
import { browse } from '../journey/browse.ts';
import { verifyResponse } from '../journey/saml-signature.ts';
import { clockOffsetMs, type Exchange } from '../model/exchange.ts';
import type { Finding } from '../model/finding.ts';
import type { SamlApp } from '../model/org.ts';
import { defineProbe, type Fetch } from '../model/probe.ts';
import { defaultExpiryDays, validityInWords, wholeDays } from '../okta/expiry.ts';
import { readSamlPost, type SamlPost, stateTokenIn } from '../okta/pages.ts';
import { assertionProblem, certificatesIn, isGone, readAssertion } from '../okta/saml-assertion.ts';
import { type Expiring, expiryFindings, samlCertificate } from './expiry-finding.ts';

/**
 * Signs on to SAML applications with the session of the sign-in, and judges each response as its service provider would.
 * The response is posted nowhere.
 *
 * Trap: the first application that fails is told, and the others by name. An application's `metadataUrl` is public, so a
 * certificate that was changed in Okta is in it at once: only `certificateFingerprint` says what the service provider has.
 * SAML 2.0 Profiles, 4.1.4.
 */
export const saml = defineProbe({
  id: 'saml',
  question: 'Would the service providers accept the SAML responses?',
  group: 'journey',
  scope: 'org',
  requires: ['user', 'samlApps'],
  inputs: ['session'],
  requests: ['saml-sign-on', 'saml-metadata'],
  timed: false,
  metrics: {
    SamlCertificateDays: {
      unit: 'Count',
      statistic: 'Minimum',
      help: 'The days until the first certificate of a SAML application expires.',
    },
  },
  async run({ org, fetch, exchanges, now, inputs: { session } }) {
    const { samlApps = [] } = org;
    const withSession = session.cookies.through(fetch);
    const failures: { readonly app: string; readonly error: ProbeFailure }[] = [];
    const warnings: Finding[] = [];
    const days: number[] = [];
    for (const app of samlApps) {
      try {
        const time = () => now() + clockOffsetMs(exchanges);
        const certificate = await judge(app, fetch, () => signOn(app, withSession, exchanges), time);
        days.push(wholeDays(time(), certificate.at));
        // The service providers must be given the next certificate before.
        warnings.push(...expiryFindings('saml-certificate-expires', certificate, time(), defaultExpiryDays));
      } catch (error) {
        // The last exchange decides, so no further application is asked.
        if (!(error instanceof ProbeFailure)) throw error;
        failures.push({ app: app.name, error });
      }
    }
    const readings = { SamlCertificateDays: days.length > 0 ? Math.min(...days) : undefined };
    const [first, ...others] = failures;
    if (!first) return { readings, warnings };
    const { code, facts } = first.error;
    const also = others.length > 0 ? `; others too: ${others.map(({ app }) => app).join(', ')}` : '';
    throw new ProbeFailure(code, { ...facts, readings, detail: `${first.app}: ${facts.detail ?? code}${also}` });
  },
});

/** The certificate that an application signs with. Throws if its service provider would refuse the response. */
async function judge(
  app: SamlApp,
  fetch: Fetch,
  signOnTo: () => Promise<SamlPost>,
  time: () => number,
): Promise<Expiring> {
  // Without the session's cookies, which are for the host of the org alone.
  const metadata = await fetch(app.metadataUrl, { headers: { accept: 'application/xml' } });
  if (isGone(metadata)) throw new ProbeFailure('saml-metadata-missing', `status ${metadata.status}`);
  if (metadata.status !== 200) throw new UnexpectedResponse();
  const certificates = certificatesIn(await metadata.text());
  if (certificates.length === 0) throw new ProbeFailure('saml-metadata-missing', 'it has no certificate');

  const post = await signOnTo();
  const verified = await verifyResponse(post.response, certificates);
  if ('why' in verified)
    throw new ProbeFailure('saml-signature-invalid', {
      detail: verified.why,
      comparisons: [
        {
          ...{ name: 'certificate of the signature', expected: 'one of the metadata' },
          found: 'the response is not signed with it',
        },
      ],
    });
  const { certificate } = verified;
  const fingerprint = certificate.fingerprint256;
  if (app.certificateFingerprint !== undefined && normal(fingerprint) !== normal(app.certificateFingerprint))
    throw new ProbeFailure('saml-certificate-changed', {
      comparisons: [{ name: 'SHA-256 of the certificate', expected: app.certificateFingerprint, found: fingerprint }],
    });
  const expiring = samlCertificate(app, certificate);
  const left = wholeDays(time(), expiring.at);
  if (left < 0)
    throw new ProbeFailure('saml-certificate-expired', {
      comparisons: [{ name: expiring.what, expected: 'valid now', found: validityInWords(left) }],
    });
  const problem = assertionProblem(readAssertion(verified.assertion), post.action, app, time());
  if (problem) throw new ProbeFailure(problem.code, problem);
  return expiring;
}

function normal(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toLowerCase();
}

/** The response that a browser with the session would bring to the service provider. */
async function signOn({ ssoUrl, acsUrl }: SamlApp, fetch: Fetch, exchanges: readonly Exchange[]): Promise<SamlPost> {
  const page = await browse(fetch, ssoUrl, acsUrl).catch((error: unknown) => {
    const isRefused = error instanceof UnexpectedResponse && exchanges.at(-1)?.status === 403;
    throw isRefused ? new ProbeFailure('saml-not-assigned', 'status 403') : error;
  });
  const post = readSamlPost(page.body);
  if (post) return post;
  if (page.status >= 300) throw new UnexpectedResponse();
  const asksAgain = stateTokenIn(page.body) !== undefined;
  const why = asksAgain ? 'the page asks to sign in again' : 'the page has no SAML response';
  throw new ProbeFailure('saml-no-response', why);
}
