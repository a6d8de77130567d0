import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthorizeAnswer } from '../../../functions/okta/authorize-answer.ts';

const redirectUri = 'https://app.example.com/callback';
const query = 'error=login_required&error_description=not+logged+in&state=abc';
const page = (body: string) => readAuthorizeAnswer({ status: 200, location: null, body }, redirectUri);
const redirect = (location: string) => readAuthorizeAnswer({ status: 302, location, body: '' }, redirectUri);
const errorOf = (answer: ReturnType<typeof page>) =>
  answer.kind === 'callback' ? answer.parameters.get('error') : answer.kind;

describe('an answer of /authorize is a callback', () => {
  it('when it redirects with the parameters in the query', () => {
    expect(errorOf(redirect(`${redirectUri}?${query}`))).toBe('login_required');
  });

  it('when it redirects with the parameters in the fragment', () => {
    expect(errorOf(redirect(`${redirectUri}#${query}`))).toBe('login_required');
  });

  it('when a page redirects by script, with the URL escaped as JavaScript does', () => {
    const escaped = `${redirectUri}?${query}`
      .replaceAll('/', '\\/')
      .replaceAll('=', '\\x3D')
      .replaceAll('&', '\\u0026');
    expect(errorOf(page(`<script>window.location.replace('${escaped}');</script>`))).toBe('login_required');
  });

  it('when a page refreshes to it', () => {
    const url = `${redirectUri}?${query}`.replaceAll('&', '&amp;');
    expect(errorOf(page(`<meta http-equiv="refresh" content="0; url=${url}">`))).toBe('login_required');
  });

  it('when a page posts a form', () => {
    const form = `<form method="post" action="${redirectUri}"><input name="error" value="login_required"><input name="state" value="abc"></form>`;
    expect(errorOf(page(form))).toBe('login_required');
  });
});

describe('an answer of /authorize is no callback', () => {
  it('when it redirects elsewhere', () => {
    expect(redirect(`https://evil.example.com/?${query}`).kind).toBe('elsewhere');
    expect(readAuthorizeAnswer({ status: 302, location: null, body: '' }, redirectUri).kind).toBe('elsewhere');
    expect(redirect(`https://evil.example.com/?next=${redirectUri}?${query}`).kind).toBe('elsewhere');
  });

  it('when the redirect only begins like the redirect URI', () => {
    expect(redirect(`https://app.example.com/callback.evil?${query}`).kind).toBe('elsewhere');
    expect(
      readAuthorizeAnswer(
        { status: 302, location: `https://app.example.com.evil/?${query}`, body: '' },
        'https://app.example.com',
      ).kind,
    ).toBe('elsewhere');
  });

  it('when it is a page without one', () => {
    expect(page('<html><head><title>400 Bad Request</title></head></html>')).toEqual({ kind: 'page' });
  });

  it('and never a crash, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.webUrl()), fc.integer({ min: 200, max: 599 }), (body, location, status) => {
        readAuthorizeAnswer({ status, location, body: `<script>${redirectUri}${body}` }, redirectUri);
      }),
    );
  });
});
