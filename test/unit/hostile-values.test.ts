import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FindingCode, finding } from '../../functions/findings/finding.ts';
import type { Exchange } from '../../functions/model/exchange.ts';
import { composeMessage, composeUnreadable, type Notification } from '../../functions/notify/message.ts';
import { type Outlet, outlets } from '../../functions/notify/outlets.ts';
import { sendingsOf } from '../../functions/notify/sendings.ts';
import { inLines } from '../../functions/okta/json-fields.ts';
import { readOrgChanges } from '../../functions/state/org-changes.ts';
import { ConfigError } from '../../lib/config/config-error.ts';
import { defineCommand, execute } from '../../local/commands/command.ts';
import { formatChecked } from '../../local/commands/reporters/check.ts';
import { formatExaminations } from '../../local/commands/reporters/doctor.ts';
import { bold, green, printable, red, workflowCommand } from '../../local/commands/reporters/text.ts';
import { checked } from '../support/checked-org.ts';
import { chatMarkup, hostileText, unprintable } from '../support/hostile-text.ts';
import { at, evidenceOf, exchange, outcome } from '../support/log-of.ts';
import { firing, links } from '../support/messages.ts';

/** A text in which a stranger writes what a terminal or a chat would obey. */
const hostile = fc
  .tuple(fc.constantFrom(...unprintable, ...chatMarkup), hostileText, fc.constantFrom(...unprintable, ...chatMarkup))
  .map((parts) => parts.join(' '));

/** All that a probe reports and that may be of a stranger's making. */
function failedBy(text: string, code: FindingCode = 'signing-key-unpublished') {
  const seen: Partial<Exchange> = {
    ...{ status: 500, requestId: text, failure: { code: text, message: text } },
    error: { shape: 'envelope', error: text, errorCode: text, description: text, errorId: text, causes: [text] },
    sender: { server: text, via: text, mediaType: text, redirect: text, challenges: [text], intermediary: [text] },
    certificate: { subject: text, issuer: text, validTo: text },
  };
  return {
    exchanges: [exchange(at('12:00'), '/oauth2/default/v1/token', seen)],
    finding: finding(code, {
      ...{ detail: text, comparisons: [{ name: text, expected: text, found: text }] },
      token: { alg: text, kid: text, issuer: text, audience: text, scopes: [text], claimNames: [text] },
    }),
  };
}

const unseen = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;

