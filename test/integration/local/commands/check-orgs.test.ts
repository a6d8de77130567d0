import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { checkOrgs, fileSecrets } from '../../../../local/commands/check/check-orgs.ts';
import { selectProbes } from '../../../../local/commands/check/select-probes.ts';
import { emulateOrg } from '../../../../local/lab/simulation/emulated-org.ts';
import { signInFile } from '../../../../local/self-hosted/history/sign-in-file.ts';
import { openOkta } from '../../../../packages/okta-emulator/test/support/open-okta.ts';
import { journeyOrg } from '../../../support/full-org.ts';
import { trusting } from '../../../support/setup-org.ts';

const { okta } = await openOkta();
const folder = mkdtempSync(path.join(tmpdir(), 'okta-synthetics-check-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('checks in a pipeline', () => {
  it('send a wrong password once, and again when it is another', async () => {
    const { org, secrets } = emulateOrg(journeyOrg('acme'), okta);
    const { login } = okta.users.password;
    const user = { login, secret: 'acme/user' };
    const file = path.join(folder, 'secrets.json');
    const check = async (password: string) => {
      const stored = [...secrets].map(([name, text]) => [name, JSON.parse(text)]);
      writeFileSync(file, JSON.stringify({ ...Object.fromEntries(stored), 'acme/user': { password } }));
      const [checked] = await checkOrgs(selectProbes([{ ...org, user }], { probes: ['sign-in'] }), fileSecrets(file), {
        ...{ proxy: trusting(okta), signIns: signInFile(folder) },
      });
      return checked?.outcomes.map((each) => (each.status === 'failed' ? each.finding.code : each.status));
    };
    const before = okta.refusedPasswords();
    for (let run = 0; run < 12; run += 1) expect(await check('wrong')).toEqual(['user-password-refused']);
    expect(okta.refusedPasswords() - before).toBe(1);
    expect(await check(okta.users.password.password)).toEqual(['passed']);
    expect(okta.findUser(login)?.status).toBe('ACTIVE');
  });
});
