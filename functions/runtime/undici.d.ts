/** The parts of undici that the bundles include. Its index would add WebSocket, EventSource, caches and mocks. */

declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export default Client;
}

declare module 'undici/lib/core/connect.js' {
  import type { TLSSocket } from 'node:tls';
  import type { buildConnector } from 'undici';
  export default function build(
    options: buildConnector.BuildOptions,
  ): (options: buildConnector.Options, callback: buildConnector.Callback) => TLSSocket;
}
