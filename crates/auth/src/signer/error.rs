//! Why a key file cannot be used, with the way out.

use jsonwebtoken::Algorithm;

use crate::Blame;

/// A key file that cannot sign assertions. Holds nothing of the key but its kind and size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// The private key is encrypted with a passphrase, and none was given.
    #[error("the private key is encrypted and no passphrase is given")]
    Encrypted,
    /// The private key is encrypted in the older way of PEM (RFC 1421), which guards it by one round of MD5.
    #[error("the private key is encrypted in the older way of PEM (Proc-Type)")]
    LegacyEncryption,
    /// The passphrase does not open the private key.
    #[error("the passphrase does not open the private key")]
    Passphrase,
    /// The private key is encrypted in a way that is not read: another scheme than PBES2, or without bounds.
    #[error("the private key is encrypted by a scheme that is not read here")]
    Encryption,
    /// An RSA key under 2048 bits.
    #[error("the RSA key has {bits} bits, at least {least} are needed")]
    TooSmall {
        /// Its size.
        bits: usize,
        /// The least size accepted.
        least: usize,
    },
    /// An RSA key over 8192 bits.
    #[error("the RSA key has {bits} bits, at most {most} can be used")]
    TooLarge {
        /// Its size.
        bits: usize,
        /// The largest size accepted.
        most: usize,
    },
    /// A key that is neither RSA nor elliptic-curve.
    #[error("the key is {found}, RSA or P-256 is needed")]
    WrongKind {
        /// What it is.
        found: &'static str,
    },
    /// An elliptic-curve key on another curve than P-256.
    #[error("the elliptic-curve key is on {found}, P-256 is needed")]
    WrongCurve {
        /// The curve found.
        found: &'static str,
    },
    /// A public key where the private one is needed.
    #[error("the file holds a public key only")]
    NotPrivate,
    /// A certificate where the private key is needed.
    #[error("the file holds a certificate and no private key")]
    Certificate,
    /// More than one private key.
    #[error("the file holds {count} private keys, exactly one is needed")]
    Several {
        /// How many.
        count: usize,
    },
    /// No key in a form that is known here.
    #[error("the file cannot be read as a private key: {reason}")]
    Unreadable {
        /// What was found instead.
        reason: &'static str,
    },
    /// The numbers of the key do not belong together.
    #[error("the key is damaged: {reason}")]
    Inconsistent {
        /// What does not fit.
        reason: &'static str,
    },
    /// The algorithm does not fit the key.
    #[error("{asked:?} cannot be used with this {key} key")]
    Algorithm {
        /// The algorithm asked for.
        asked: Algorithm,
        /// The kind of the key.
        key: &'static str,
    },
    /// The `kid` is empty or holds control characters.
    #[error("the key id is empty or holds control characters")]
    KeyId,
}

impl KeyError {
    /// Every code that [`KeyError::code`] gives.
    pub const CODES: &'static [&'static str] = &[
        "key-encrypted",
        "key-legacy-encryption",
        "key-passphrase",
        "key-encryption",
        "key-too-small",
        "key-too-large",
        "key-wrong-kind",
        "key-wrong-curve",
        "key-not-private",
        "key-certificate",
        "key-several",
        "key-unreadable",
        "key-damaged",
        "key-algorithm",
        "key-id-invalid",
    ];

    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Encrypted => "key-encrypted",
            Self::LegacyEncryption => "key-legacy-encryption",
            Self::Passphrase => "key-passphrase",
            Self::Encryption => "key-encryption",
            Self::TooSmall { .. } => "key-too-small",
            Self::TooLarge { .. } => "key-too-large",
            Self::WrongKind { .. } => "key-wrong-kind",
            Self::WrongCurve { .. } => "key-wrong-curve",
            Self::NotPrivate => "key-not-private",
            Self::Certificate => "key-certificate",
            Self::Several { .. } => "key-several",
            Self::Unreadable { .. } => "key-unreadable",
            Self::Inconsistent { .. } => "key-damaged",
            Self::Algorithm { .. } => "key-algorithm",
            Self::KeyId => "key-id-invalid",
        }
    }

    /// Who must act: always the caller.
    pub fn blame(&self) -> Blame {
        Blame::Caller
    }

    /// What to do, as one line that names the command where there is one.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Encrypted => {
                "say where its passphrase lies (key_passphrase in castile.toml), or decrypt it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out plain.pem (and chmod 600 plain.pem)"
            }
            Self::LegacyEncryption | Self::Encryption => {
                "encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new.pem (and chmod 600 new.pem)"
            }
            Self::Passphrase => {
                "check the passphrase: openssl pkey -noout -in key.pem asks for it; blanks and line ends count, but for one line end at its end"
            }
            Self::TooSmall { .. } | Self::TooLarge { .. } => {
                "make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem, then register its public key"
            }
            Self::WrongKind { .. } | Self::WrongCurve { .. } => {
                "make a new one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem (or RSA), then register its public key"
            }
            Self::NotPrivate => {
                "give the private key; the public one belongs into the client's JWKS"
            }
            Self::Certificate => {
                "give the private key that belongs to the certificate; no certificate is needed"
            }
            Self::Several { .. } => "keep one private key in the file",
            Self::Unreadable { .. } => {
                "give PEM (BEGIN PRIVATE KEY, BEGIN RSA PRIVATE KEY, BEGIN EC PRIVATE KEY) or a private JWK; from DER: openssl pkey -inform DER -in key.der -out key.pem"
            }
            Self::Inconsistent { .. } => {
                "take the key from its backup (openssl pkey -check -noout -in key.pem tells), or make a new one"
            }
            Self::Algorithm { .. } => "RSA keys sign PS256 or RS256, P-256 keys sign ES256",
            Self::KeyId => {
                "give the kid that the client's JWKS shows, or none to use the thumbprint"
            }
        }
    }
}
