/** The process of a measured function: loads a bundle as Lambda does, runs its handler, and reports how long each took. */
const startedAt = performance.now();
const importFrom = process.cpuUsage();
const { handler } = await import(process.argv[2]);
const loaded = { ms: performance.now() - startedAt, processorMs: processorMs(importFrom) };

function processorMs(since) {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

process.on('message', async ({ event, timeoutMs }) => {
  const endsAt = performance.now() + timeoutMs;
  const context = { getRemainingTimeInMillis: () => endsAt - performance.now(), awsRequestId: '' };
  const from = process.cpuUsage();
  const at = performance.now();
  const run = await handler(event, context).then(
    (lines) => ({ lines }),
    (error) => ({ error: String(error.stack) }),
  );
  const ms = performance.now() - at;
  process.send({ ...run, ms, processorMs: processorMs(from), peakRssBytes: process.resourceUsage().maxRSS * 1024 });
});
// The parent ends this process: it disconnects.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.send(loaded);
