import type { TlsFlaw } from '../../emulators/okta/certificates.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, type Expected, variant, warning } from '../case.ts';
import { meets, orgMeets } from '../faults/answers.ts';
import { refused, resetting, synDropped, tlsHang, unresolvable, withoutTls } from '../faults/unreachable.ts';
import { everywhere, organization, orgWide } from '../targets.ts';

const network = (code: string): Expected => ({ code, domain: 'network' });
const okta = (code: string): Expected => ({ code, domain: 'okta' });

/** `localhost` counts as a custom domain, whose certificate is its owner's matter. */
const customDomain: Expected = { code: 'custom-domain-certificate', domain: 'configuration' };

const flaws: readonly [flaw: TlsFlaw, expected: Expected][] = [
  ['expired', customDomain],
  ['wrong name', customDomain],
  ['unknown authority', network('certificate-untrusted')],
  ['self-signed', network('certificate-untrusted')],
  ['no shared version', network('tls-handshake-failed')],
];

const breaksTls =
  (flaw: TlsFlaw): Fault =>
  async ({ okta }) => ({ restore: await okta.breakTls(flaw) });

/** Longer than anybody waits. It ends with the connection. */
const forever = { delayMs: 600_000 };

export const networkCases: readonly Case[] = [
  {
    id: 'N1',
    title: 'the name does not resolve',
    severity: 'page',
    variants: orgWide.flatMap((site) => [
      variant(site, 'ENOTFOUND', network('dns-not-resolved'), unresolvable('acme.okta.invalid')),
      variant(site, 'label of 64 letters', network('dns-not-resolved'), unresolvable(`${'a'.repeat(64)}.okta.invalid`)),
    ]),
  },
  {
    id: 'N2',
    title: 'the connection is refused or reset',
    severity: 'page',
    variants: [
      ...orgWide.flatMap((site) => [
        variant(site, 'ECONNREFUSED', network('connection-refused'), refused),
        variant(site, 'reset in the handshake', network('connection-reset'), resetting),
      ]),
      ...everywhere.flatMap((site) => [
        variant(site, 'closed before the headers', network('connection-reset'), meets(site, { disconnect: 'close' })),
        variant(site, 'reset before the headers', network('connection-reset'), meets(site, { disconnect: 'reset' })),
        variant(site, 'closed within the body', network('connection-reset'), meets(site, { truncate: 'close' })),
      ]),
      variant(
        organization,
        'closed, at every endpoint',
        network('connection-reset'),
        orgMeets({ disconnect: 'close' }),
      ),
    ],
  },
  {
    id: 'N3',
    title: 'connecting takes too long',
    severity: 'page',
    variants: orgWide.flatMap((site) => [
      variant(site, 'SYN never answered', network('connect-timeout'), synDropped),
      variant(site, 'handshake never answered', network('connect-timeout'), tlsHang),
    ]),
  },
  {
    id: 'N4',
    title: 'TLS fails',
    severity: 'page',
    variants: orgWide.flatMap((site) => [
      ...flaws.map(([flaw, expected]) => variant(site, flaw, expected, breaksTls(flaw))),
      variant(site, 'answered in clear text', network('tls-handshake-failed'), withoutTls),
    ]),
  },
  {
    id: 'N5',
    title: 'connected, and no answer',
    severity: 'page',
    variants: [
      ...everywhere.flatMap((site) => [
        variant(site, 'headers never come', okta('no-answer'), meets(site, forever)),
        variant(site, 'body stalls', okta('no-answer'), meets(site, { truncate: 'stall' })),
      ]),
      variant(organization, 'never, at every endpoint', okta('no-answer'), orgMeets(forever)),
    ],
  },
  {
    id: 'N6',
    title: 'slow',
    severity: 'ticket',
    variants: everywhere.map((site) =>
      warning(site, 'first byte after 1.5 s', okta('slow-answer'), meets(site, { delayMs: 1_500 })),
    ),
  },
];
