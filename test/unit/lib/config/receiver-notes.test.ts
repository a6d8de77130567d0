import { expect, it } from 'vitest';
import { receiverNotes } from '../../../../lib/config/receiver-notes.ts';
import { buildConfig } from '../../../support/build-config.ts';

const https = 'https://hooks.example.com/sns';

it('a list without an e-mail address is noted, because only e-mail shows the original of an alarm', () => {
  const config = buildConfig({ alerts: { pages: [{ kind: 'chat' }, { kind: 'json', https }], tickets: [] } });
  expect(receiverNotes(config)).toEqual([expect.stringMatching(/^alerts\.pages has no e-mail address/)]);
});

it('a list with one is not', () => {
  expect(receiverNotes(buildConfig({ alerts: { pages: [{ kind: 'chat' }, { email: 'a@example.com' }] } }))).toEqual([]);
});
