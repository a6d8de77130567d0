import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const linesOf = (file: string) => readFileSync(file, 'utf8').split('\n');

it('the image has the code, and nothing else of the folder that may hold a configuration or secrets', () => {
  const copied = linesOf('local/self-hosted/Containerfile').flatMap((line) => {
    const [instruction, ...paths] = line.split(' ');
    return instruction === 'COPY' ? paths.slice(0, -1) : [];
  });
  expect(copied.toSorted()).toEqual(
    ['.npmrc', 'cdk.json', 'functions', 'lib', 'local', 'package-lock.json', 'package.json', 'packages'].toSorted(),
  );
});

it('secrets that git ignores do not get into the image', () => {
  const secrets = linesOf('.gitignore').filter((line) => line.includes('secrets'));
  expect(secrets).not.toEqual([]);
  expect(linesOf('local/self-hosted/Containerfile.dockerignore')).toEqual(
    expect.arrayContaining(secrets.map((pattern) => `**/${pattern}`)),
  );
});
