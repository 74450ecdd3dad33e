//! Looks into Body for what somebody should know of before migrating.

use crate::report::{Finding, SoapVersion};
use crate::scan::Ns;

pub(super) struct Inspection {
    soap: SoapVersion,
    /// Depths at which Body, AuthenUsrCred and Security are open; each only inside the one before.
    path: [usize; 3],
    pub(super) findings: Vec<Finding>,
}

impl Inspection {
    pub(super) fn new(soap: SoapVersion) -> Self {
        Self {
            soap,
            path: [0; 3],
            findings: Vec::new(),
        }
    }

    /// Takes note of a start tag; `depth` is that of the element, 1 for the root.
    pub(super) fn start(&mut self, ns: Ns, local: &[u8], depth: usize, empty: bool, offset: usize) {
        if depth == 1 && self.soap == SoapVersion::V12 {
            self.findings.push(Finding::Soap12 { offset });
        }
        let level = self.path.iter().take_while(|&&open| open != 0).count();
        let next = match (level, ns, local) {
            (0, ns, b"Body") => ns == self.soap.ns() && depth == 2,
            (1, _, b"AuthenUsrCred") | (2, Ns::Wsse, b"Security") => true,
            (3, Ns::Wsse, b"UsernameToken") => {
                self.findings.push(Finding::BodyUsernameToken { offset });
                false
            }
            _ => false,
        };
        if next && !empty {
            self.path[level] = depth;
        }
    }

    /// Takes note of the end of the element at `depth`.
    pub(super) fn end(&mut self, depth: usize) {
        for open in &mut self.path {
            if *open == depth {
                *open = 0;
            }
        }
    }
}
