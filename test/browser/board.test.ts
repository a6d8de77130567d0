import { createRequire } from 'node:module';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../lib/config/load-config.ts';
import { chromiumOptions, findChromium } from '../../local/commands/picture.ts';
import { deploymentsOf } from '../../local/lab/deployments.ts';
import { deploymentPlan } from '../../local/lab/scenarios/deployment-plan.ts';
import { selectScenarios } from '../../local/lab/select.ts';
import { adoptServers } from '../../local/lab/simulation/adopt-servers.ts';
import type { BoardPage } from '../../local/self-hosted/board/page.ts';
import { pageReader } from '../../local/self-hosted/board/read-page.ts';
import { renderDocument } from '../../local/self-hosted/board/render-page.ts';
import { type ServedBoard, serveBoard } from '../../local/self-hosted/board/serve-board.ts';
import { openHistory } from '../../local/self-hosted/history/open-history.ts';
import { openCanaries } from '../support/canaries.ts';
import { samplePage } from '../support/sample-page.ts';

const executable = findChromium();
if (executable === undefined)
  console.warn('There is no Chromium (CHROMIUM_PATH), so the board is not tested in a browser.');

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** The board's pages during each case, from one simulation. */
const pages = new Map<string, BoardPage>();
const canaries = openCanaries();

async function play() {
  const { config } = adoptServers(loadConfig('lib/config/example.jsonc'));
  const plan = deploymentPlan(config);
  using history = openHistory(':memory:');
  await using simulation = await deploymentsOf(config).open('configured', { journal: history.journal });
  const read = pageReader({
    ...{ system: simulation, reader: history.reader, name: config.deployment, orgs: simulation.orgs },
    now: () => simulation.now,
  });
  const tick = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) await simulation.tick();
  };
  await tick(3);
  pages.set('healthy', await read());
  for (const id of ['K1@token@default', 'O1@token@default', 'N2@organization']) {
    const [scenario] = selectScenarios(plan, { cases: [id], packetLossMinutes: 1 }).scenarios;
    if (!scenario) throw new Error(`there is no case ${id}`);
    const faults = scenario.faultPhases.flatMap((phase) => phase.faults ?? []);
    const restores = [];
    for (const fault of faults) restores.push(await fault(simulation, scenario.org, { packetsLost: 0 }));
    await tick(4);
    pages.set(id.slice(0, 2), await read());
    for (const restore of restores.toReversed()) await restore();
  }
  const { okta } = simulation.environment('acme');
  canaries.add('the client secret', okta.clients.secret.clientSecret);
  canaries.add('the key', okta.clients.service.privateJwk.d);
  canaries.add('the API token', okta.apiToken);
}

