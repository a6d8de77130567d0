import { expect, it } from 'vitest';
import type { Fetch } from '../../../../functions/model/probe.ts';
import { openRunKey, withProof } from '../../../../functions/run/dpop.ts';

it.each<[string, number, string, string, number]>([
  ['demands one', 400, 'use_dpop_nonce', 'nonce', 2],
  ['demands one with 401', 401, 'use_dpop_nonce', 'nonce', 2],
  ['refuses the client and brings one', 400, 'invalid_client', 'nonce', 1],
  ['refuses the grant and brings one', 400, 'invalid_grant', 'nonce', 1],
  ['fails and brings one', 500, 'use_dpop_nonce', 'nonce', 1],
  ['demands one and brings none', 400, 'use_dpop_nonce', '', 1],
  ['demands one and brings one that is no nonce', 400, 'use_dpop_nonce', 'a b', 1],
])(
  'a request with a proof is repeated only for a nonce that is demanded: the answer %s',
  async (_, status, error, nonce, times) => {
    let requests = 0;
    const fetch: Fetch = async () => {
      requests += 1;
      return Response.json({ error }, { status, headers: { 'dpop-nonce': nonce } });
    };
    const key = await openRunKey(new Map())({ dpop: true });
    await withProof(key, fetch, () => fetch('https://acme.okta.com/oauth2/v1/token'));
    expect(requests).toBe(times);
  },
);
