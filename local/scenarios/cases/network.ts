import type { TlsFlaw } from '../../emulators/okta/certificates.ts';
import type { Step } from '../../simulator/environment.ts';
import { type Case, cell, type Expected, warning } from '../case.ts';
import { meets, orgMeets } from '../faults/answers.ts';
import { mute, refused, resetting, silent, unresolvable, withoutTls } from '../faults/unreachable.ts';
import { doors, everywhere, organization } from '../targets.ts';

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
  (flaw: TlsFlaw): Step =>
  async ({ okta }) => ({ undo: await okta.breakTls(flaw) });

/** Longer than anybody waits. It ends with the connection. */
const forever = { delayMs: 600_000 };

export const networkCases: readonly Case[] = [
  {
    id: 'N1',
    title: 'the name does not resolve',
    hears: 'page',
    cells: doors.flatMap((site) => [
      cell(site, 'ENOTFOUND', network('dns-not-resolved'), unresolvable('acme.okta.invalid')),
      cell(site, 'label of 64 letters', network('dns-not-resolved'), unresolvable(`${'a'.repeat(64)}.okta.invalid`)),
    ]),
  },
  {
    id: 'N2',
    title: 'the connection is refused or reset',
    hears: 'page',
    cells: [
      ...doors.flatMap((site) => [
        cell(site, 'ECONNREFUSED', network('connection-refused'), refused),
        cell(site, 'reset in the handshake', network('connection-reset'), resetting),
      ]),
      ...everywhere.flatMap((site) => [
        cell(site, 'closed before the headers', network('connection-reset'), meets(site, { hangUp: true })),
        cell(site, 'reset before the headers', network('connection-reset'), meets(site, { hangUp: 'reset' })),
        cell(site, 'closed within the body', network('connection-reset'), meets(site, { breakOff: 'close' })),
      ]),
      cell(organization, 'closed, at every endpoint', network('connection-reset'), orgMeets({ hangUp: true })),
    ],
  },
  {
    id: 'N3',
    title: 'connecting takes too long',
    hears: 'page',
    cells: doors.flatMap((site) => [
      cell(site, 'SYN never answered', network('connect-timeout'), silent),
      cell(site, 'handshake never answered', network('connect-timeout'), mute),
    ]),
  },
  {
    id: 'N4',
    title: 'TLS fails',
    hears: 'page',
    cells: doors.flatMap((site) => [
      ...flaws.map(([flaw, expected]) => cell(site, flaw, expected, breaksTls(flaw))),
      cell(site, 'answered in clear text', network('tls-handshake-failed'), withoutTls),
    ]),
  },
  {
    id: 'N5',
    title: 'connected, and no answer',
    hears: 'page',
    cells: [
      ...everywhere.flatMap((site) => [
        cell(site, 'headers never come', okta('no-answer'), meets(site, forever)),
        cell(site, 'body stalls', okta('no-answer'), meets(site, { breakOff: 'stall' })),
      ]),
      cell(organization, 'never, at every endpoint', okta('no-answer'), orgMeets(forever)),
    ],
  },
  {
    id: 'N6',
    title: 'slow',
    hears: 'ticket',
    cells: everywhere.map((site) =>
      warning(site, 'first byte after 1.5 s', okta('slow-answer'), meets(site, { delayMs: 1_500 })),
    ),
  },
];
