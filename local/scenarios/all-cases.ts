import type { Case } from './case.ts';
import { clientConfigurationCases } from './cases/client-configuration.ts';
import { credentialCases } from './cases/credentials.ts';
import { healthCases } from './cases/health.ts';
import { intermediaryCases } from './cases/intermediary.ts';
import { testUserCases } from './cases/journey.ts';
import { monitorCases } from './cases/monitor.ts';
import { networkCases } from './cases/network.ts';
import { oktaCases } from './cases/okta.ts';
import { quotaCases } from './cases/quota.ts';
import { resourceCases } from './cases/resource.ts';
import { samlCases } from './cases/saml.ts';
import { serverConfigurationCases } from './cases/server-configuration.ts';
import { systemLogCases } from './cases/system-log.ts';
import { tokenCases } from './cases/tokens.ts';

/** Every failure that the monitor must tell apart from all others, grouped by cause. To add one, add an entry to its table. */
export const allCases: readonly Case[] = [
  ...networkCases,
  ...intermediaryCases,
  ...oktaCases,
  ...quotaCases,
  ...systemLogCases,
  ...serverConfigurationCases,
  ...clientConfigurationCases,
  ...credentialCases,
  ...tokenCases,
  ...testUserCases,
  ...samlCases,
  ...healthCases,
  ...resourceCases,
  ...monitorCases,
];
