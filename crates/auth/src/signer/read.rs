//! From the content of a key file to the one private key in it.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RsaKeyPair};
use jsonwebtoken::Algorithm;

use super::der::{Curve, Kind};
use super::pem::Block;
use super::{Key, KeyError, der, encrypted, jwk, pem};

/// The least RSA modulus that FAPI 2 and RFC 7518 section 3.3 allow.
pub(super) const LEAST_RSA_BITS: usize = 2048;
/// The largest RSA modulus that AWS-LC signs with.
pub(super) const MOST_RSA_BITS: usize = 8192;

/// A key with what the file says about its use.
pub(super) struct Found {
    pub(super) key: Key,
    pub(super) key_id: Option<String>,
    pub(super) algorithm: Option<Algorithm>,
}

pub(super) fn key(file: &[u8], passphrase: Option<&[u8]>) -> Result<Found, KeyError> {
    let text = std::str::from_utf8(file)
        .map_err(|_| KeyError::Unreadable {
            reason: "it is binary, not text",
        })?
        .trim_start_matches('\u{feff}')
        .trim();
    if text.starts_with('{') {
        return jwk::key(text);
    }
    let blocks = pem::blocks(text)?;
    let private: Vec<&Block<'_>> = blocks
        .iter()
        .filter(|block| block.label.ends_with("PRIVATE KEY"))
        .collect();
    match private.as_slice() {
        [block] => Ok(Found {
            key: from_block(block, passphrase)?,
            key_id: None,
            algorithm: None,
        }),
        [] => Err(without_private_key(&blocks)),
        several => Err(KeyError::Several {
            count: several.len(),
        }),
    }
}

/// A `kid` that can stand in a header.
pub(super) fn key_id(key_id: String) -> Result<String, KeyError> {
    if key_id.is_empty() || key_id.chars().any(char::is_control) {
        return Err(KeyError::KeyId);
    }
    Ok(key_id)
}

/// Refuses an RSA modulus of the wrong size, before AWS-LC would do so without saying why.
pub(super) fn check_rsa_bits(bits: usize) -> Result<(), KeyError> {
    if bits < LEAST_RSA_BITS {
        return Err(KeyError::TooSmall {
            bits,
            least: LEAST_RSA_BITS,
        });
    }
    if bits > MOST_RSA_BITS {
        return Err(KeyError::TooLarge {
            bits,
            most: MOST_RSA_BITS,
        });
    }
    Ok(())
}

fn without_private_key(blocks: &[Block<'_>]) -> KeyError {
    if blocks.iter().any(|block| block.label == "CERTIFICATE") {
        KeyError::Certificate
    } else if blocks
        .iter()
        .any(|block| block.label.ends_with("PUBLIC KEY"))
    {
        KeyError::NotPrivate
    } else if blocks.is_empty() {
        KeyError::Unreadable {
            reason: "no BEGIN line and no JSON object",
        }
    } else {
        KeyError::Unreadable {
            reason: "PEM without a private key",
        }
    }
}

fn from_block(block: &Block<'_>, passphrase: Option<&[u8]>) -> Result<Key, KeyError> {
    if block.is_encrypted_by_header() {
        return Err(KeyError::LegacyEncryption);
    }
    match block.label {
        "ENCRYPTED PRIVATE KEY" => {
            let passphrase = passphrase.ok_or(KeyError::Encrypted)?;
            from_pkcs8(&encrypted::decrypt(&block.der()?, passphrase)?)
        }
        "PRIVATE KEY" => from_pkcs8(&block.der()?),
        "RSA PRIVATE KEY" => from_pkcs1(&block.der()?),
        "EC PRIVATE KEY" => from_sec1(&block.der()?),
        "OPENSSH PRIVATE KEY" => Err(KeyError::WrongKind {
            found: "in OpenSSH's own form",
        }),
        "DSA PRIVATE KEY" => Err(KeyError::WrongKind { found: "DSA" }),
        _ => Err(KeyError::Unreadable {
            reason: "the BEGIN line names an unknown kind of private key",
        }),
    }
}

fn from_pkcs8(bytes: &[u8]) -> Result<Key, KeyError> {
    let (kind, inner) = der::pkcs8(bytes).ok_or(KeyError::Unreadable {
        reason: "the content is not PKCS#8",
    })?;
    match kind {
        Kind::Rsa => from_pkcs1(inner),
        Kind::Ec(curve) => {
            check_curve(curve)?;
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
                .map(Key::P256)
                .map_err(|_| DAMAGED)
        }
        Kind::Other(found) => Err(KeyError::WrongKind { found }),
    }
}

fn from_pkcs1(bytes: &[u8]) -> Result<Key, KeyError> {
    let bits = der::rsa_bits(bytes).ok_or(KeyError::Unreadable {
        reason: "the content is no RSA private key",
    })?;
    check_rsa_bits(bits)?;
    RsaKeyPair::from_der(bytes)
        .map(Key::Rsa)
        .map_err(|_| DAMAGED)
}

fn from_sec1(bytes: &[u8]) -> Result<Key, KeyError> {
    let curve = der::sec1(bytes).ok_or(KeyError::Unreadable {
        reason: "the content is no elliptic-curve private key",
    })?;
    check_curve(curve)?;
    EcdsaKeyPair::from_private_key_der(&ECDSA_P256_SHA256_FIXED_SIGNING, bytes)
        .map(Key::P256)
        .map_err(|_| DAMAGED)
}

fn check_curve(curve: Curve) -> Result<(), KeyError> {
    match curve {
        Curve::P256 => Ok(()),
        Curve::Other(found) => Err(KeyError::WrongCurve { found }),
    }
}

pub(super) const DAMAGED: KeyError = KeyError::Inconsistent {
    reason: "its numbers do not belong together",
};
