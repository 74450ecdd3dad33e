//! Reading and writing typed messages.

use super::{JACK_HENRY, YOU};
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "model-utf8",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message is not UTF-8.",
        remedy: "keep the message (it may hold customer data) and ask its sender",
    },
    Entry {
        code: "model-character",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message holds a character that XML does not allow.",
        remedy: "keep the message (it may hold customer data) and ask its sender",
    },
    Entry {
        code: "model-syntax",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message is not well-formed XML.",
        remedy: "keep the message (it may hold customer data) and ask its sender",
    },
    Entry {
        code: "model-dtd",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message holds a document type declaration, which SOAP forbids.",
        remedy: "ask its sender",
    },
    Entry {
        code: "model-entity",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message refers to an entity that XML does not predefine.",
        remedy: "ask its sender",
    },
    Entry {
        code: "model-prefix",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message uses a namespace prefix that is not bound.",
        remedy: "ask its sender",
    },
    Entry {
        code: "model-limit",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message exceeds a limit of the reader.",
        remedy: "raise the limit if the message is really like that",
    },
    Entry {
        code: "model-other-message",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The root element is not the one that the contract declares.",
        remedy: "check that the client was generated from the contract of this service",
    },
    Entry {
        code: "model-other-shape",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "The message has unknown elements where the contract requires others, such as names of types.",
        remedy: "compare the message with the contract at the place given; its sender builds it wrongly",
    },
    Entry {
        code: "model-invalid",
        exit: Exit::Usage,
        who: YOU,
        means: "The message lacks what the contract requires, or has more than it allows. Nothing was sent.",
        remedy: "fill in what the paths name",
    },
    Entry {
        code: "model-value",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "A text is not of the type that the contract declares for it.",
        remedy: "keep the message (it may hold customer data) and ask its sender",
    },
    Entry {
        code: "model-element-in-value",
        exit: Exit::Gateway,
        who: JACK_HENRY,
        means: "An element stands where the contract declares a text.",
        remedy: "check that the client was generated from the contract of this service",
    },
    Entry {
        code: "model-unwritable-character",
        exit: Exit::Usage,
        who: YOU,
        means: "A text of the request holds a character that XML cannot carry.",
        remedy: "remove it at the path that is named",
    },
    Entry {
        code: "model-unwritable-attribute",
        exit: Exit::Usage,
        who: YOU,
        means: "An attribute of the request has a name that XML cannot carry, or has one name twice.",
        remedy: "mend it at the path that is named",
    },
    Entry {
        code: "model-blank",
        exit: Exit::Usage,
        who: YOU,
        means: "A value of a change was set to an empty text. A provider leaves the stored value as it is then.",
        remedy: "clear the value at the path that is named, or keep it",
    },
    Entry {
        code: "model-no-place",
        exit: Exit::Usage,
        who: YOU,
        means: "A value that was to go with the request has no place in it: the operation's contract lacks the element.",
        remedy: "leave the value out, or call the operation that has the element that is named",
    },
    Entry {
        code: "model-given-twice",
        exit: Exit::Usage,
        who: YOU,
        means: "A value that was to go with the request stands in it already.",
        remedy: "give it in one of the two places",
    },
];
