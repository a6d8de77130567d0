/**
 * Provides the credentials that Lambda sets in the environment.
 *
 * It has the name and the place of the SDK's default chain in bundles, which then contain no code for profiles, single
 * sign-on and instance metadata. That code is 130 kB, and half of the processor time that the SDK takes to load.
 */
export const defaultProvider =
  ({ environment = process.env }: { readonly environment?: NodeJS.ProcessEnv } = {}) =>
  async () => {
    const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = environment;
    if (accessKeyId && secretAccessKey) {
      return { accessKeyId, secretAccessKey, sessionToken: environment.AWS_SESSION_TOKEN };
    }
    throw Object.assign(new Error('the environment has no AWS credentials'), { name: 'CredentialsProviderError' });
  };
