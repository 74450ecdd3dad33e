// The certified oidc-provider with the vendor's paths and rules, on a free port of the loopback.
//
// Reads one JSON object from the environment variable CASTILE_PROVIDER:
//   clients       [{ client_id, jwks | jwks_uri, alg?, … }]   alg pins one signature algorithm; the rest are client
//                 metadata in place of those of a private_key_jwt client for client credentials
//   tokenTtl      lifetime of an access token in seconds; 600 if absent
//   delay         milliseconds before a token request is worked on; 0 if absent
//   jwksSpeed     how many times faster than the clock a fetched jwks_uri document ages; 1 if absent
//   stock         true: the stock provider's rules for assertions, which caps no lifetime and accepts any iat
//   fapi          true: FAPI 2, where only the issuer, as a string, is the audience
//   dpopNonce     true: proofs of possession (RFC 9449) need the server's nonce
//   textExpires   true: expires_in is text, as the vendor's schema declares
//   users         true: end users sign in at the provider's own pages, by any name and password
// Prints {"issuer": …} on a line of its own once it answers. Ends when its standard input does.
//
// Beside the provider's own paths:
//   GET /__stats  { "tokenCalls": n, "maxParallel": n }
//   GET /__log    [{ "client": id, "error": code, "detail": true cause }], oldest first

import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair } from 'jose';
import Provider, { errors } from 'oidc-provider';

const options = JSON.parse(process.env.CASTILE_PROVIDER);
const { clients, tokenTtl = 600, delay = 0, jwksSpeed = 1 } = options;
const { stock, fapi, dpopNonce, textExpires, users } = options;
const PREFIX = '/a/oidc-provider/api/v0';
const ALGORITHMS = ['ES256', 'PS256', 'RS256'];
const SCOPES = [
  'https://jackhenry.com/account-services/accounts.read',
  'https://jackhenry.com/account-services/transfers.write',
];
const MAX_LIFETIME = 300;
const MAX_AHEAD = 10;
const CLOCK_TOLERANCE = 5;

// Standard output is for the one line; its reader is gone by the time of the provider's notices.
console.info = console.warn;

const stats = { tokenCalls: 0, maxParallel: 0 };
const log = [];
let parallel = 0;

let answer = (_, response) => response.writeHead(503).end();
const server = createServer((request, response) => answer(request, response));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

const { privateKey } = await generateKeyPair('ES256', { extractable: true });
const provider = new Provider(issuer, {
  clients: clients.map(({ alg, ...metadata }) => ({
    grant_types: ['client_credentials'],
    redirect_uris: [],
    response_types: [],
    token_endpoint_auth_method: 'private_key_jwt',
    ...metadata,
    ...(alg && { token_endpoint_auth_signing_alg: alg }),
  })),
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig', kid: 'provider' }] },
  routes: {
    authorization: `${PREFIX}/auth`,
    end_session: `${PREFIX}/logout`,
    jwks: `${PREFIX}/jwks`,
    pushed_authorization_request: `${PREFIX}/request`,
    revocation: `${PREFIX}/token/revocation`,
    token: `${PREFIX}/token`,
    userinfo: `${PREFIX}/me`,
  },
  clientAuthMethods: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  enabledJWA: { clientAuthSigningAlgValues: ALGORITHMS },
  clockTolerance: CLOCK_TOLERANCE,
  scopes: ['openid', 'offline_access', ...SCOPES],
  claims: { openid: ['sub'], institution: ['institution_id'] },
  // A user belongs to the institution that the client asks for, but for one who is elsewhere.
  findAccount: (_, accountId) => ({
    accountId,
    claims: (_use, _scope, asked) => ({
      sub: accountId,
      institution_id: accountId === 'elsewhere' ? '000000000' : (asked?.institution_id?.value ?? null),
    }),
  }),
  rotateRefreshToken: true,
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    claimsParameter: { enabled: true },
    clientCredentials: { enabled: true },
    devInteractions: { enabled: Boolean(users) },
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => Boolean(dpopNonce) },
    pushedAuthorizationRequests: { enabled: true },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: true },
    resourceIndicators: {
      enabled: true,
      // A user's token that is bound to a resource would be refused by /me.
      defaultResource: (ctx) =>
        ctx.oidc.params?.grant_type === 'client_credentials' ? 'https://gateway.invalid/jxchange' : [],
      getResourceServerInfo: () => ({
        scope: 'openid',
        accessTokenFormat: 'jwt',
        accessTokenTTL: tokenTtl,
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  pkce: { required: () => true },
  assertJwtClientAuthClaimsAndHeader: (_, claims) => {
    if (stock) return;
    if (fapi && claims.aud !== issuer) {
      throw new errors.InvalidClientAuth('audience (aud) must be the issuer');
    }
    const now = Math.floor(Date.now() / 1000);
    if (claims.exp > now + MAX_LIFETIME + CLOCK_TOLERANCE) {
      throw new errors.InvalidClientAuth('lifetime too long');
    }
    if (claims.iat > now + MAX_AHEAD) throw new errors.InvalidClientAuth('issued in the future');
  },
  // The stock fetch passes a dispatcher that refuses jwks_uri on the loopback.
  fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
});

// The provider keeps a client's document for 60 s or its max-age; a test cannot wait so long.
if (jwksSpeed !== 1) {
  for (const { client_id } of clients.filter((client) => client.jwks_uri)) {
    const { asymmetricKeyStore } = await provider.Client.find(client_id);
    let freshUntil;
    Object.defineProperty(asymmetricKeyStore, 'freshUntil', {
      get: () => freshUntil,
      set: (until) => {
        const now = Date.now() / 1000;
        freshUntil = now + (until - now) / jwksSpeed;
      },
    });
  }
}

function causes(error) {
  const own = error.error_detail ?? error.error_description ?? error.message;
  return error.cause ? [own, ...causes(error.cause)] : [own];
}
for (const event of ['grant.error', 'server_error']) {
  provider.on(event, (ctx, error) => {
    log.push({
      client: ctx.oidc?.client?.clientId ?? null,
      error: error.error ?? error.name,
      detail: causes(error).join(': '),
    });
  });
}

const callback = provider.callback();
const json = (response, value) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
};
answer = async (request, response) => {
  if (request.url === '/__stats') return json(response, stats);
  if (request.url === '/__log') return json(response, log);
  if (request.url !== `${PREFIX}/token`) return callback(request, response);
  stats.tokenCalls += 1;
  parallel += 1;
  stats.maxParallel = Math.max(stats.maxParallel, parallel);
  response.on('close', () => {
    parallel -= 1;
  });
  if (delay) await new Promise((over) => setTimeout(over, delay));
  if (textExpires) {
    const end = response.end.bind(response);
    response.end = (body, ...rest) => {
      const text = String(body).replace(/"expires_in":(\d+)/, '"expires_in":"$1"');
      response.setHeader('content-length', Buffer.byteLength(text));
      return end(text, ...rest);
    };
  }
  return callback(request, response);
};

process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
