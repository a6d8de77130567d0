import type { Case } from './case.ts';
import { clientConfigurationCases } from './table/client-configuration.ts';
import { credentialCases } from './table/credentials.ts';
import { monitorCases } from './table/monitor.ts';
import { networkCases } from './table/network.ts';
import { oktaCases } from './table/okta.ts';
import { quotaCases } from './table/quota.ts';
import { serverConfigurationCases } from './table/server-configuration.ts';
import { tokenCases } from './table/tokens.ts';

/** Every failure that the monitor must name, by whose fault it is. Adding one is a row in its table. */
export const allCases: readonly Case[] = [
  ...networkCases,
  ...oktaCases,
  ...quotaCases,
  ...serverConfigurationCases,
  ...clientConfigurationCases,
  ...credentialCases,
  ...tokenCases,
  ...monitorCases,
];
