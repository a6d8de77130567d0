import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Peer } from './peer.ts';
import { timeCommand } from './time-command.ts';

/** As people write it: one `curl` for each step, and `jq` for what the next one needs. */
const script = `set -euo pipefail
get() { curl --silent --show-error --fail --cacert "$CA" "$@"; }
discovery=$(get "$ISSUER/.well-known/openid-configuration")
[ "$(jq -r .issuer <<<"$discovery")" = "$ISSUER" ]
get "$(jq -r .jwks_uri <<<"$discovery")" | jq -e '.keys | length > 0' >/dev/null
token=$(get --user "$CLIENT:$SECRET" --data grant_type=client_credentials --data-urlencode "scope=$SCOPE" \\
  "$(jq -r .token_endpoint <<<"$discovery")" | jq -er .access_token)
[ "$(cut -d. -f2 <<<"$token" | tr '_-' '/+' | jq -Rr '. + "=" * ((4 - length % 4) % 4) | @base64d | fromjson | .iss')" = "$ISSUER" ]
get --user "$CLIENT:$SECRET" --data "token=$token" "$(jq -r .introspection_endpoint <<<"$discovery")" | jq -e .active >/dev/null
`;

export const curlAndJq: Peer = {
  name: 'curl and jq',
  programs: [['curl'], ['jq'], ['bash']],
  versionArguments: ['--version'],
  checksLess: 'decodes the token and does not verify it; no cause, no alarm',
  async measure(bench, [, , bash = 'bash']) {
    const file = path.join(bench.directory, 'steps.sh');
    await writeFile(file, script);
    const { issuer: ISSUER, client: CLIENT, secret: SECRET, scope: SCOPE } = bench.steps;
    return timeCommand(bench, [bash, file], { CA: bench.caFile, ISSUER, CLIENT, SECRET, SCOPE });
  },
};
