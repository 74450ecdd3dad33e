// Verifies with jose what another hand has signed: { "jwk": public key, "jws": [compact, …], "alg": name } on standard
// input; prints [{ "header": …, "claims": … }, …], or fails.

import { text } from 'node:stream/consumers';
import { calculateJwkThumbprint, importJWK, jwtVerify } from 'jose';

const { jwk, jws, alg } = JSON.parse(await text(process.stdin));
const key = await importJWK(jwk, alg);
const read = [];
for (const one of jws) {
  const { protectedHeader, payload } = await jwtVerify(one, key, { algorithms: [alg] });
  read.push({ header: protectedHeader, claims: payload });
}
process.stdout.write(JSON.stringify({ thumbprint: await calculateJwkThumbprint(jwk), read }));
