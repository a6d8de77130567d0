import { describe, expect, it } from 'vitest';
import { secretsManager } from '../../../../functions/aws/secrets.ts';

/** Secrets whose store answers as a test says, each read in turn. */
function open() {
  const answers: PromiseWithResolvers<{ SecretString: string }>[] = [];
  const secrets = secretsManager({
    getSecretValue() {
      const answer = Promise.withResolvers<{ SecretString: string }>();
      answers.push(answer);
      return answer.promise;
    },
  });
  const read = async (options = {}) => (await secrets.read('acme', options)).reveal();
  return { read, answers };
}

describe('a secret that could not be read', () => {
  it('is read again the next time', async () => {
    const { read, answers } = open();
    const first = read();
    answers[0]?.reject(new Error('no'));
    await expect(first).rejects.toThrow('secret "acme"');
    const second = read();
    answers[1]?.resolve({ SecretString: '{"a":1}' });
    expect(await second).toEqual({ a: 1 });
  });

  it('does not displace what was read later', async () => {
    const { read, answers } = open();
    const [slow, fresh] = [read(), read({ fresh: true })];
    answers[1]?.resolve({ SecretString: '{"a":1}' });
    expect(await fresh).toEqual({ a: 1 });
    answers[0]?.reject(new Error('no'));
    await expect(slow).rejects.toThrow();
    expect(await read()).toEqual({ a: 1 });
  });
});
