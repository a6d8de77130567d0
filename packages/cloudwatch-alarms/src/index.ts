export {
  type Alarm,
  type AlarmState,
  alarmStates,
  type Comparison,
  type CompositeAlarm,
  comparisons,
  type MetricAlarm,
  type MissingData,
  missingDataTreatments,
  type Statistic,
  statistics,
} from './alarm-definition.ts';
export { type AlarmAction, AlarmEngine, type AlarmStatus } from './alarm-engine.ts';
export { alarmsIn, holds, parseRule } from './composite-rule.ts';
export { alarmPoints, type Evaluation, evaluateAlarm, evaluationRange } from './evaluate-alarm.ts';
export { type MetricIdentity, type MetricPoint, MetricStore, type Series, statisticOf } from './metric-store.ts';
export { isMuting, type MuteRule, parseSchedule } from './mute-rule.ts';
export { type ParsedAlarms, parseAlarms } from './parse-alarm.ts';
export { scan } from './scan.ts';
export {
  nameOf,
  readList,
  readNumber,
  readObject,
  readWord,
  type Template,
  type TemplateResource,
} from './template-reader.ts';
export { UnsupportedError } from './unsupported-error.ts';
