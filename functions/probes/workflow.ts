import { ProbeFailure } from '../findings/probe-failure.ts';
import { TransportError } from '../model/errors.ts';
import { defineProbe } from '../model/probe.ts';

/**
 * Invokes a flow of Okta Workflows behind an API endpoint, with its client token in a header.
 *
 * Trap: the flow runs each time, so it must change nothing. What its cards do is not Okta's doing: a failure does not show
 * whose it is. Its answer is never shown but for its status.
 * https://help.okta.com/wf/en-us/content/topics/workflows/execute/flow-api-endpoint-token.htm
 */
export const workflow = defineProbe({
  id: 'workflow',
  question: 'Does a flow of Okta Workflows run?',
  group: 'health',
  scope: 'org',
  requires: ['workflow'],
  requests: [],
  timed: false,
  metrics: {},
  async run({ credentials, fetch, exchanges }) {
    const { status } = await credentials.invokeWorkflow(fetch).catch((error: unknown) => {
      throw error instanceof TransportError ? new ProbeFailure('workflow-failing', error.message) : error;
    });
    const exchange = exchanges.at(-1);
    if (status < 200 || status >= 300) {
      const isRefused = [400, 401, 403, 404].includes(status);
      const comparisons = [{ name: 'status of the flow', expected: '200 to 299', found: `${status}` }];
      const detail = `${status} at ${exchange?.url}`;
      throw new ProbeFailure(isRefused ? 'workflow-refused' : 'workflow-failing', { detail, comparisons });
    }
    return { readings: {} };
  },
});
