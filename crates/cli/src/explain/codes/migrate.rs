//! What `castile migrate` cannot do.

use super::{CASTILE, YOU};
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "migrate-unreadable",
        exit: Exit::Usage,
        who: YOU,
        means: "A file below the paths that were named cannot be read; the others were scanned.",
        remedy: "check its permissions, or leave it out by a .gitignore",
    },
    Entry {
        code: "migrate-walk",
        exit: Exit::Usage,
        who: YOU,
        means: "A path does not exist, a folder cannot be read, or a .gitignore has a line that means nothing.",
        remedy: "check the path, its permissions and the .gitignore",
    },
    Entry {
        code: "migrate-pattern",
        exit: Exit::Usage,
        who: CASTILE,
        means: "A pattern of the tables of rules does not compile.",
        remedy: "report the construct that is named",
    },
    Entry {
        code: "migrate-baseline-syntax",
        exit: Exit::Usage,
        who: YOU,
        means: "The baseline is not what `castile migrate scan --write-baseline` wrote.",
        remedy: "write it anew with --write-baseline",
    },
    Entry {
        code: "migrate-baseline-version",
        exit: Exit::Usage,
        who: YOU,
        means: "The baseline was written by a release with another form of it.",
        remedy: "write it anew with --write-baseline",
    },
    Entry {
        code: "migrate-proof-syntax",
        exit: Exit::Usage,
        who: YOU,
        means: "The proof is not what `castile prove --json` prints.",
        remedy: "write it anew: castile prove --json OLD NEW > FILE",
    },
    Entry {
        code: "migrate-proof-version",
        exit: Exit::Usage,
        who: YOU,
        means: "The proof was written by a release with another form of it.",
        remedy: "write it anew: castile prove --json OLD NEW > FILE",
    },
    Entry {
        code: "migrate-page-name",
        exit: Exit::Usage,
        who: YOU,
        means: "Two profiles would have one page: their names differ only in characters that file names cannot have, or in case.",
        remedy: "rename one of the profiles",
    },
];
