/** The exports of the npm package, for other CDK apps. */
export { ConfigError } from './config/config-error.ts';
export type { ConfigInput } from './config/schema.ts';
export { OktaMonitor, type OktaMonitorProps } from './okta-monitor.ts';
