//! The journal of writes.

use super::YOU;
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "journal-locked",
        exit: Exit::Usage,
        who: YOU,
        means: "Another process writes this journal. Nothing was sent.",
        remedy: "give each process that writes a journal of its own (`journal` in castile.toml), or end the other one",
    },
    Entry {
        code: "journal-unwritable",
        exit: Exit::Usage,
        who: YOU,
        means: "A write could not be noted in the journal, and so was not sent.",
        remedy: "see to it that the folder is there, belongs to the process and has room",
    },
    Entry {
        code: "journal-unreadable",
        exit: Exit::Usage,
        who: YOU,
        means: "The journal, or its lock, cannot be read.",
        remedy: "check the path; run it as the user whose process writes the journal",
    },
    Entry {
        code: "journal-broken",
        exit: Exit::Usage,
        who: YOU,
        means: "The system failed to flush the journal to the disk; what is on it is not known, and no write is sent any more.",
        remedy: "look at the disk, start the process anew, and look up what `castile journal` lists",
    },
    Entry {
        code: "journal-damaged",
        exit: Exit::Findings,
        who: YOU,
        means: "A line of the journal is not what was written there; an entry may be missing.",
        remedy: "look up the writes of that time by the logs, then move the file away",
    },
    Entry {
        code: "journal-version",
        exit: Exit::Usage,
        who: YOU,
        means: "The journal was written by a later version.",
        remedy: "use the version that wrote it",
    },
    Entry {
        code: "journal-no-entry",
        exit: Exit::Usage,
        who: YOU,
        means: "The journal has no unresolved entry of this name.",
        remedy: "castile journal lists the entries that are unresolved",
    },
    Entry {
        code: "journal-under-way",
        exit: Exit::Usage,
        who: YOU,
        means: "The write waits for its answer in the process that writes the journal.",
        remedy: "wait until that process has its answer, or has ended",
    },
    Entry {
        code: "journal-unresolved",
        exit: Exit::Findings,
        who: YOU,
        means: "The write may have been carried out although no answer says so.",
        remedy: "look it up by account, amount and date (XferSrch, AcctHistSrch), or ask Jack Henry by its tracking id; then castile journal resolve ID --as done|not-done",
    },
    Entry {
        code: "journal-not-sent",
        exit: Exit::Usage,
        who: YOU,
        means: "In a journal: the call was given up before a byte of it was sent.",
        remedy: "nothing: it was not carried out",
    },
    Entry {
        code: "journal-none",
        exit: Exit::Usage,
        who: YOU,
        means: "No profile keeps a journal.",
        remedy: "name a file: `journal = \"writes.journal\"` in the profile, or castile journal --file PATH",
    },
    Entry {
        code: "journal-several",
        exit: Exit::Usage,
        who: YOU,
        means: "The profiles keep several journals, and entries of each have the same names.",
        remedy: "name the one that is meant: castile journal resolve ID --as done|not-done --file PATH",
    },
    Entry {
        code: "call-dropped",
        exit: Exit::OutcomeUnknown,
        who: YOU,
        means: "In a journal: nobody waited for the answer any more; the write may have been carried out.",
        remedy: "look it up; then castile journal resolve ID --as done|not-done",
    },
    Entry {
        code: "call-inside-async",
        exit: Exit::Usage,
        who: YOU,
        means: "A blocking call was made inside of an async runtime, which it would stop. Nothing was sent.",
        remedy: "use castile::Client there, or make the call in a thread of its own (spawn_blocking)",
    },
    Entry {
        code: "yaserde-write",
        exit: Exit::Usage,
        who: YOU,
        means: "yaserde cannot write the request. Nothing was sent.",
        remedy: "look at the request's YaSerialize",
    },
    Entry {
        code: "yaserde-read",
        exit: Exit::Gateway,
        who: YOU,
        means: "yaserde cannot read the answer as the type that was asked for; the operation was answered.",
        remedy: "compare the type with the contract's release; a write counts as open until it was looked up",
    },
    Entry {
        code: "timeout-journal",
        exit: Exit::Usage,
        who: YOU,
        means: "The time was up before the write stood in the journal. Nothing was sent.",
        remedy: "look at the disk that the journal is on",
    },
    Entry {
        code: "config-effect-loosened",
        exit: Exit::Usage,
        who: YOU,
        means: "A warning: [effects] has an operation repeated like a read, whatever its contract says.",
        remedy: "keep read-may-repeat only for an operation that changes nothing",
    },
];
