//! The private key that signs assertions.

use super::YOU;
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "key-encrypted",
        exit: Exit::Usage,
        who: YOU,
        means: "The private key is encrypted with a passphrase, and none is given.",
        remedy: "say where the passphrase lies: key_passphrase in castile.toml, as { file = … }, { env = … } or { command = […] }; or decrypt it: openssl pkcs8 -topk8 -nocrypt -in key.pem -out plain.pem, and keep the result at mode 600",
    },
    Entry {
        code: "key-legacy-encryption",
        exit: Exit::Usage,
        who: YOU,
        means: "The private key is encrypted in the older way of PEM (a Proc-Type header), which guards it by one round of MD5.",
        remedy: "encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new.pem",
    },
    Entry {
        code: "key-passphrase",
        exit: Exit::Usage,
        who: YOU,
        means: "The passphrase does not open the private key.",
        remedy: "check what key_passphrase names: blanks and line ends count, but for one line end at its end; openssl pkey -noout -in key.pem asks for the same passphrase",
    },
    Entry {
        code: "key-encryption",
        exit: Exit::Usage,
        who: YOU,
        means: "The private key is encrypted by another scheme than PBES2, or one that would take minutes or gigabytes to open.",
        remedy: "encrypt it anew: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new.pem",
    },
    Entry {
        code: "key-too-small",
        exit: Exit::Usage,
        who: YOU,
        means: "The RSA key is shorter than 2048 bits.",
        remedy: "make a new one: openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem",
    },
    Entry {
        code: "key-too-large",
        exit: Exit::Usage,
        who: YOU,
        means: "The RSA key is longer than can be used.",
        remedy: "use 2048 to 8192 bits",
    },
    Entry {
        code: "key-wrong-kind",
        exit: Exit::Usage,
        who: YOU,
        means: "The key is of a kind that Jack Henry Identity does not take.",
        remedy: "use RSA (PS256, RS256) or P-256 (ES256)",
    },
    Entry {
        code: "key-wrong-curve",
        exit: Exit::Usage,
        who: YOU,
        means: "The elliptic-curve key is not on P-256.",
        remedy: "make a new one: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem",
    },
    Entry {
        code: "key-not-private",
        exit: Exit::Usage,
        who: YOU,
        means: "The file holds the public half only.",
        remedy: "name the file with the private key; the public half belongs into the JWKS",
    },
    Entry {
        code: "key-certificate",
        exit: Exit::Usage,
        who: YOU,
        means: "The file holds a certificate and no private key.",
        remedy: "name the file with the private key",
    },
    Entry {
        code: "key-several",
        exit: Exit::Usage,
        who: YOU,
        means: "The file holds more than one private key.",
        remedy: "leave exactly one in it",
    },
    Entry {
        code: "key-unreadable",
        exit: Exit::Usage,
        who: YOU,
        means: "The file is no private key in a form that is understood.",
        remedy: "use PEM: PKCS#8 (PRIVATE KEY), PKCS#1 (RSA PRIVATE KEY) or SEC1 (EC PRIVATE KEY)",
    },
    Entry {
        code: "key-damaged",
        exit: Exit::Usage,
        who: YOU,
        means: "The parts of the key do not fit each other.",
        remedy: "restore it from a backup, or make and register a new one",
    },
    Entry {
        code: "key-algorithm",
        exit: Exit::Usage,
        who: YOU,
        means: "The algorithm cannot be used with this kind of key.",
        remedy: "PS256 and RS256 go with RSA, ES256 with P-256; leave --alg out to let the key decide",
    },
    Entry {
        code: "key-id-invalid",
        exit: Exit::Usage,
        who: YOU,
        means: "The key id is empty or holds control characters.",
        remedy: "give the kid that stands in the JWKS, or none for the RFC 7638 thumbprint",
    },
];
