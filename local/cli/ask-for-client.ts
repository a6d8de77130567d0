import type { ProgressStream } from '../reporters/progress.ts';
import { environmentVariables } from '../runner/environment-config.ts';
import { UsageError } from '../runner/select.ts';
import { type HiddenInput, readHidden, readShown } from './read-hidden.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** More than any key or secret has. */
const mostCharacters = 16_384;

/**
 * Asks for what the environment lacks of a service application: its client ID, scopes, key or secret, and whether it
 * requires DPoP. Returns the environment with the answers, by the names of its variables. A secret is not shown.
 *
 * Throws `UsageError` without a terminal: a pipeline has nobody to ask.
 */
export async function askForClient(
  env: Environment,
  input: HiddenInput | undefined,
  prompt: ProgressStream,
): Promise<Environment> {
  if (input?.isTTY !== true)
    throw new UsageError('--prompt asks on a terminal, and there is none: set the variables that docs/check.md lists.');
  const names = environmentVariables;
  const answers: Record<string, string> = {};
  const isSet = (...variables: readonly (keyof typeof names)[]) => variables.some((each) => env[names[each]]?.trim());
  const ask = (question: string) => readShown(input, prompt, question, mostCharacters);
  if (!isSet('clientId')) answers[names.clientId] = await ask('Client ID (empty for none): ');
  if (!isSet('clientId') && !answers[names.clientId]) return env;
  if (!isSet('scopes')) answers[names.scopes] = await ask('Scopes, separated by spaces: ');
  if (!isSet('privateKey', 'keyFile', 'clientSecret')) {
    const file = await ask('File of its private key (empty to enter a key or a secret): ');
    if (file) answers[names.keyFile] = file;
    else {
      const secret = await readHidden(
        input,
        prompt,
        'Private key as a JWK, or client secret (not shown): ',
        mostCharacters,
      );
      answers[secret.trimStart().startsWith('{') ? names.privateKey : names.clientSecret] = secret;
    }
  }
  if (!isSet('dpop'))
    answers[names.dpop] = String(
      /^y(es)?$/i.test(await ask('Does it require DPoP, as new service applications do? [y/N] ')),
    );
  return { ...env, ...answers };
}
