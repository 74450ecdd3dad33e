//! The command line, its files and its output.

use super::{CASTILE, YOU};
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "usage-unknown-code",
        exit: Exit::Usage,
        who: YOU,
        means: "The code is not one of this version.",
        remedy: "run `castile explain` for the list",
    },
    Entry {
        code: "usage-arguments",
        exit: Exit::Usage,
        who: YOU,
        means: "The command line cannot be understood.",
        remedy: "`castile --help`, or `castile COMMAND --help`",
    },
    Entry {
        code: "usage-token",
        exit: Exit::Usage,
        who: YOU,
        means: "The command line names neither a profile nor a token endpoint.",
        remedy: "give --profile NAME, or --token-endpoint, --client-id and --key",
    },
    Entry {
        code: "usage-search",
        exit: Exit::Usage,
        who: YOU,
        means: "The search of `castile doctor` may only read: its action and the element in its Body must end in Inq or Srch.",
        remedy: "give --search an envelope in UTF-8 that asks, and --action its SOAPAction, such as http://jackhenry.com/ws/CustSrch",
    },
    Entry {
        code: "file-unreadable",
        exit: Exit::Usage,
        who: YOU,
        means: "A file named on the command line cannot be read.",
        remedy: "check the path and its permissions",
    },
    Entry {
        code: "file-unwritable",
        exit: Exit::Usage,
        who: YOU,
        means: "The output cannot be written; what stood there before is unchanged.",
        remedy: "check the folder, its permissions and the free space",
    },
    Entry {
        code: "file-passed-over",
        exit: Exit::Findings,
        who: YOU,
        means: "A folder holds something that is neither a file nor a folder (a link, a pipe); it was not followed.",
        remedy: "name it on the command line if it is meant",
    },
    Entry {
        code: "prove-unpaired",
        exit: Exit::Findings,
        who: YOU,
        means: "A file stands in one of the two folders only.",
        remedy: "compare folders with the same files",
    },
    Entry {
        code: "cli-json",
        exit: Exit::Usage,
        who: CASTILE,
        means: "A report could not be written as JSON.",
        remedy: "report it; the text form of the same report works meanwhile",
    },
    Entry {
        code: "cli-runtime",
        exit: Exit::Usage,
        who: YOU,
        means: "The process could not start its threads or signal handlers.",
        remedy: "check the limits of the system (threads, file descriptors)",
    },
    Entry {
        code: "proxy-busy",
        exit: Exit::Network,
        who: YOU,
        means: "The proxy has as many requests under way as it takes.",
        remedy: "send fewer at once, or run a second proxy",
    },
    Entry {
        code: "proxy-media-type",
        exit: Exit::Usage,
        who: YOU,
        means: "The request is not SOAP by its Content-Type, or carries a content coding.",
        remedy: "send text/xml or application/soap+xml, not compressed",
    },
    Entry {
        code: "proxy-method",
        exit: Exit::Usage,
        who: YOU,
        means: "The proxy takes SOAP calls only: POST, no ?wsdl.",
        remedy: "read the WSDL from a file",
    },
    Entry {
        code: "proxy-origin",
        exit: Exit::Usage,
        who: YOU,
        means: "The request comes from a web page, or was sent to another host name than localhost.",
        remedy: "call the proxy by 127.0.0.1 or localhost from a program",
    },
    Entry {
        code: "proxy-query",
        exit: Exit::Usage,
        who: YOU,
        means: "The request has a query, which would be lost: the address of the profile is used.",
        remedy: "leave the query out",
    },
    Entry {
        code: "proxy-listener",
        exit: Exit::Usage,
        who: YOU,
        means: "The proxy cannot listen on the address.",
        remedy: "choose a loopback address and a free port with --listen",
    },
    Entry {
        code: "proxy-remote",
        exit: Exit::Usage,
        who: YOU,
        means: "The proxy would be reachable from other machines, which could then call as you.",
        remedy: "listen on 127.0.0.1 or [::1]",
    },
];