/** Every text in a document, also in the JSON of another one. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Object.values(Object(value)).flatMap(textsIn);
}

function messageOf(text: string): Notification {
  const { line, ...logged } = outcome(at('12:00'), 'token@default', 'internal-error');
  const evidence = evidenceOf([{ ...logged, line: { ...line, ...failedBy(text) } as typeof line }], {
    changes: readOrgChanges({
      changes: [{ id: text, atMs: at('11:50'), what: text, change: text, targets: [{ name: text }] }],
    }),
    gaps: [],
  });
  return composeMessage(firing, evidence, links);
}

describe('a value of a stranger in a message', () => {
  const all = Object.entries<Outlet>(outlets);
  const documentOf = (outlet: Outlet, notification: Notification): unknown => {
    if ('detail' in outlet) return outlet.detail(notification);
    const text = outlet.format(notification);
    return text.startsWith('{') ? JSON.parse(text) : text;
  };

  it.each(all)('brings no control character, no invisible one and no turned text into %s', (_, outlet) => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const notification of [messageOf(text), composeUnreadable(text, 'it is text', links)]) {
          for (const each of textsIn(documentOf(outlet, notification))) expect(each).not.toMatch(unseen);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('begins no line of an e-mail, and no header of its subject', () => {
    const text = 'x\r\nBcc: all@example.com';
    const { email } = outlets;
    expect(email.format(messageOf(text)).split(/[\r\n]/)).not.toContainEqual(expect.stringMatching(/^Bcc:/));
    const used = { peopleTopicArn: 'arn:p', ownTopicArn: 'arn:p', outlets: [] };
    for (const each of sendingsOf(messageOf(text), used)) {
      if (each.to === 'topic') expect(each.message.Subject).toMatch(/^[ -~]+$/);
    }
  });

  it.each(chatMarkup)('is no mention and no link with other words in a chat: %s', (text) => {
    for (const notification of [messageOf(text), composeUnreadable(text, 'it is text', links)]) {
      for (const each of textsIn(documentOf(outlets.chat, notification))) {
        expect(each).not.toMatch(/<|\]\(|@(?:channel|here|everyone)/);
        expect(each).not.toContain('&lt;!channel&gt;');
      }
    }
  });

  it('leaves the commands in a chat as they can be pasted', () => {
    const command = "curl -s 'https://acme.okta.com/?a=1&b=2' | jq -r '@base64d'";
    const { line, ...logged } = outcome(at('12:00'), 'token@default', 'internal-error');
    const detail = { ...line, finding: finding('internal-error', { detail: command }) } as typeof line;
    const chat = documentOf(outlets.chat, composeMessage(firing, evidenceOf([{ ...logged, line: detail }]), links));
    expect(JSON.stringify(chat)).toContain(JSON.stringify(command).slice(1, -1));
  });
});

/** A text without the styles that this process paints with, if it paints at all. */
function stripped(text: string): string {
  const [styles = ''] = printable(bold(red('\0'))).split('\\u0000');
  return text.replace(styles, '').replaceAll(/\p{Cc}\[(?:22|39)m/gu, '');
}

/** What a command writes with this text, as a terminal gets it. */
async function writtenBy(write: string | Error): Promise<string> {
  let written = '';
  const stream = {
    isTTY: true,
    write(text: unknown) {
      written += String(text);
      return true;
    },
  };
  const command = defineCommand({
    ...{ name: 'any', options: {} },
    run(_, { stdout, stderr }) {
      if (write instanceof Error) throw write;
      stdout.write(write);
      stderr.write(write);
      return 0;
    },
  });
  await execute(command, [], { stdout: stream, stderr: stream });
  return written;
}

describe('a value of a stranger at a terminal', () => {
  it('is written without anything that the terminal obeys, by every command', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const own = await writtenBy(`${bold(red('✗'))} ${text}`);
        expect(stripped(own)).not.toMatch(unseen);
        expect(await writtenBy(new ConfigError(text))).not.toMatch(unseen);
      }),
    );
  });

  it('cannot be coloured as the command itself colours', async () => {
    expect(printable(`${green('yes')} \u001b[32maccepted`)).toBe(`${printable(green('yes'))} \\u001b[32maccepted`);
    expect(await writtenBy('\u001b[32maccepted')).toBe('\\u001b[32maccepted'.repeat(2));
  });

  it('is the same value in the JSON that a command prints', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (text) => {
        const written = await writtenBy(`${JSON.stringify({ text })}\n`);
        expect(JSON.parse(written.split('\n')[0] ?? '')).toEqual({ text });
      }),
    );
  });

  it('begins no workflow command of CI and no line, in a check and in the doctor', () => {
    const text = 'x\n::error::injected\u2028 ##[error] y';
    const outcomes = inLines(checked(() => ({ status: 'failed', ...failedBy(text) })));
    const shown = formatChecked([outcomes], { config: 'my.jsonc', isFiltered: false, showEvidence: true });
    const diagnoses = inLines([{ what: text, status: 'problem' as const, found: text, remedy: text }]);
    for (const each of [shown, formatExaminations([{ part: 'x', diagnoses }])]) {
      const lines = printable(each).split('\n');
      expect(lines).not.toContainEqual(expect.stringMatching(/^\s*(?:::error|##\[)/));
      expect(lines.join('')).toContain('::injected');
    }
    expect(printable(`${workflowCommand}::error title=a::b`)).toBe('::error title=a::b');
  });
});
