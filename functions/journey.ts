import { secretsManager } from './aws/secrets.ts';
import { processStore, tableStore } from './journey/sign-in-memory.ts';
import { journey } from './probes/index.ts';
import { noClientCredentials } from './run/no-credentials.ts';
import { probeHandler } from './run/probe-handler.ts';
import { openUserCredentials } from './run/user-credentials.ts';
import { stateTable } from './state/state-table.ts';

const table = stateTable(process.env);
const store = table ? tableStore(table, Date.now) : processStore();
const open = openUserCredentials(secretsManager(), store, Date.now);

/** The function in which the test user signs in. Opt-in. Only this function may read the user's secret. */
export const handler = probeHandler(journey, (org) => ({ ...noClientCredentials, ...open(org) }));
