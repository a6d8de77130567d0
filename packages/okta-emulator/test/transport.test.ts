import { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { fetch } from 'undici';
import { describe, expect, it } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../src/index.ts';
import { createOktaClient } from './support/okta-client.ts';

function peerCertificate(okta: OktaEmulator, host: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(okta.origin).port);
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca: okta.ca }, () => {
      const certificate = socket.getPeerX509Certificate();
      socket.destroy();
      if (certificate) resolve(certificate);
      else reject(new Error('The server sent no certificate.'));
    });
    socket.on('error', reject);
  });
}

describe('the connection', () => {
  it('is trusted only by clients that trust the authority', async () => {
    await using okta = await startOktaEmulator();
    const client = createOktaClient(okta);
    expect((await client.request('/oauth2/v1/keys')).status).toBe(200);
    await expect(fetch(`${okta.origin}/oauth2/v1/keys`)).rejects.toThrow('fetch failed');
    await client.close();
  });

  it('has a certificate for the loopback names that expires in about 90 days', async () => {
    await using okta = await startOktaEmulator();
    const certificate = await peerCertificate(okta, 'localhost');
    expect(certificate.checkHost('localhost')).toBe('localhost');
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(certificate.checkIP('::1')).toBe('::1');
    expect(certificate.checkIssued(new X509Certificate(okta.ca))).toBe(true);
    const days = (Date.parse(certificate.validTo) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(89);
    expect(days).toBeLessThan(91);
  });

  it.each([
    ['expired', 'CERT_HAS_EXPIRED'],
    ['wrong name', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ['unknown authority', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE'],
    ['expired, unknown authority', 'CERT_HAS_EXPIRED'],
    ['self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    ['no shared version', 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION'],
  ] as const)('can fail the TLS handshake and recover: %s', async (flaw, code) => {
    await using okta = await startOktaEmulator();
    const restore = await okta.breakTls(flaw);
    await expect(peerCertificate(okta, 'localhost')).rejects.toMatchObject({ code });
    restore();
    expect((await peerCertificate(okta, 'localhost')).checkHost('localhost')).toBe('localhost');
  });

  it('closes open connections when the server closes', async () => {
    const okta = await startOktaEmulator();
    const client = createOktaClient(okta);
    await client.request('/oauth2/v1/keys');
    await okta.close();
    await expect(client.request('/oauth2/v1/keys')).rejects.toThrow('fetch failed');
    await client.close();
  });

  it('can close the server twice', async () => {
    const okta = await startOktaEmulator();
    await okta.close();
    await expect(okta.close()).resolves.toBeUndefined();
  });
});
