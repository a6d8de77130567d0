import {
  describeOrg,
  formatOrg,
  type KeptOrg,
  type OrgDescription,
} from '../../../packages/okta-emulator/src/index.ts';
import type { MonitorFiles } from '../check/kept-org.ts';

/** A running Okta emulator with the monitor's own commands, files and failures. */
export interface OktaDescription extends Omit<OrgDescription, 'files' | 'commands'> {
  readonly files: OrgDescription['files'] & MonitorFiles;
  /** The failures that happen now, and where to choose others. */
  readonly cases: { readonly url: string; readonly active: readonly string[] };
  /** Shell commands to paste. */
  readonly commands: OrgDescription['commands'] & Readonly<Record<'check' | 'setup' | 'fail' | 'mend', string>>;
}

export function describeOkta(org: KeptOrg, own: MonitorFiles, cases: OktaDescription['cases']): OktaDescription {
  const description = describeOrg(org);
  const { domain, adminToken } = description;
  const files = { ...description.files, ...own };
  return {
    ...description,
    files,
    cases,
    commands: {
      ...description.commands,
      check: `NODE_EXTRA_CA_CERTS=${files.ca} npm run check -- --config ${files.config} --secrets ${files.secrets}`,
      setup:
        `OKTA_API_TOKEN=${adminToken} NODE_EXTRA_CA_CERTS=${files.ca} npm run setup -- --domain ${domain} ` +
        '--org local --server default --secrets local-secrets.json --dry-run',
      fail: `curl -X PUT ${cases.url}/O1@token@default`,
      mend: `curl -X DELETE ${cases.url}`,
    },
  };
}

/** The description as text. `title` may add colour. */
export function formatDescription(description: OktaDescription, title: (text: string) => string): string {
  const { active, url } = description.cases;
  return formatOrg(description, title, [
    ['Failures', ['now', active.length > 0 ? active.join(', ') : 'none'], ['choose', url]],
  ]);
}
