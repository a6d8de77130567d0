import { expect, it } from 'vitest';
import { prepareAuthentication } from '../../../../functions/run/client-authentication.ts';

it('an assertion that was made ahead is sent once: Okta accepts each only once, and a demand for a nonce repeats the request', async () => {
  let made = 0;
  const server = { issuer: 'https://acme.okta.com' };
  const client = { client_id: '0oaService' };
  const authentication = await prepareAuthentication(
    (_, __, body) => {
      made += 1;
      body.set('client_assertion', String(made));
    },
    server,
    client,
  );
  expect(made).toBe(1);
  const sent = async () => {
    const body = new URLSearchParams();
    await authentication(server, client, body, new Headers());
    return body.get('client_assertion');
  };
  expect([await sent(), await sent(), await sent()]).toEqual(['1', '2', '3']);
});
