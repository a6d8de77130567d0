/** How often the event loop shows that it is awake, in milliseconds. */
const tickMs = 1;

let watchers = 0;
let timer: NodeJS.Timeout | undefined;
let tickedAt = 0;
/** When the loop was last awake and on time: until then, it had read everything that had arrived. */
let onTimeAt = 0;

function tick(): void {
  const now = performance.now();
  if (now - tickedAt <= 2 * tickMs) onTimeAt = now;
  tickedAt = now;
}

/**
 * Watches whether the event loop is on time, until the returned function is called. A function that has used up its share
 * of the processor stands still for some milliseconds, and an answer that arrives meanwhile is read after that.
 *
 * Trap: the loop is one for the whole process, so the watch is too.
 */
export function watchLoop(): () => void {
  watchers += 1;
  if (!timer) {
    tickedAt = performance.now();
    onTimeAt = tickedAt;
    timer = setInterval(tick, tickMs);
  }
  let isWatching = true;
  return () => {
    if (!isWatching) return;
    isWatching = false;
    watchers -= 1;
    if (watchers > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/**
 * By how many milliseconds what happens now may have been noticed too late: the loop was last seen awake and on time that
 * long ago. Only while somebody watches.
 *
 * Trap: after it stood still, the loop ticks before it reads, and it may have much to read. Only the next tick that is on
 * time says that nothing waits any more.
 */
export function lateness(): number {
  return Math.max(0, performance.now() - onTimeAt - tickMs);
}
