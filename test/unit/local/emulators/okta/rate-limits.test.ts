import { expect, it } from 'vitest';
import { defaultLimits } from '../../../../../functions/okta/default-limits.ts';
import { defaultLimits as emulated } from '../../../../../local/emulators/okta/index.ts';

it('the Okta emulator has the same rate limits as the monitor assumes by default', () => {
  expect(emulated).toEqual(defaultLimits);
});
