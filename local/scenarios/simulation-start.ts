/** When every rehearsal of a drill begins: a Monday on which nothing else happens. Epoch ms. */
export const drillStart = Date.UTC(2026, 0, 5, 9);

/** Before anything goes wrong, and after it at least. */
export const healthyMinutes = 10;
