import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** Express and its middleware have no types of their own. */
const require = createRequire(import.meta.url);

export type Next = (error?: unknown) => void;
export type Middleware = (request: IncomingMessage, response: ServerResponse, next: Next) => void;

interface Express extends RequestListener {
  use(...handlers: readonly unknown[]): void;
  get(path: string, ...handlers: readonly unknown[]): void;
}

/** An Express application with sessions, listening on loopback. `install` adds its routes. */
export async function openWebApplication(install: (app: Express) => void) {
  const app: Express = require('express')();
  app.use(require('express-session')({ secret: 'of a test', resave: true, saveUninitialized: false }));
  install(app);
  app.use((error: Error, _request: IncomingMessage, response: ServerResponse, _next: Next) => {
    response.statusCode = 500;
    response.end(`${error.name}: ${error.message}`);
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Passport with the strategy of passport-openidconnect, which knows its provider only by the URLs it is given. */
export function createPassport(options: Record<string, unknown>) {
  const { Passport } = require('passport');
  const Strategy = require('passport-openidconnect');
  const passport = new Passport();
  const verify = (_issuer: string, profile: object, done: (error: unknown, user: object) => void) =>
    done(null, profile);
  passport.use(new Strategy(options, verify));
  passport.serializeUser((user: object, done: (error: unknown, user: object) => void) => done(null, user));
  passport.deserializeUser((user: object, done: (error: unknown, user: object) => void) => done(null, user));
  return passport as {
    session(): Middleware;
    authenticate(strategy: string): Middleware;
  };
}

/** The middleware that Okta publishes for Express. It discovers the provider and is usable once it says that it is ready. */
export async function createOktaMiddleware(options: Record<string, unknown>) {
  const { ExpressOIDC } = require('@okta/oidc-middleware');
  const middleware = new ExpressOIDC(options);
  await once(middleware, 'ready');
  return middleware as { router: Middleware; ensureAuthenticated(): Middleware };
}
