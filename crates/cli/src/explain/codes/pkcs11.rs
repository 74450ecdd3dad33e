//! Private keys that stay in a PKCS#11 token.

use super::YOU;
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "pkcs11-module",
        exit: Exit::Usage,
        who: YOU,
        means: "The PKCS#11 module could not be loaded.",
        remedy: "check that `module` names the vendor's shared library for this processor, and that this user may read it and what it needs",
    },
    Entry {
        code: "pkcs11-no-token",
        exit: Exit::Usage,
        who: YOU,
        means: "The PKCS#11 module shows no token with this label.",
        remedy: "list the labels: pkcs11-tool --module MODULE --list-token-slots; check that the device is there and that the vendor's configuration leads to it",
    },
    Entry {
        code: "pkcs11-no-key",
        exit: Exit::Usage,
        who: YOU,
        means: "The token holds not exactly one private key and one public key with this label.",
        remedy: "list what it holds: pkcs11-tool --module MODULE --token-label TOKEN --login --list-objects; the public key must lie beside the private one, under the same label and no other pair",
    },
    Entry {
        code: "pkcs11-wrong-kind",
        exit: Exit::Usage,
        who: YOU,
        means: "The key in the token is neither RSA of at least 2048 bits nor P-256.",
        remedy: "make an RSA-2048 or a P-256 key in the token, and register its public half",
    },
    Entry {
        code: "pkcs11-pin",
        exit: Exit::Usage,
        who: YOU,
        means: "The token does not take the PIN.",
        remedy: "check what `pin` names before the next attempt: after a few wrong ones the token locks itself",
    },
    Entry {
        code: "pkcs11-pin-locked",
        exit: Exit::Usage,
        who: YOU,
        means: "The token has locked itself after wrong PINs.",
        remedy: "let the token's security officer set a new PIN, then check what `pin` names",
    },
    Entry {
        code: "pkcs11-refused",
        exit: Exit::Usage,
        who: YOU,
        means: "The PKCS#11 module or its token refused.",
        remedy: "look into the vendor's log; pkcs11-tool --module MODULE --token-label TOKEN --login --test tells whether the token works at all",
    },
    Entry {
        code: "pkcs11-ended",
        exit: Exit::Usage,
        who: YOU,
        means: "The thread that signs with the token could not be started, or has ended.",
        remedy: "start the program again; if the module ends it each time, report that to the token's vendor",
    },
    Entry {
        code: "config-key-in-token",
        exit: Exit::Usage,
        who: YOU,
        means: "The command needs a private key in a file, and the profile's stays in a PKCS#11 token.",
        remedy: "use a profile with a key in a file; keys in tokens are made, published and rotated with the vendor's tools",
    },
    Entry {
        code: "config-pkcs11-not-built",
        exit: Exit::Usage,
        who: YOU,
        means: "The profile's key is in a PKCS#11 token, and this program was built without support for those.",
        remedy: "build it with it: cargo install --path crates/cli --features pkcs11",
    },
];
