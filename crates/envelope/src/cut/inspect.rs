//! Looks into Body for what somebody should know of before migrating.

use super::{Cuts, envelope};
use crate::encoding::Prolog;
use crate::error::Refusal;
use crate::policy::Policy;
use crate::report::{Finding, SoapVersion};
use crate::scan::{Event, Ns, Scanner};

/// Adds findings about Body; what cannot be read there is a finding, too.
pub(super) fn body(input: &[u8], prolog: Prolog, policy: &Policy, cuts: &mut Cuts) {
    let mut scanner = Scanner::new(input, prolog.end, &policy.limits);
    let read = walk(&mut scanner, cuts).and_then(|()| prolog.charset.check(input));
    if let Err(refusal) = read {
        cuts.findings.push(Finding::BodyUnreadable {
            offset: refusal.offset(),
        });
    }
    cuts.findings.sort_by_key(Finding::offset);
}

fn walk(scanner: &mut Scanner<'_>, cuts: &mut Cuts) -> Result<(), Refusal> {
    let (soap, root) = envelope(scanner)?;
    if soap == SoapVersion::V12 {
        cuts.findings.push(Finding::Soap12 {
            offset: root.span.start,
        });
    }
    // Depths at which Body, AuthenUsrCred and Security are open; each only inside the one before.
    let mut path = [0; 3];
    loop {
        match scanner.next()? {
            Event::Start(tag) => {
                let depth = scanner.depth();
                let level = path.iter().take_while(|&&open| open != 0).count();
                let next = match (level, tag.ns, scanner.bytes(tag.local)) {
                    (0, ns, b"Body") => ns == soap.ns() && depth == 2,
                    (1, _, b"AuthenUsrCred") | (2, Ns::Wsse, b"Security") => true,
                    (3, Ns::Wsse, b"UsernameToken") => {
                        cuts.findings.push(Finding::BodyUsernameToken {
                            offset: tag.span.start,
                        });
                        false
                    }
                    _ => false,
                };
                if next && !tag.empty {
                    path[level] = depth;
                }
            }
            Event::End(_) => {
                let closed = scanner.depth() + 1;
                for open in &mut path {
                    if *open == closed {
                        *open = 0;
                    }
                }
            }
            Event::Text(_) => {}
            Event::Eof => return Ok(()),
        }
    }
}
