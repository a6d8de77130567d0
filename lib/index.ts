/** What the npm package exports, for CDK apps of others. */
export { ConfigError } from './config/config-error.ts';
export type { ConfigInput } from './config/schema.ts';
export { OktaMonitor, type OktaMonitorProps } from './okta-monitor.ts';
