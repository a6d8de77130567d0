import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueCertificates, type OktaEmulator, startOktaEmulator } from '../../packages/okta-emulator/src/index.ts';
import { answerBytes, startRawServer } from '../support/raw-server.ts';
import { type Ended, launch } from '../support/run-command.ts';
import { startProxy } from '../support/start-proxy.ts';

let okta: OktaEmulator;
let directory: string;
let flags: readonly string[];
beforeAll(async () => {
  okta = await startOktaEmulator();
  directory = await mkdtemp(path.join(tmpdir(), 'okta-synthetics-proxy-'));
  const { service, web } = okta.clients;
  const config = {
    statusPage: { page: okta.statusPageUrl },
    orgs: [
      {
        ...{ name: 'acme', domain: okta.domain, timeoutMs: 3_000, slowAfterMs: 2_500 },
        web: { clientId: web.clientId, redirectUri: web.redirectUri },
        service: { clientId: service.clientId, secret: 'acme/key' },
        servers: [{ id: 'default', scopes: ['monitor.read'] }],
      },
    ],
  };
  const secrets = { 'acme/key': { privateKey: service.privateJwk } };
  const files = { 'my.jsonc': JSON.stringify(config), 'secrets.json': JSON.stringify(secrets) };
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(directory, name), text);
  flags = ['--config', path.join(directory, 'my.jsonc')];
});
afterAll(() => okta.close());

const noProxies = { HTTPS_PROXY: undefined, https_proxy: undefined, NO_PROXY: undefined, no_proxy: undefined };

/** Runs the check with these variables, and with the authorities that sign for the org and for the proxy. */
async function check(
  env: Readonly<Record<string, string | undefined>>,
  authorities: readonly string[] = [],
  more: readonly string[] = [],
): Promise<Ended> {
  const ca = path.join(directory, 'ca.pem');
  await writeFile(ca, [okta.ca, ...authorities].join('\n'));
  const file = 'AWS_REGION' in env ? [] : ['--secrets', path.join(directory, 'secrets.json')];
  return launch('check', [...flags, ...file, ...more], { ...noProxies, NODE_EXTRA_CA_CERTS: ca, ...env });
}

describe('npm run check behind a proxy', () => {
  it.each(['HTTPS_PROXY', 'https_proxy'])('sends every request through the proxy in %s', async (variable) => {
    await using proxy = await startProxy();
    const { code, stdout } = await check({ [variable]: proxy.url });
    expect(stdout).toContain('No problem.');
    expect(stdout).toContain(`HTTPS_PROXY is obeyed: ${proxy.url}`);
    expect(stdout).toMatch(/NODE_EXTRA_CA_CERTS is obeyed:\s+\/.*ca\.pem/);
    expect(code).toBe(0);
    expect(new Set(proxy.asked)).toEqual(new Set([okta.domain]));
  });

  it.each(['NO_PROXY', 'no_proxy'])('goes past the proxy to a host in %s', async (variable) => {
    await using proxy = await startProxy();
    const { code } = await check({ HTTPS_PROXY: proxy.url, [variable]: 'example.com,localhost' });
    expect(code).toBe(0);
    expect(proxy.asked).toEqual([]);
  });

  it('trusts the private CA of a proxy that speaks TLS, and sends it the user name and password', async () => {
    const { ca, valid } = await issueCertificates(Date.now());
    const authorization = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    await using proxy = await startProxy({ tls: valid, authorization });
    const { code, stderr } = await check({ HTTPS_PROXY: proxy.url.replace('//', '//me:p%40ss@') }, [ca]);
    expect(code).toBe(0);
    expect(proxy.asked.length).toBeGreaterThan(0);
    expect(stderr).toContain(proxy.url);
    expect(stderr).not.toContain('p%40ss');
  });

  it('reads secrets from AWS through the proxy as well', async () => {
    await using aws = await startRawServer((socket) => {
      const secret = JSON.stringify({ privateKey: okta.clients.service.privateJwk });
      const body = JSON.stringify({ Name: 'acme/key', SecretString: secret });
      socket.end(answerBytes(200, [['content-type', 'application/x-amz-json-1.1']], body));
    });
    await using proxy = await startProxy();
    const { code } = await check(
      {
        ...{ HTTPS_PROXY: proxy.url, AWS_ENDPOINT_URL: `https://${aws.domain}`, AWS_REGION: 'eu-west-1' },
        ...{ AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback', AWS_CA_BUNDLE: undefined },
      },
      [aws.ca],
    );
    expect(code).toBe(0);
    expect(proxy.asked).toContain(aws.domain);
  });

  it('asks Lambda through the proxy as well', async () => {
    await using aws = await startRawServer((socket) => {
      const headers: [string, string][] = [
        ['content-type', 'application/json'],
        ['x-amzn-errortype', 'ResourceNotFoundException'],
      ];
      socket.end(answerBytes(404, headers, '{}'));
    });
    await using proxy = await startProxy();
    const { code, stderr } = await check(
      {
        ...{ HTTPS_PROXY: proxy.url, AWS_ENDPOINT_URL: `https://${aws.domain}`, AWS_REGION: 'eu-west-1' },
        ...{ AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback', AWS_CA_BUNDLE: undefined },
      },
      [aws.ca],
      ['--from', 'lambda'],
    );
    expect(stderr).toContain('There is no function okta-synthetics-flows in eu-west-1');
    expect(code).toBe(2);
    expect(proxy.asked).toContain(aws.domain);
  });

  it.each([
    ['asks for a user name and password', { authorization: 'Basic x' }, '', 'asks for a user name and password (407)'],
    ['rejects the password', { authorization: 'Basic x' }, 'me:canary@', 'rejects the user name and password'],
    ['refuses the host', { status: 403 }, '', 'refuses to connect to localhost:'],
    ['does not answer', { silent: true }, '', 'cannot be used (UND_ERR_HEADERS_TIMEOUT)'],
  ])('ends with 2 and blames the proxy, not Okta, if it %s', async (_, options, user, says) => {
    await using proxy = await startProxy(options);
    const { code, stdout, stderr } = await check({ HTTPS_PROXY: proxy.url.replace('//', `//${user}`) });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`The proxy ${proxy.url} ${says}`);
    expect(stderr).toContain('Okta was not reached');
    expect(stderr).not.toContain('canary');
  });

  it('ends with 2 and blames the proxy, not Okta, if nothing listens there', async () => {
    const { code, stderr } = await check({ HTTPS_PROXY: 'http://localhost:1' });
    expect(code).toBe(2);
    expect(stderr).toContain('The proxy http://localhost:1 cannot be used (ECONNREFUSED)');
  });

  it.each(['proxy.example.com:3128', 'socks5://proxy.example.com', 'http://'])(
    'refuses %s as a proxy and does not repeat it',
    async (url) => {
      const { code, stderr } = await check({ HTTPS_PROXY: url });
      expect(code).toBe(2);
      expect(stderr).toContain(
        'HTTPS_PROXY is not the URL of a proxy: it must look like http://proxy.example.com:3128.',
      );
    },
  );

  it('leaves failures behind the proxy to the probes', async () => {
    await using proxy = await startProxy();
    const restore = okta.intercept({ path: /.*/ }, { status: 503, headers: { 'content-type': 'text/html' }, body: '' });
    try {
      const { code, stdout } = await check({ HTTPS_PROXY: proxy.url });
      expect(code).toBe(1);
      expect(stdout).toContain('Verdict');
    } finally {
      restore();
    }
  });
});
