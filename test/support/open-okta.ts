import { afterAll } from 'vitest';
import { type OktaEmulator, startOktaEmulator } from '../../local/emulators/okta/okta-emulator.ts';
import { createOktaClient, type OktaClient } from './okta-client.ts';

/** An embedded Okta for the tests of one file, and a client of it. Both are closed when the file is done. */
export async function openOkta(): Promise<{ readonly okta: OktaEmulator; readonly client: OktaClient }> {
  const okta = await startOktaEmulator();
  const client = createOktaClient(okta);
  afterAll(async () => {
    await client.close();
    await okta.close();
  });
  return { okta, client };
}
