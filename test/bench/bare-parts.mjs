/**
 * What the parts of a run cost a processor by themselves, in a bare script: what a run cannot do without. One
 * message has the origin to ask and how often.
 */
import { generateKeyPairSync, sign, verify } from 'node:crypto';
import { once } from 'node:events';
import { Agent, get } from 'node:https';
import { connect } from 'node:tls';

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const text = Buffer.alloc(400, 'x');

/** Mean milliseconds of processor. The first times compile the code, and do not count. */
async function measure(times, work) {
  for (let time = 0; time < 10; time += 1) await work();
  const from = process.cpuUsage();
  for (let time = 0; time < times; time += 1) await work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1000 / times;
}

async function handshake({ hostname, port }, session) {
  const socket = connect({ host: hostname, port, servername: hostname, ...(session && { session }) });
  socket.resume();
  // A server sends another session after the handshake. Whoever resumed one need not wait for it.
  const issued = session ?? once(socket, 'session').then(([first]) => first);
  await once(socket, 'secureConnect');
  const known = await issued;
  socket.destroy();
  return known;
}

process.on('message', async ({ url, times }) => {
  const target = new URL(url);
  const session = await handshake(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = async () => {
    const [response] = await once(get(url, { agent }), 'response');
    response.resume();
    await once(response, 'end');
  };
  const signature = sign('sha256', text, privateKey);
  process.send({
    signature: await measure(times, () => sign('sha256', text, privateKey)),
    verification: await measure(times, () => verify('sha256', text, publicKey, signature)),
    handshake: await measure(times, () => handshake(target)),
    resumption: await measure(times, () => handshake(target, session)),
    request: await measure(times, ask),
  });
  agent.destroy();
});
// The parent decides when it is over, and disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.send({});
