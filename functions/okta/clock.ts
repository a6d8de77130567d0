/**
 * How far two clocks may be apart. Okta tells services to tolerate two minutes at the most when they validate tokens;
 * half of it leaves time to act before they refuse.
 * https://developer.okta.com/docs/guides/validate-access-tokens/dotnet/main/
 */
export const clockToleranceSeconds = 60;
