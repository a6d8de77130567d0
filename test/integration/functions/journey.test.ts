import { describe, expect, it } from 'vitest';
import type { Org } from '../../../functions/model/org.ts';
import { journey } from '../../../functions/probes/index.ts';
import { fullOrg } from '../../support/full-org.ts';
import { openOkta } from '../../support/open-okta.ts';
import { outcomeLines, runProbes } from '../../support/run-probes.ts';

const { okta } = await openOkta();

const org: Org = {
  ...fullOrg,
  name: 'journey',
  user: { login: 'monitor@example.com', secret: 'acme/user' },
  servers: fullOrg.servers.map((server) => ({
    ...server,
    ...(server.web && {
      web: { ...server.web, secret: 'acme/web', scopes: ['openid', 'profile', 'email', 'offline_access'] },
    }),
  })),
};

describe('a healthy journey', () => {
  it('passes at both kinds of server', async () => {
    const report = await runProbes(okta, journey, { org });
    for (const e of report.monitorErrors) console.log(e);
    for (const o of report.outcomes) if (o.status === 'failed') console.log(JSON.stringify(o, null, 1));
    expect(outcomeLines(report)).toEqual([]);
  });
});
