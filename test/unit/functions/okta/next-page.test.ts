import { expect, it } from 'vitest';
import { nextPage } from '../../../../functions/okta/next-page.ts';

const url = 'https://acme.okta.com/api/v1/idps?limit=200';
const at = (link: string) => nextPage(new Headers({ link }), url);

it('the next page is what the header says', () => {
  const next = 'https://acme.okta.com/api/v1/idps?after=0oa1&limit=200';
  expect(at(`<${url}>; rel="self", <${next}>; rel="next"`)).toBe(next);
  expect(at(`<${next}>; rel=next`)).toBe(next);
  expect(at(`<${next}>; title="more"; rel="next"`)).toBe(next);
});

it.each([
  ['there is none', `<${url}>; rel="self"`],
  ['it is at another host', '<https://elsewhere.example.com/api/v1/idps?after=1>; rel="next"'],
  ['it is another list', '<https://acme.okta.com/api/v1/users?after=1>; rel="next"'],
  ['it is not encrypted', '<http://acme.okta.com/api/v1/idps?after=1>; rel="next"'],
  ['it is no URL', '<next>; rel="next"'],
  ['the relation only begins like it', '<https://acme.okta.com/api/v1/idps?after=1>; rel="nextish"'],
  ['the header is long', `${'<'.repeat(100_000)}${';'.repeat(100_000)}`],
])('no page is next if %s', (_, link) => {
  expect(at(link)).toBeUndefined();
});
