//! States at run time, what a shadow meets, and what is kept of it.

use super::YOU;
use crate::explain::Entry;
use crate::problem::Exit;

pub(super) const TABLE: &[Entry] = &[
    Entry {
        code: "config-lacks",
        exit: Exit::Usage,
        who: YOU,
        means: "The profile has not what the state needs: legacy and shadow need a [legacy] table, shadow and oauth an [oauth] table and a client.",
        remedy: "add the table or key that is named, then switch; until then everything goes on as it was",
    },
    Entry {
        code: "config-password",
        exit: Exit::Usage,
        who: YOU,
        means: "The password of the old model is no text in UTF-8.",
        remedy: "write it into its file again, in UTF-8",
    },
    Entry {
        code: "config-not-editable",
        exit: Exit::Usage,
        who: YOU,
        means: "The key `state` of the profile does not stand in the file where the profile does, or changing it changes something else too.",
        remedy: "write `state = \"…\"` into the profile's own table, on a line of its own, and try again",
    },
    Entry {
        code: "service-unknown",
        exit: Exit::Usage,
        who: YOU,
        means: "The profile has settings of its own for some services or operations, and the message does not say which it is for. Nothing was sent.",
        remedy: "list the operations of each service in `operations = […]` of its table, and let the caller send its SOAPAction",
    },
    Entry {
        code: "evidence-file",
        exit: Exit::Usage,
        who: YOU,
        means: "The file with what was seen of a profile cannot be read or kept. Calls go on all the same.",
        remedy: "see to the folder that `evidence` names: it must exist or be makeable, and be writable",
    },
    Entry {
        code: "evidence-syntax",
        exit: Exit::Findings,
        who: YOU,
        means: "The file is none that this program writes. It is left as it is.",
        remedy: "move it away; a new one is begun with what is seen next",
    },
    Entry {
        code: "evidence-version",
        exit: Exit::Findings,
        who: YOU,
        means: "The file was written by a release of another form. It is left as it is.",
        remedy: "read it with that release, or move it away",
    },
    Entry {
        code: "evidence-profile",
        exit: Exit::Findings,
        who: YOU,
        means: "The file is the evidence of another profile: folders or profiles were renamed.",
        remedy: "give each configuration a folder of its own, or move the file away",
    },
    Entry {
        code: "shadow-timeout",
        exit: Exit::Findings,
        who: YOU,
        means: "A read that was repeated under OAuth had no answer within the shadow's own time limit. The real call was not touched.",
        remedy: "if it happens often, look whether the gateway is slow under OAuth before you switch; `timeout` in `shadow` sets the limit",
    },
    Entry {
        code: "shadow-ended",
        exit: Exit::Findings,
        who: YOU,
        means: "A read was not compared to the end, for the program ended or a defect stopped it. The real call was not touched.",
        remedy: "if it happens without an end of the program, report it",
    },
];
