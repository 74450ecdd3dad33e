//! From WSDL to Rust.

use super::{CASTILE, YOU};
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "choice-as-optional",
        exit: Exit::Findings,
        who: YOU,
        means: "A choice of the schema became fields of which each may be absent; that only one may be set is not checked.",
        remedy: "set one of them",
    },
    Entry {
        code: "definition-differs",
        exit: Exit::Findings,
        who: YOU,
        means: "Two files define one type differently, one containing the other; the larger definition serves both.",
        remedy: "nothing, unless the service with the smaller one refuses the added field",
    },
    Entry {
        code: "documentation-differs",
        exit: Exit::Findings,
        who: YOU,
        means: "Two files document one type differently; the first documentation is kept.",
        remedy: "nothing",
    },
    Entry {
        code: "wsdl-unreadable",
        exit: Exit::Usage,
        who: YOU,
        means: "A contract file cannot be read.",
        remedy: "check the path",
    },
    Entry {
        code: "wsdl-none-found",
        exit: Exit::Usage,
        who: YOU,
        means: "The folder holds no .wsdl file.",
        remedy: "name the folder that holds the contracts, or a file",
    },
    Entry {
        code: "wsdl-not-xml",
        exit: Exit::Usage,
        who: YOU,
        means: "A contract file is not well-formed XML.",
        remedy: "get the file again from where it came",
    },
    Entry {
        code: "wsdl-truncated",
        exit: Exit::Usage,
        who: YOU,
        means: "A contract file ends too early.",
        remedy: "get the file again from where it came",
    },
    Entry {
        code: "wsdl-encoding",
        exit: Exit::Usage,
        who: YOU,
        means: "A contract file is not UTF-8.",
        remedy: "convert it: iconv -t utf-8",
    },
    Entry {
        code: "wsdl-wrong-root",
        exit: Exit::Usage,
        who: YOU,
        means: "An element is not the one that WSDL 1.1 or XML Schema puts there.",
        remedy: "check that the file is a WSDL 1.1 document or an XML Schema",
    },
    Entry {
        code: "wsdl-incomplete",
        exit: Exit::Usage,
        who: YOU,
        means: "An element lacks an attribute that it cannot do without.",
        remedy: "mend it at the line that is named",
    },
    Entry {
        code: "wsdl-dangling-reference",
        exit: Exit::Usage,
        who: YOU,
        means: "A name is used that is not defined anywhere.",
        remedy: "check that all files of the contract are there",
    },
    Entry {
        code: "schema-missing-file",
        exit: Exit::Usage,
        who: YOU,
        means: "A schema file that the contract includes or imports is not beside it; nothing is fetched from the network.",
        remedy: "put the file beside the contract",
    },
    Entry {
        code: "wsdl-unsupported",
        exit: Exit::Usage,
        who: CASTILE,
        means: "The contract uses a construct that the generator does not take yet; nothing is dropped silently.",
        remedy: "leave the operation out with --ops, or report the construct",
    },
    Entry {
        code: "wsdl-name-clash",
        exit: Exit::Usage,
        who: YOU,
        means: "Two files define one name in two ways.",
        remedy: "take both files from one release of the contract",
    },
    Entry {
        code: "wsdl-limit",
        exit: Exit::Usage,
        who: YOU,
        means: "A contract file exceeds a limit of the reader.",
        remedy: "check where the file comes from",
    },
    Entry {
        code: "wsdl-unknown-operation",
        exit: Exit::Usage,
        who: YOU,
        means: "No service of the contract has the operation.",
        remedy: "check the spelling: names are case-sensitive",
    },
    Entry {
        code: "output-hand-written",
        exit: Exit::Usage,
        who: YOU,
        means: "A file in the way was not generated; it is left alone.",
        remedy: "choose another folder with --out",
    },
    Entry {
        code: "output-unwritable",
        exit: Exit::Usage,
        who: YOU,
        means: "The output cannot be written.",
        remedy: "check the folder, its permissions and the free space",
    },
];
