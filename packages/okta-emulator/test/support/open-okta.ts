import { afterAll } from 'vitest';
import { type OktaEmulator, type OktaOptions, startOktaEmulator } from '../../src/index.ts';
import { createOktaClient, type OktaClient } from './okta-client.ts';

/** Starts an Okta emulator and a client for the tests of one file, and closes both after them. */
export async function openOkta(
  options?: OktaOptions,
): Promise<{ readonly okta: OktaEmulator; readonly client: OktaClient }> {
  const okta = await startOktaEmulator(options);
  const client = createOktaClient(okta);
  afterAll(async () => {
    await client.close();
    await okta.close();
  });
  return { okta, client };
}
