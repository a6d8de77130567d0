import type { Measured, OrgBoard } from '../../../functions/board/board.ts';
import type { Exchange } from '../../../functions/model/exchange.ts';
import type { Route } from '../../../functions/model/finding.ts';
import type { Ascription } from '../../../functions/okta/sender.ts';
import type { AlarmState } from '../../../packages/cloudwatch-alarms/src/index.ts';

/** All that one page of the board shows. Times are epoch ms. */
export interface BoardPage {
  readonly at: number;
  /** Of all orgs, the worst first. */
  readonly orgs: readonly OrgBoard[];
  /** The messages about the monitor itself. */
  readonly monitor?: OrgBoard | undefined;
  /** The org that the page is about. Absent on the page of all orgs. */
  readonly detail?: OrgDetail | undefined;
  /** The runbook's address. */
  readonly runbook?: string | undefined;
}

/** One org as the history and the alarms know it. */
export interface OrgDetail {
  readonly board: OrgBoard & { readonly measured: Measured };
  /** The newest first. */
  readonly timeline: readonly TimelineEntry[];
  /** Those that fire first. */
  readonly alarms: readonly AlarmWindow[];
  /** Those of failed checks first. */
  readonly requests: readonly SeenRequest[];
}

export type TimelineEntry =
  | {
      readonly kind: 'message';
      /** Unique in the timeline. */
      readonly id: string;
      readonly at: number;
      readonly route: Route;
      readonly subject: string;
      /** As it was sent. */
      readonly text: string;
      /** By which protocols, and how each stands: `email, shown here`. */
      readonly deliveries: readonly string[];
    }
  | {
      readonly kind: 'alarm';
      readonly id: string;
      readonly at: number;
      readonly alarm: string;
      readonly to: AlarmState;
      readonly reason: string;
    }
  | { readonly kind: 'gap'; readonly id: string; readonly at: number; readonly until: number };

/** An alarm and the points that it was last judged by. */
export interface AlarmWindow {
  readonly name: string;
  readonly state: AlarmState;
  /** When it changed; absent if that is not known. */
  readonly since?: number;
  /** `2 of 3 points >= 2`. */
  readonly rule: string;
  /** The oldest first; undefined where no point is. Absent for an alarm of alarms. */
  readonly points?: readonly AlarmPoint[];
  readonly reason: string;
}

export type AlarmPoint = { readonly value: number; readonly breaches: boolean } | undefined;

/** One request of the last run of a check, and who sent the answer. */
export interface SeenRequest {
  readonly target: string;
  readonly status: 'passed' | 'failed' | 'skipped';
  readonly exchange: Exchange;
  readonly ascription: Ascription;
}
