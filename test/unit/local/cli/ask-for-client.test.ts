import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { askForClient } from '../../../../local/cli/ask-for-client.ts';
import type { HiddenInput } from '../../../../local/cli/read-hidden.ts';

/** Asks on a terminal where each question is answered by the next line. */
async function ask(env: Readonly<Record<string, string>>, answers: readonly string[], isTTY = true) {
  const keys = new PassThrough();
  let isRaw = false;
  const input: HiddenInput = Object.assign(keys, {
    ...(isTTY && {
      isTTY,
      setRawMode(raw: boolean) {
        isRaw = raw;
      },
    }),
  });
  const left = [...answers];
  const asked: { readonly question: string; readonly isHidden: boolean }[] = [];
  const prompt = {
    write(text: string | Uint8Array) {
      if (String(text) === '\n') return true;
      asked.push({ question: String(text), isHidden: isRaw });
      keys.write(`${left.shift()}\r`);
      return true;
    },
  };
  return { env: await askForClient(env, input, prompt), asked };
}

const jwk = '{"kty":"RSA","d":"canary"}';

describe('the questions for a service application', () => {
  it('ask for what the environment lacks, and show everything but a secret', async () => {
    const { env, asked } = await ask({ OTHER: 'kept' }, ['0oa1', 'okta.users.read', '', jwk, 'y']);
    expect(env).toEqual({
      ...{ OTHER: 'kept', OKTA_CLIENT_CLIENTID: '0oa1', OKTA_CLIENT_SCOPES: 'okta.users.read' },
      ...{ OKTA_CLIENT_PRIVATEKEY: jwk, OKTA_CLIENT_DPOP: 'true' },
    });
    expect(asked.filter(({ isHidden }) => isHidden).map(({ question }) => question)).toEqual([
      'Private key as a JWK, or client secret (not shown): ',
    ]);
    expect(JSON.stringify(asked)).not.toContain('canary');
  });

  it('take a file for the key, and anything that is no JWK for a client secret', async () => {
    expect((await ask({}, ['0oa1', 'a', './key.pem', 'n'])).env).toMatchObject({
      ...{ OKTA_CLIENT_PRIVATEKEY_FILE: './key.pem', OKTA_CLIENT_DPOP: 'false' },
    });
    expect((await ask({}, ['0oa1', 'a', '', 'canary', ''])).env).toMatchObject({ OKTA_CLIENT_SECRET: 'canary' });
  });

  it('leave out what is set', async () => {
    const set = { OKTA_CLIENT_CLIENTID: '0oa1', OKTA_CLIENT_SCOPES: 'a', OKTA_CLIENT_PRIVATEKEY: jwk };
    const { env, asked } = await ask({ ...set, OKTA_CLIENT_DPOP: 'false' }, []);
    expect(env).toMatchObject(set);
    expect(asked).toEqual([]);
  });

  it('end at once without a client', async () => {
    const { env, asked } = await ask({}, ['']);
    expect(env).toEqual({});
    expect(asked).toHaveLength(1);
  });

  it('are never asked where there is no terminal', async () => {
    await expect(ask({}, [], false)).rejects.toThrow('--prompt asks on a terminal, and there is none');
  });
});
