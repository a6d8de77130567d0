import { expect, it } from 'vitest';
import { defaultLimits } from '../../../../functions/okta/default-limits.ts';
import { defaultLimits as emulated } from '../../../../packages/okta-emulator/src/index.ts';

it('the Okta emulator has the same rate limits as the monitor assumes by default', () => {
  expect(emulated).toEqual(defaultLimits);
});
