/**
 * The process of a measured function: loads a bundle as Lambda does, runs its handler, and says what that took.
 *
 * A message has `events`: one, as Lambda hands them over, or several at once. With `--expose-gc`, memory is read after
 * the garbage was collected.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { Session } from 'node:inspector/promises';

const startedAt = performance.now();
const importFrom = process.cpuUsage();
const { handler } = await import(process.argv[2]);
const loaded = { ms: performance.now() - startedAt, processorMs: processorMs(importFrom) };

function processorMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

/** The sockets of this process that are open. One of them is the channel to the parent. */
function openSockets() {
  const directory = '/proc/self/fd';
  try {
    return readdirSync(directory).filter((name) => isSocket(`${directory}/${name}`)).length;
  } catch {
    return process.getActiveResourcesInfo().filter((name) => name.includes('Socket')).length;
  }
}

function isSocket(file) {
  try {
    return readlinkSync(file).startsWith('socket:');
  } catch {
    // The directory's own descriptor is closed by now.
    return false;
  }
}

const profiler = new Session();
profiler.connect();

/** Between `start` and `stop`, V8's profiler samples what this process does, every tenth of a millisecond. */
async function profile(command) {
  if (command === 'stop') return (await profiler.post('Profiler.stop')).profile;
  await profiler.post('Profiler.enable');
  await profiler.post('Profiler.setSamplingInterval', { interval: 100 });
  await profiler.post('Profiler.start');
  return {};
}

process.on('message', async ({ events, timeoutMs, profile: command }) => {
  if (command) {
    process.send(await profile(command));
    return;
  }
  const endsAt = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => endsAt - performance.now(), awsRequestId: '' };
  const from = process.cpuUsage();
  const at = performance.now();
  const runs = await Promise.all(
    events.map((event) =>
      handler(event, context).then(
        (lines) => ({ lines }),
        (error) => ({ error: String(error.stack) }),
      ),
    ),
  );
  const took = { ms: performance.now() - at, processorMs: processorMs(from) };
  globalThis.gc?.();
  const { rss, heapUsed } = process.memoryUsage();
  process.send({
    ...{ ...took, runs },
    memory: { rssBytes: rss, heapBytes: heapUsed, peakRssBytes: process.resourceUsage().maxRSS * 1024 },
    sockets: openSockets(),
  });
});
// The parent decides when it is over, and disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.send(loaded);