describe.skipIf(executable === undefined)('the board in a browser', () => {
  let browser: Browser;
  let board: ServedBoard;
  /** What the server shows. */
  let shown = samplePage();

  beforeAll(async () => {
    [browser, board] = await Promise.all([
      chromium.launch(chromiumOptions(executable ?? '')),
      serveBoard({ host: '127.0.0.1', port: 0, read: async () => shown }),
      play(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await board?.[Symbol.asyncDispose]();
  });

  /** A page that is connected. Whatever it asks of others, and each error, is a failure. */
  async function open(what: BoardPage, options: BrowserContextOptions = {}): Promise<Page & AsyncDisposable> {
    shown = what;
    const context = await browser.newContext({ viewport: { width: 1_280, height: 900 }, ...options });
    const page = await context.newPage();
    const problems: string[] = [];
    page.on('request', (sent) => {
      const url = new URL(sent.url());
      if (url.protocol !== 'data:' && url.origin !== board.url) problems.push(`a request to ${url}`);
    });
    page.on('pageerror', (error) => problems.push(`an error: ${error.message}`));
    page.on('console', (message) => message.type() === 'error' && problems.push(`the console: ${message.text()}`));
    page.on('dialog', (dialog) => problems.push(`a dialog: ${dialog.message()}`));
    await page.goto(`${board.url}/`);
    if (options.javaScriptEnabled !== false) await page.getByText('Live', { exact: true }).waitFor();
    return Object.assign(page, {
      async [Symbol.asyncDispose]() {
        await context.close();
        expect(problems).toEqual([]);
      },
    });
  }

  const played = (name: string) => pages.get(name) ?? expect.fail(`the case ${name} was not played`);

  async function change(next: BoardPage) {
    shown = next;
    await board.changed();
  }

  it('says that all is well, with each check, its latency and its runs', async () => {
    await using page = await open(played('healthy'));
    expect(await page.locator('.sentence').innerText()).toMatch(/✓ Well All well: \d+ checks pass\./);
    expect(await page.locator('#checks tr', { hasText: 'token' }).first().innerText()).toMatch(/✓ passed \d+ ms/);
    expect(
      await page.getByRole('img', { name: /^The last 60 runs, one in a minute: 3 passed/ }).count(),
    ).toBeGreaterThan(5);
    expect(await page.title()).toBe('✓ Well: acme');
  });

  it.each([
    ['K1', /must act: .*no tokens/, 'credentials', /Okta/],
    ['O1', /Okta must act: .*no tokens/, 'okta', /500 .*Okta/s],
    ['N2', /Okta, or the owner of the custom domain's DNS and CDN, must act: /, 'network', /ECONNREFUSED.*No answer/s],
  ])(
    '%s: says who must act, what fires, who answered and what people were told',
    async (name, sentence, domain, answer) => {
      await using page = await open(played(name));
      expect(await page.locator('.sentence').innerText()).toMatch(sentence);
      const alarm = page.locator('#alarms tr', { hasText: `acme/${domain}/` }).filter({ hasText: '✕ Alarm' });
      expect(await alarm.locator('.breaches').count()).toBeGreaterThan(1);
      expect(await page.locator('#requests tbody tr', { hasText: 'failed' }).first().innerText()).toMatch(answer);
      const message = page.locator('#timeline summary', { hasText: /^(PAGE|TICKET) / }).first();
      await message.click();
      expect(await message.locator('..').locator('pre').innerText()).toMatch(/HIT[\s\S]+SEEN[\s\S]+DO/);
    },
  );

  it('changes where it has to, and keeps the focus, what is open and the scroll', async () => {
    await using page = await open(samplePage({ isFailing: true }));
    const summary = page.locator('#message-1-text summary');
    await summary.focus();
    await page.keyboard.press('Enter');
    await page.evaluate('window.scrollTo(0, 120); window.kept = document.activeElement');
    const before = samplePage({ isFailing: true });
    const [message] = before.detail?.timeline ?? [];
    if (message?.kind !== 'message') throw new Error('unreachable: the sample has a message');
    const newer = { ...message, id: 'message-2', subject: 'TICKET acme: something new' };
    const { detail } = samplePage({ isFailing: true, detail: { timeline: [newer, message] } });
    await change({ ...before, detail });
    await page.getByText('TICKET acme: something new').waitFor();
    expect(await page.evaluate('document.activeElement === window.kept && window.scrollY')).toBe(120);
    expect(await page.locator('#message-1-text').getAttribute('open')).toBe('');
    expect(await page.locator('#message-2-text').getAttribute('open')).toBeNull();
  });

  it('says a change of the state to a screen reader, and nothing when only the time has passed', async () => {
    await using page = await open(samplePage());
    const said = page.locator('.announcement');
    expect(await said.getAttribute('role')).toBe('status');
    await page.evaluate(
      'window.changes = 0; new MutationObserver(() => { window.changes += 1; }).observe(document.querySelector(".announcement"), { childList: true, characterData: true, subtree: true })',
    );
    const [org] = samplePage().orgs;
    if (!org) throw new Error('unreachable: the sample has an org');
    await change({ ...samplePage(), orgs: [{ ...org, sentence: 'All well: 4 checks pass.' }] });
    await page.getByText('4 checks pass').waitFor();
    expect(await page.evaluate('window.changes')).toBe(0);
    await change(samplePage({ isFailing: true }));
    await page.getByText('Okta must act:').waitFor();
    expect(await said.innerText()).toBe('acme: Page.');
    expect(await page.title()).toBe('✕ Page: acme');
  });

  it('says that it is old when the monitor has ended', async () => {
    const other = await serveBoard({ host: '127.0.0.1', port: 0, read: async () => samplePage() });
    const page = await browser.newPage();
    await page.goto(`${other.url}/`);
    await page.getByText('Live', { exact: true }).waitFor();
    await other[Symbol.asyncDispose]();
    await page.getByText('No connection to the monitor: this page is old.').waitFor();
    await page.close();
  });

  it('connects again after the monitor has refused it', async () => {
    shown = samplePage();
    const page = await browser.newPage();
    await page.clock.install();
    await page.route('**/events/', (route) => route.fulfill({ status: 503 }), { times: 1 });
    await page.goto(`${board.url}/`);
    await page.getByText('No connection to the monitor: this page is old.').waitFor();
    await page.clock.runFor(5_000);
    await page.getByText('Live', { exact: true }).waitFor();
    await page.close();
  });

  it('is complete without a script, and loads itself again', async () => {
    await using page = await open(played('O1'), { javaScriptEnabled: false });
    expect(await page.locator('.sentence').innerText()).toMatch(/Okta must act/);
    expect(await page.locator('#timeline summary').count()).toBeGreaterThan(0);
    expect(await page.locator('meta[http-equiv=refresh]').count()).toBe(1);
  });

  it('can be read by keyboard: each link, message and scrolling region gets a visible focus', async () => {
    await using page = await open(played('O1'));
    const wanted = await page.locator('a, summary, [tabindex="0"]').count();
    const seen = new Set<string>();
    for (let pressed = 0; pressed < wanted; pressed += 1) {
      await page.keyboard.press('Tab');
      seen.add(
        await page.evaluate<string>(`(() => {
          const element = document.activeElement;
          const { outlineStyle, outlineWidth } = getComputedStyle(element);
          const name = element.getAttribute('aria-label') ?? element.textContent.slice(0, 60);
          return [element.tagName, name, outlineStyle !== 'none' && outlineWidth !== '0px'].join(' ');
        })()`),
      );
    }
    expect(seen.size).toBe(wanted);
    expect([...seen].filter((each) => !each.endsWith(' true'))).toEqual([]);
  });

  it.each([
    ['light', ['healthy', 'N2']],
    ['dark', ['O1']],
  ] as const)('has no violation of WCAG 2.2 AA in the %s colors', async (colorScheme, names) => {
    for (const name of names) {
      // The page's policy would forbid axe.
      await using page = await open(played(name), { colorScheme, bypassCSP: true });
      await page.addScriptTag({ path: axe });
      const { violations, passes } = await page.evaluate<{ violations: string[]; passes: string[] }>(`(async () => {
        for (const each of document.querySelectorAll('details')) each.open = true;
        const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
        const { violations, passes } = await axe.run(document, { runOnly: tags });
        return {
          violations: violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html.slice(0, 120))),
          passes: passes.map(({ id }) => id),
        };
      })()`);
      expect([name, violations]).toEqual([name, []]);
      expect(passes).toEqual(expect.arrayContaining(['color-contrast', 'target-size', 'region', 'list']));
    }
  });

  it.each([360, 1_440, 3_840])('needs no horizontal scroll at %i pixels', async (width) => {
    await using page = await open(played('N2'), { viewport: { width, height: 800 } });
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it('moves nothing for a reader who prefers less motion', async () => {
    await using page = await open(played('O1'), { reducedMotion: 'no-preference' });
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
    expect(await (await page.request.get(`${board.url}/board.css`)).text()).not.toMatch(/animation|transition/);
  });

  it.each([
    ['markup', '<script>alert(1)</script><img src=x onerror=alert(1)>', '<script>alert(1)</script><img'],
    ['markup that ends an attribute', '"><svg onload=alert(1)>', '"><svg onload=alert(1)>'],
    [
      'markup that ends the page',
      '</main></body><script src="https://evil.example/x.js"></script>',
      '</main></body><script',
    ],
    ['a name of ten thousand letters', 'x'.repeat(10_000), 'xxx...'],
    ['marks that turn the direction around', '\u202Eevil\u202C\u2066 שלום', 'evil שלום'],
  ])('shows %s as a text, first and after a change, at 360 pixels', async (_, text, expected) => {
    const hostile = withTexts(text);
    await using page = await open(hostile, { viewport: { width: 360, height: 800 } });
    const expectText = async () => {
      expect(await page.locator('script').count()).toBe(1);
      expect(await page.locator('img, iframe, object, [onload], [onerror]').count()).toBe(0);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      expect(await page.locator('main').innerText()).toContain(expected);
    };
    await expectText();
    await change(samplePage());
    await page.getByText('All well').waitFor();
    await change(hostile);
    await page.getByText('All well').waitFor({ state: 'detached' });
    await expectText();
  });

  it('shows no secret', () => {
    for (const [name, page] of pages)
      expect([name, canaries.leaksIn(renderDocument(page, '/events/'))]).toEqual([name, []]);
  });
});

/** The sample with foreign text wherever there can be some. */
function withTexts(text: string): BoardPage {
  const page = samplePage({ isFailing: true });
  const replaced: unknown = JSON.parse(JSON.stringify(page), (key, value) =>
    [
      'org',
      'sentence',
      'probe',
      'brief',
      'code',
      'subject',
      'text',
      'name',
      'url',
      'requestId',
      'target',
      'because',
      'alarm',
      'bucket',
      'detail',
    ].includes(key) && typeof value === 'string'
      ? text
      : value === null
        ? undefined
        : value,
  );
  return replaced as BoardPage;
}
