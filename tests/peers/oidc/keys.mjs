// Prints a new key for each algorithm: { ES256: { pem, jwk }, PS256: …, RS256: … }.
// `pem` is the private key in PKCS#8; `jwk` the public key with the RFC 7638 thumbprint as its kid.

import { calculateJwkThumbprint, exportJWK, exportPKCS8, generateKeyPair } from 'jose';

const keys = {};
for (const alg of ['ES256', 'PS256', 'RS256']) {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  keys[alg] = { pem: await exportPKCS8(privateKey), jwk: { ...jwk, kid, alg, use: 'sig' } };
}
process.stdout.write(JSON.stringify(keys));
