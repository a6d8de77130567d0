import { orgBoard } from '../../functions/board/org-board.ts';
import { defaultDeployment } from '../../functions/model/deployment.ts';
import { ascribe } from '../../functions/okta/sender.ts';
import { keptOf } from '../../functions/state/kept.ts';
import type { BoardPage, OrgDetail } from '../../local/self-hosted/board/page.ts';
import { at, exchange, minutes, outcome } from './log-of.ts';
import { groupItem, incidentItem } from './stored-org.ts';

const okta = { kind: 'findings', org: 'acme', domain: 'okta', severity: 'page' } as const;

/** A page of the board without any system: `acme` passes each minute, or has failed since 11:50. */
export function samplePage({ isFailing = false, detail = {} as Partial<OrgDetail> } = {}): BoardPage {
  const flows = groupItem(
    'flows',
    minutes('11:00', '11:59').map((time) => ({
      ...{ org: 'acme', at: at(time), intervalMinutes: 1 },
      lines: ['organization', 'token@org', 'token@default'].map(
        (target) =>
          outcome(
            at(time),
            target,
            isFailing && target !== 'organization' && time >= '11:50' ? 'internal-error' : 'passed',
          ).line,
      ),
    })),
  );
  const told = isFailing ? [incidentItem(okta, { since: at('11:50'), code: 'internal-error' })] : [];
  const board = orgBoard(keptOf('acme', [flows, ...told]), { deployment: defaultDeployment, now: at('12:00') });
  const seen = exchange(at('11:59'), '/oauth2/v1/token');
  return {
    ...{ at: board.at, orgs: [board] },
    detail: {
      board: {
        ...board,
        measured: {
          latency: [
            { target: 'token@org', phase: 'DNS', periodMs: 60_000, points: [{ at: at('11:58'), value: 3 }] },
            {
              ...{ target: 'token@org', phase: 'first byte', periodMs: 60_000 },
              points: minutes('11:50', '11:59').map((time, index) => ({ at: at(time), value: 40 + index })),
            },
          ],
          headroom: [{ at: at('11:59'), value: 88 }],
          expiries: [{ name: 'the certificate of the domain', days: 20.4 }],
          problems: [],
        },
      },
      timeline: isFailing
        ? [
            {
              ...{ kind: 'message', id: 'message-1', at: at('11:52'), route: 'page' },
              ...{
                subject: 'PAGE acme: no tokens',
                text: 'First line\n\nHIT    token@org',
                deliveries: ['email, shown here'],
              },
            },
            {
              kind: 'alarm',
              id: 'change-1',
              at: at('11:52'),
              alarm: 'okta-synthetics/acme/okta/page',
              to: 'ALARM',
              reason: '',
            },
            { kind: 'gap', id: 'gap-1', at: at('10:00'), until: at('10:30') },
          ]
        : [],
      alarms: [
        {
          ...{ name: 'okta-synthetics/acme/okta/page', state: isFailing ? 'ALARM' : 'OK', rule: '2 of 3 points > 1' },
          ...{
            since: at('11:52'),
            reason: '',
            points: [undefined, { value: 0, breaches: false }, { value: 2, breaches: true }],
          },
        },
      ],
      requests: [{ target: 'token@org', status: 'passed', exchange: seen, ascription: ascribe(seen) }],
      ...detail,
    },
  };
}
