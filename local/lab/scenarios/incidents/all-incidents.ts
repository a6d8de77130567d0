import { incidentsOfCustomers } from './customers.ts';
import { incidentsOfOkta } from './okta.ts';
import type { PastIncident } from './past-incident.ts';

/** Every past incident that we have a source for. */
export const pastIncidents: readonly PastIncident[] = [...incidentsOfOkta, ...incidentsOfCustomers];
