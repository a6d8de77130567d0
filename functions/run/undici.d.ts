/** The part of undici that bundles include. Its index would add fetch, WebSocket, caches and mocks. */
declare module 'undici/lib/dispatcher/client.js' {
  import { Client } from 'undici';
  export default Client;
}
