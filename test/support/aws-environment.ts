/** The environment of a function that is to call an emulator of AWS. */
export function awsEnvironment(url: string): NodeJS.ProcessEnv {
  const credentials = { AWS_ACCESS_KEY_ID: 'loopback', AWS_SECRET_ACCESS_KEY: 'loopback' };
  return { AWS_ENDPOINT_URL: url, AWS_REGION: 'us-east-1', ...credentials };
}
