import { expect, it } from 'vitest';
import type { Sending } from '../../../../functions/notify/sendings.ts';
import { type Senders, send } from '../../../../functions/notify/tell.ts';

const event: Sending = { to: 'bus', outlet: 'pagerduty', event: { Source: 'okta-synthetics', Detail: '{}' } };
const busThat = (entry: object) =>
  ({ events: { putEvents: async () => ({ Entries: [entry] }) } }) as unknown as Senders;

it('an event that the bus refuses was not sent, although the call succeeds', async () => {
  await expect(send(event, busThat({ EventId: '1' }))).resolves.toBeUndefined();
  await expect(send(event, busThat({ ErrorCode: 'InternalFailure' }))).rejects.toThrow(
    expect.objectContaining({ name: 'InternalFailure' }),
  );
});
