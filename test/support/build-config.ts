import type { Org } from '../../functions/model/org.ts';
import { resolveOrg } from '../../lib/config/resolve-org.ts';
import { type Config, type ConfigInput, configSchema } from '../../lib/config/schema.ts';

type OrgInput = ConfigInput['orgs'][number];

/** The required fields of an org. */
export const minimalOrg = { name: 'acme', domain: 'acme.okta.com' } as const satisfies OrgInput;

/** A configuration with these fields; the schema adds its defaults. It has one minimal org unless `orgs` is given. */
export function buildConfig(fields: Partial<ConfigInput> = {}): Config {
  return configSchema.parse({ orgs: [minimalOrg], ...fields });
}

/** An org with these configuration fields, as its runs receive it; the schema adds its defaults. */
export function buildOrg(fields: Partial<OrgInput> = {}): Org {
  const config = buildConfig({ orgs: [{ ...minimalOrg, ...fields }] });
  const [org] = config.orgs;
  if (!org) throw new Error('the configuration has no org');
  return resolveOrg(org, config);
}
