//! Private keys that a passphrase encrypts (PKCS#8, RFC 5958 section 3, with PBES2, RFC 8018).

use pkcs8::EncryptedPrivateKeyInfoRef;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::Kdf;
use zeroize::Zeroizing;

use super::KeyError;

/// Iterations of PBKDF2 that are worked through: ten times what is recommended, some seconds.
const MOST_ITERATIONS: u32 = 10_000_000;
/// Memory that scrypt may take: 256 MiB.
const MOST_SCRYPT_BYTES: u64 = 256 * 1024 * 1024;

/// The PKCS#8 `PrivateKeyInfo` in an `EncryptedPrivateKeyInfo`.
pub(super) fn decrypt(der: &[u8], passphrase: &[u8]) -> Result<Zeroizing<Vec<u8>>, KeyError> {
    let info = EncryptedPrivateKeyInfoRef::try_from(der).map_err(|_| KeyError::Encryption)?;
    match &info.encryption_algorithm {
        EncryptionScheme::Pbes2(parameters) => bounded(&parameters.kdf)?,
        _ => return Err(KeyError::Encryption),
    }
    // A scheme that is unknown here and a passphrase that is wrong: the padding tells no more than that.
    let document = info.decrypt(passphrase).map_err(|_| KeyError::Passphrase)?;
    Ok(document.to_bytes())
}

/// Refuses work that would take minutes or gigabytes.
fn bounded(kdf: &Kdf) -> Result<(), KeyError> {
    let is_bounded = match kdf {
        Kdf::Pbkdf2(parameters) => parameters.iteration_count <= MOST_ITERATIONS,
        Kdf::Scrypt(parameters) => {
            let bytes = parameters
                .cost_parameter
                .checked_mul(128)
                .and_then(|bytes| bytes.checked_mul(u64::from(parameters.block_size)))
                .and_then(|bytes| bytes.checked_mul(u64::from(parameters.parallelization)));
            bytes.is_some_and(|bytes| bytes <= MOST_SCRYPT_BYTES)
        }
        _ => false,
    };
    if is_bounded {
        Ok(())
    } else {
        Err(KeyError::Encryption)
    }
}
