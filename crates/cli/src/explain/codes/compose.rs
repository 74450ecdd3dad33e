//! Messages composed by a contract.

use super::YOU;
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "compose-path",
        exit: Exit::Usage,
        who: YOU,
        means: "A path of a value is none.",
        remedy: "write names with slashes between, `Name[2]` for the second of a name, `@name` at the end for an attribute",
    },
    Entry {
        code: "compose-no-text",
        exit: Exit::Usage,
        who: YOU,
        means: "An element that holds other elements was given a text, which would have been dropped.",
        remedy: "give the values of the elements in it, as in `Rec/Name=…`",
    },
    Entry {
        code: "compose-nil",
        exit: Exit::Usage,
        who: YOU,
        means: "An element was given as nil (`@xsi:nil=true`) and with a value, of which one would have been dropped.",
        remedy: "leave one of the two out",
    },
    Entry {
        code: "compose-gap",
        exit: Exit::Usage,
        who: YOU,
        means: "The second of several elements was given, and not the first.",
        remedy: "number them from [1] without gaps",
    },
    Entry {
        code: "compose-twice",
        exit: Exit::Usage,
        who: YOU,
        means: "A path was given two values, of which one would have been dropped silently. `Name` and `Name[1]` are the same.",
        remedy: "give each path one value; the second of a name is `Name[2]`",
    },
    Entry {
        code: "compose-root",
        exit: Exit::Usage,
        who: YOU,
        means: "The message is another element than the request of the operation.",
        remedy: "name the operation that the message is for, or take another message",
    },
    Entry {
        code: "compose-unknown",
        exit: Exit::Usage,
        who: YOU,
        means: "The contract has nothing at the path.",
        remedy: "take one of the names that come near, or look at `castile contract tree`",
    },
    Entry {
        code: "compose-too-many",
        exit: Exit::Usage,
        who: YOU,
        means: "An element was given more often than the contract allows.",
        remedy: "give fewer",
    },
    Entry {
        code: "compose-missing",
        exit: Exit::Usage,
        who: YOU,
        means: "Values that the contract requires were not given.",
        remedy: "give each with --set; those of jXchangeHdr belong into the profile",
    },
    Entry {
        code: "compose-invalid",
        exit: Exit::Usage,
        who: YOU,
        means: "A value is not what the contract allows at its path.",
        remedy: "mend the value; `castile contract tree` shows its type",
    },
];
