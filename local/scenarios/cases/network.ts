import type { TlsFlaw } from '../../emulators/okta/index.ts';
import type { Fault } from '../../simulator/environment.ts';
import { type Case, defineCase, type Expected, type Variant, variant, variantsByEndpoint, warnings } from '../case.ts';
import { intercept, interceptOrg } from '../faults/answers.ts';
import {
  connectionRefused,
  connectionReset,
  plainTextResponse,
  synDropped,
  tlsHang,
  unresolvableName,
} from '../faults/unreachable.ts';
import { allEndpoints, journeyEndpoints, organization, orgOutageTargets } from '../targets.ts';

const network = (code: string): Expected => ({ code, domain: 'network' });
const okta = (code: string): Expected => ({ code, domain: 'okta' });
const notResolved = network('dns-not-resolved');
const reset = network('connection-reset');

/** The emulator runs on `localhost`, which is a custom domain to the monitor: its owner manages the certificate. */
const customDomain: Expected = { code: 'custom-domain-certificate', domain: 'configuration' };

const tlsFlaws: readonly [flaw: TlsFlaw, expected: Expected][] = [
  ['expired', customDomain],
  ['wrong name', customDomain],
  ['unknown authority', network('certificate-untrusted')],
  ['self-signed', network('certificate-untrusted')],
  ['no shared version', network('tls-handshake-failed')],
];

const breakTls =
  (flaw: TlsFlaw): Fault =>
  async ({ okta }) => ({ restore: await okta.breakTls(flaw) });

/** Longer than any timeout. The wait ends when the client disconnects. */
const noResponse = { delayMs: 600_000 };

const slow = intercept({ delayMs: 1_500 });

const asWarning = (one: Variant): Variant => ({ ...one, isWarning: true });

export const networkCases: readonly Case[] = [
  defineCase('N1', 'the name does not resolve', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, 'ENOTFOUND', notResolved, unresolvableName('acme.okta.invalid')),
      variant(target, 'label of 64 letters', notResolved, unresolvableName(`${'a'.repeat(64)}.okta.invalid`)),
    ]),
  ]),
  defineCase('N2', 'the connection is refused or reset', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, 'ECONNREFUSED', network('connection-refused'), connectionRefused),
      variant(target, 'reset during TLS handshake', reset, connectionReset),
    ]),
    allEndpoints.flatMap((target) => [
      variant(target, 'closed before headers', reset, intercept({ disconnect: 'close' })),
      variant(target, 'reset before headers', reset, intercept({ disconnect: 'reset' })),
      {
        ...variant(target, 'closed during body', reset, intercept({ truncate: 'close' })),
        answeredBy: 'okta' as const,
      },
    ]),
    variantsByEndpoint(journeyEndpoints, 'closed', reset, intercept({ disconnect: 'close' })),
    variant(organization, 'closed, all endpoints', reset, interceptOrg({ disconnect: 'close' })),
  ]),
  defineCase('N3', 'the connection times out', 'page', [
    orgOutageTargets.flatMap((target) => [
      variant(target, 'no response to SYN', network('connect-timeout'), synDropped),
      variant(target, 'no response to TLS hello', network('connect-timeout'), tlsHang),
    ]),
  ]),
  defineCase('N4', 'the TLS handshake fails', 'page', [
    orgOutageTargets.flatMap((target) => [
      ...tlsFlaws.map(([flaw, expected]) => variant(target, flaw, expected, breakTls(flaw))),
      variant(target, 'plain-text response', network('tls-handshake-failed'), plainTextResponse),
    ]),
  ]),
  defineCase('N5', 'connected, but no response', 'page', [
    allEndpoints.flatMap((target) => [
      variant(target, 'no headers', okta('no-answer'), intercept(noResponse)),
      variant(target, 'body stalls', okta('no-answer'), intercept({ truncate: 'stall' })),
    ]),
    variantsByEndpoint(journeyEndpoints, 'no headers', okta('no-answer'), intercept(noResponse)),
    variant(organization, 'no headers, all endpoints', okta('no-answer'), interceptOrg(noResponse)),
  ]),
  defineCase('N6', 'slow responses', 'ticket', [
    warnings(allEndpoints, 'first byte after 1.5 s', okta('slow-answer'), slow),
    variantsByEndpoint(journeyEndpoints, 'slow', okta('slow-answer'), slow).map(asWarning),
  ]),
];
