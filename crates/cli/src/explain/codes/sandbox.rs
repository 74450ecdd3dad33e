//! The false provider and gateway.

use super::YOU;
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "sandbox-not-loopback",
        exit: Exit::Usage,
        who: YOU,
        means: "The sandbox is for this machine alone.",
        remedy: "listen on 127.0.0.1 or [::1]",
    },
    Entry {
        code: "sandbox-listen",
        exit: Exit::Usage,
        who: YOU,
        means: "The sandbox cannot listen on the address.",
        remedy: "choose a free port",
    },
    Entry {
        code: "sandbox-key",
        exit: Exit::Usage,
        who: YOU,
        means: "No key could be made for the false provider.",
        remedy: "check the system's random device",
    },
    Entry {
        code: "sandbox-folder",
        exit: Exit::Usage,
        who: YOU,
        means: "A test bank has no temporary folder for its configuration.",
        remedy: "let TMPDIR name a folder that can be written to",
    },
    Entry {
        code: "sandbox-answer",
        exit: Exit::Usage,
        who: YOU,
        means: "An answer that a test sets is not what the contract allows.",
        remedy: "mend the answer at the path named; `castile contract sample --response` prints a valid one",
    },
    Entry {
        code: "sandbox-jwks-unreadable",
        exit: Exit::Usage,
        who: YOU,
        means: "The JWKS of a client cannot be read.",
        remedy: "write a JWKS document (RFC 7517 section 5)",
    },
    Entry {
        code: "sandbox-jwks-no-key",
        exit: Exit::Usage,
        who: YOU,
        means: "The JWKS of a client holds no key for signatures.",
        remedy: "put the public key into it",
    },
    Entry {
        code: "sandbox-jwks-private-key",
        exit: Exit::Usage,
        who: YOU,
        means: "The JWKS of a client holds a private key.",
        remedy: "put the public half into it, and replace the key: it is no secret any more",
    },
];
