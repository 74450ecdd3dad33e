//! Private keys written as JWK (RFC 7518 section 6).

use aws_lc_rs::rsa::{KeyPairComponents, PublicKeyComponents};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::Algorithm;
use serde::Deserialize;
use zeroize::Zeroizing;

use super::read::{DAMAGED, Found, check_rsa_bits, key_id};
use super::{Key, KeyError, der};

/// The members that matter, borrowed from the file where it has no escapes.
#[derive(Deserialize)]
struct Members<'a> {
    kty: Option<&'a str>,
    crv: Option<&'a str>,
    kid: Option<String>,
    alg: Option<Algorithm>,
    #[serde(rename = "keys")]
    set: Option<serde::de::IgnoredAny>,
    #[serde(borrow)]
    d: Option<&'a str>,
    n: Option<&'a str>,
    e: Option<&'a str>,
    p: Option<&'a str>,
    q: Option<&'a str>,
    dp: Option<&'a str>,
    dq: Option<&'a str>,
    qi: Option<&'a str>,
    x: Option<&'a str>,
    y: Option<&'a str>,
}

pub(super) fn key(text: &str) -> Result<Found, KeyError> {
    let members: Members<'_> = serde_json::from_str(text).map_err(|_| KeyError::Unreadable {
        reason: "the JSON is no JWK",
    })?;
    if members.set.is_some() {
        return Err(KeyError::Unreadable {
            reason: "it is a JWK set; one key of it is needed",
        });
    }
    let key = match (members.kty, members.d) {
        (Some("RSA" | "EC"), None) => return Err(KeyError::NotPrivate),
        (Some("RSA"), Some(d)) => rsa(&members, d)?,
        (Some("EC"), Some(d)) => p256(&members, d)?,
        (Some("oct"), _) => {
            return Err(KeyError::WrongKind {
                found: "a shared secret",
            });
        }
        (Some("OKP"), _) => {
            return Err(KeyError::WrongKind {
                found: "an Edwards or Montgomery curve key",
            });
        }
        _ => {
            return Err(KeyError::Unreadable {
                reason: "the JWK names no known kty",
            });
        }
    };
    Ok(Found {
        key,
        key_id: members.kid.map(key_id).transpose()?,
        algorithm: members.alg,
    })
}

fn rsa(members: &Members<'_>, d: &str) -> Result<Key, KeyError> {
    let n = number(members.n)?;
    check_rsa_bits(der::bits(&n))?;
    let components = KeyPairComponents {
        public_key: PublicKeyComponents {
            n: &n[..],
            e: &number(members.e)?[..],
        },
        d: &number(Some(d))?[..],
        p: &number(members.p)?[..],
        q: &number(members.q)?[..],
        dP: &number(members.dp)?[..],
        dQ: &number(members.dq)?[..],
        qInv: &number(members.qi)?[..],
    };
    RsaKeyPair::from_components(&components)
        .map(Key::Rsa)
        .map_err(|_| DAMAGED)
}

fn p256(members: &Members<'_>, d: &str) -> Result<Key, KeyError> {
    match members.crv {
        Some("P-256") => {}
        Some("P-384") => return Err(KeyError::WrongCurve { found: "P-384" }),
        Some("P-521") => return Err(KeyError::WrongCurve { found: "P-521" }),
        _ => {
            return Err(KeyError::WrongCurve {
                found: "an unknown curve",
            });
        }
    }
    let mut point = vec![4];
    point.extend_from_slice(&decode(members.x)?);
    point.extend_from_slice(&decode(members.y)?);
    EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        &decode(Some(d))?,
        &point,
    )
    .map(Key::P256)
    .map_err(|_| DAMAGED)
}

/// A big-endian number without leading zeros.
fn number(member: Option<&str>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let mut bytes = decode(member)?;
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.drain(..zeros);
    Ok(bytes)
}

fn decode(member: Option<&str>) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let text = member.ok_or(KeyError::Unreadable {
        reason: "the JWK lacks a member of its kind of key",
    })?;
    let mut bytes = Zeroizing::new(vec![0; text.len()]);
    let length = URL_SAFE_NO_PAD
        .decode_slice(text, &mut bytes)
        .map_err(|_| KeyError::Unreadable {
            reason: "a member of the JWK is not base64url",
        })?;
    bytes.truncate(length);
    Ok(bytes)
}
