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
        code: "sandbox-script-syntax",
        exit: Exit::Usage,
        who: YOU,
        means: "The script is no TOML.",
        remedy: "mend the line named",
    },
    Entry {
        code: "sandbox-script-version",
        exit: Exit::Usage,
        who: YOU,
        means: "The script does not say which version of its shape it has, or one that this program does not read.",
        remedy: "write `version = 1` on its first line",
    },
    Entry {
        code: "sandbox-script-key",
        exit: Exit::Usage,
        who: YOU,
        means: "The script has a key that means nothing.",
        remedy: "`castile sandbox --help` shows the shape; operations stand in [operation]",
    },
    Entry {
        code: "sandbox-script-value",
        exit: Exit::Usage,
        who: YOU,
        means: "A value of the script is not of the kind that its key wants.",
        remedy: "`castile sandbox --help` shows the shape",
    },
    Entry {
        code: "sandbox-script-step",
        exit: Exit::Usage,
        who: YOU,
        means: "A step of the script is none that the sandbox can play.",
        remedy: "take one of those that `castile sandbox --help` lists",
    },
    Entry {
        code: "sandbox-script-operation",
        exit: Exit::Usage,
        who: YOU,
        means: "The script names an operation that the sandbox does not serve.",
        remedy: "write its name as the contract has it; `castile contract list` prints them",
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
