/**
 * The least that a client can spend on the five steps: a bare script over one kept connection. It reports the time of each
 * request by its own clock, so the difference to the server's time is the error of the measurement itself.
 */
import { createPublicKey, verify } from 'node:crypto';
import { Agent, request } from 'node:https';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

/** Sends a request once its connection is ready. Resolves to the answer and the time until its head arrived. */
function send(url, { method = 'GET', headers = {}, body } = {}) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers });
    let sentAt;
    sent.once('error', reject);
    sent.once('response', (response) => {
      const firstByteMs = performance.now() - sentAt;
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      response.once('end', () =>
        resolve({ requestId: response.headers['x-okta-request-id'], firstByteMs, json: JSON.parse(text) }),
      );
    });
    const go = () => {
      sentAt = performance.now();
      sent.end(body);
    };
    sent.once('socket', (socket) => (socket.connecting ? socket.once('secureConnect', go) : go()));
  });
}

async function fiveSteps({ issuer, client, secret, scope }) {
  const authorization = `Basic ${Buffer.from(`${client}:${secret}`).toString('base64')}`;
  const post = (url, fields) =>
    send(url, {
      method: 'POST',
      body: new URLSearchParams(fields).toString(),
      headers: { authorization, 'content-type': 'application/x-www-form-urlencoded' },
    });
  const discovery = await send(`${issuer}/.well-known/openid-configuration`);
  const keys = await send(discovery.json.jwks_uri);
  const token = await post(discovery.json.token_endpoint, { grant_type: 'client_credentials', scope });
  const [header, claims, signature] = token.json.access_token.split('.');
  const { kid } = JSON.parse(Buffer.from(header, 'base64url'));
  const key = createPublicKey({ key: keys.json.keys.find((each) => each.kid === kid), format: 'jwk' });
  if (!verify('sha256', `${header}.${claims}`, key, Buffer.from(signature, 'base64url')))
    throw new Error('the token is not signed by the server');
  const introspected = await post(discovery.json.introspection_endpoint, { token: token.json.access_token });
  if (!introspected.json.active) throw new Error('the token is not active');
  return [discovery, keys, token, introspected];
}

process.on('message', async (message) => {
  const from = process.cpuUsage();
  const at = performance.now();
  const answers = await fiveSteps(message);
  const { user, system } = process.cpuUsage(from);
  process.send({
    ms: performance.now() - at,
    processorMs: (user + system) / 1000,
    exchanges: answers.map(({ requestId, firstByteMs }) => ({ requestId, phases: { firstByteMs } })),
  });
});
// The parent ends this process: it disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.send({});
