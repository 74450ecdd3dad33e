//! Codes of calls that cannot be made as they were prepared.

use super::{CASTILE, YOU};
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "call-action",
        exit: Exit::Usage,
        who: CASTILE,
        means: "The SOAPAction of the contract cannot stand in an HTTP header.",
        remedy: "mend the contract and generate again",
    },
    Entry {
        code: "call-attachments",
        exit: Exit::Usage,
        who: CASTILE,
        means: "The attachments of a request hold the boundary that was drawn to part them.",
        remedy: "call again: another boundary is drawn",
    },
    Entry {
        code: "call-no-act-intent-key",
        exit: Exit::Usage,
        who: YOU,
        means: "A change was to be made upon an inquiry that gave no ActIntentKey. Nothing was sent.",
        remedy: "inquire with the ActIntent Upd, or Dlt for a deletion, and take the key of that answer",
    },
    Entry {
        code: "call-other-operation",
        exit: Exit::Usage,
        who: YOU,
        means: "Overrides of one operation's fault were given to another operation. Nothing was sent.",
        remedy: "send the request again that was refused",
    },
    Entry {
        code: "call-same-tracking-id",
        exit: Exit::Usage,
        who: YOU,
        means: "A request that was refused was to go out again under the same jXLogTrackingId. Nothing was sent.",
        remedy: "leave the id out of the request: each attempt gets one of its own",
    },
    Entry {
        code: "call-stopped",
        exit: Exit::OutcomeUnknown,
        who: YOU,
        means: "The program was stopped, by Ctrl-C or a signal, before the answer was there. A write that had gone out may be carried out; then the exit code is 6. A read, and what had not gone out, leaves nothing open; then it is 130.",
        remedy: "look a write up by the values sent, never repeat it",
    },
    Entry {
        code: "override-not-refused",
        exit: Exit::Usage,
        who: YOU,
        means: "Errors were to be overridden of a call that the provider did not refuse, or that may have happened.",
        remedy: "look the outcome up first: nothing may be sent again before",
    },
    Entry {
        code: "override-no-code",
        exit: Exit::Usage,
        who: YOU,
        means: "Errors were to be overridden without naming one.",
        remedy: "name the codes that somebody decided to pass over",
    },
    Entry {
        code: "override-other-code",
        exit: Exit::Usage,
        who: YOU,
        means: "A code was to be overridden that the fault does not name.",
        remedy: "choose among the codes of the fault",
    },
];
