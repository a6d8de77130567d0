import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readAuthorizeAnswer } from '../../../functions/okta/authorize-answer.ts';

const redirectUri = 'https://app.example.com/callback';
const query = 'error=login_required&error_description=not+logged+in&state=abc';
const page = (body: string) => readAuthorizeAnswer({ status: 200, location: null, body }, redirectUri);
const redirect = (location: string) => readAuthorizeAnswer({ status: 302, location, body: '' }, redirectUri);
const errorOf = (answer: ReturnType<typeof page>) =>
  answer.kind === 'callback' ? answer.parameters.get('error') : answer.kind;

describe('a response of /authorize with a callback', () => {
  it('reads a callback from a redirect with the parameters in the query', () => {
    expect(errorOf(redirect(`${redirectUri}?${query}`))).toBe('login_required');
  });

  it('reads a callback whose host is in capitals, whose port is the default, or that has an unescaped apostrophe', () => {
    expect(errorOf(redirect(`https://APP.example.com:443/callback?${query}`))).toBe('login_required');
    const text = `error_description=The client's user is not logged in.&${query}`.replaceAll(' ', '+');
    expect(errorOf(redirect(`${redirectUri}?${text}`))).toBe('login_required');
    expect(errorOf(page(`<script>location.href = "${redirectUri}?${text}";</script>`))).toBe('login_required');
  });

  it('reads a callback from a redirect with the parameters in the fragment', () => {
    expect(errorOf(redirect(`${redirectUri}#${query}`))).toBe('login_required');
  });

  it('reads a callback from a page that redirects by script, with a URL in JavaScript escapes', () => {
    const escaped = `${redirectUri}?${query}`
      .replaceAll('/', '\\/')
      .replaceAll('=', '\\x3D')
      .replaceAll('&', '\\u0026');
    expect(errorOf(page(`<script>window.location.replace('${escaped}');</script>`))).toBe('login_required');
  });

  it('reads a callback from a page with a meta refresh', () => {
    const url = `${redirectUri}?${query}`.replaceAll('&', '&amp;');
    expect(errorOf(page(`<meta http-equiv="refresh" content="0; url=${url}">`))).toBe('login_required');
  });

  it('reads a callback from a page that posts a form', () => {
    const form = `<form method="post" action="${redirectUri}"><input name="error" value="login_required"><input name="state" value="abc"></form>`;
    expect(errorOf(page(form))).toBe('login_required');
  });
});

describe('a response of /authorize without a callback', () => {
  it('does not read a callback from a redirect to another URL', () => {
    expect(redirect(`https://evil.example.com/?${query}`).kind).toBe('elsewhere');
    expect(readAuthorizeAnswer({ status: 302, location: null, body: '' }, redirectUri).kind).toBe('elsewhere');
    expect(redirect(`https://evil.example.com/?next=${redirectUri}?${query}`).kind).toBe('elsewhere');
  });

  it('does not read a callback from a URL that only starts with the redirect URI', () => {
    expect(redirect(`https://app.example.com/callback.evil?${query}`).kind).toBe('elsewhere');
    expect(
      readAuthorizeAnswer(
        { status: 302, location: `https://app.example.com.evil/?${query}`, body: '' },
        'https://app.example.com',
      ).kind,
    ).toBe('elsewhere');
  });

  it('does not read a callback from an error page', () => {
    expect(page('<html><head><title>400 Bad Request</title></head></html>')).toEqual({ kind: 'page' });
  });

  it('never throws, whatever the response of /authorize contains', () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.webUrl()), fc.integer({ min: 200, max: 599 }), (body, location, status) => {
        readAuthorizeAnswer({ status, location, body: `<script>${redirectUri}${body}` }, redirectUri);
      }),
    );
  });
});
