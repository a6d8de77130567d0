import { expect, it } from 'vitest';
import { loadConfig } from '../../../../lib/config/load-config.ts';
import { deploymentsOf } from '../../../../local/lab/deployments.ts';
import { playOnBoard } from '../../../../local/lab/play-on-board.ts';
import { adoptServers } from '../../../../local/lab/simulation/adopt-servers.ts';
import { openCanaries } from '../../../support/canaries.ts';
import { parseHtml } from '../../../support/parse-html.ts';

it('the board follows a simulation minute by minute, still shows it after its end, and shows no secret', async () => {
  const { config } = adoptServers(loadConfig('lib/config/example.jsonc'));
  await using board = await playOnBoard(deploymentsOf(config), { port: 0, name: config.deployment, leastMs: 0 });
  const markups: string[] = [];
  const textNow = async (path = '/') => {
    const markup = await (await fetch(new URL(path, board.url))).text();
    markups.push(markup);
    return parseHtml(markup).text;
  };
  expect(await textNow()).toContain('Nothing is known yet.');
  await board.viewed;
  const canaries = openCanaries();
  {
    await using simulation = await board.deployments.open('configured');
    const { okta } = simulation.environment('acme');
    canaries.add('the client secret', okta.clients.secret.clientSecret);
    canaries.add('the key', okta.clients.service.privateJwk.d);
    canaries.add('the API token', okta.apiToken);
    expect(await textNow()).toContain('Unknown: no run has left anything');
    await simulation.tick();
    await simulation.tick();
    expect(await textNow()).toMatch(/All well: \d+ checks pass\./);
  }
  expect(await textNow('/orgs/acme')).toMatch(/All well: .*Who answered.*by who answered: Okta \d+\./s);
  expect((await fetch(new URL('/orgs/nobody', board.url))).status).toBe(404);
  expect(canaries.leaksIn(markups.join('\n'))).toEqual([]);
});
