/** How often the event loop shows that it is awake, in milliseconds. */
const tickMs = 1;

let watchers = 0;
let timer: NodeJS.Timeout | undefined;
let tickedAt = 0;
let tickLateMs = 0;

function tick(): void {
  const now = performance.now();
  tickLateMs = Math.max(0, now - tickedAt - tickMs);
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
    [tickedAt, tickLateMs] = [performance.now(), 0];
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
 */
export function lateness(): number {
  const sinceTickMs = performance.now() - tickedAt;
  return Math.max(sinceTickMs - tickMs, sinceTickMs < tickMs ? tickLateMs : 0, 0);
}
