import { expect, it } from 'vitest';
import { loadConfig, parseConfig } from '../../../../../lib/config/load-config.ts';
import type { Config } from '../../../../../lib/config/schema.ts';
import { deploymentVariants } from '../../../../../local/lab/scenarios/deployment-variants.ts';
import {
  withHealth,
  withSamlApp,
  withSystemLog,
  withTestUser,
} from '../../../../../local/lab/scenarios/prepared-config.ts';

const example = loadConfig('lib/config/example.jsonc');
const configs = {
  'the example': example,
  'a configuration with all options': withHealth(withSystemLog(withSamlApp(withTestUser(example)))),
};
const variants = Object.entries<(config: Config) => Config>(deploymentVariants);

it.each(
  Object.entries(configs).flatMap(([of, config]) =>
    variants.map(([name, change]) => [name, of, config, change] as const),
  ),
)('the deployment %s of %s is one that a person could deploy', (_, __, config, change) => {
  expect(() => parseConfig(JSON.stringify(change(config)))).not.toThrow();
});
