import type { Config } from '../../../lib/config/schema.ts';

/** Returns the sentence that nobody is told of an outage, and the line to write; undefined if the configuration names somebody. */
export function untold({ alerts, orgs }: Pick<Config, 'alerts' | 'orgs'>, file: string): string | undefined {
  const isTold = alerts.pages.length > 0 || orgs.every((org) => (org.alerts?.pages.length ?? 0) > 0);
  return isTold
    ? undefined
    : `Nobody is told of an outage yet. In ${file}, under "alerts": "pages": [{ "email": "on-call@example.com" }]`;
}
