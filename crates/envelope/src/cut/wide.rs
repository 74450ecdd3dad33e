//! Plans the cut of an envelope in UTF-16 by reading as much of it as UTF-8 as the plan needs.

use super::{Cuts, header};
use crate::check::Start;
use crate::encoding::{Form, Named, Offsets, Prolog, Wide};
use crate::error::Refusal;
use crate::policy::Policy;
use crate::scan::Scanner;

/// Bytes that are read at first, then twice as many each time: most headers are shorter.
const FIRST: usize = 4096;

/// The cuts, in offsets of `input`.
pub(super) fn plan(
    window: &[u8],
    input_length: usize,
    form: Form,
    beside: Option<Named>,
    policy: &Policy,
) -> Result<(Cuts, Start), Refusal> {
    let mut wide = Wide::new(form);
    let mut end = FIRST.min(window.len());
    loop {
        wide.read(&window[..end]);
        match read(wide.text(), form, beside, policy) {
            Err(refusal) if end < window.len() && refusal.is_undecided(wide.text().len()) => {
                end = end.saturating_mul(2).min(window.len());
            }
            Err(Refusal::Truncated { .. }) => {
                return Err(wide.flaw().unwrap_or(Refusal::Truncated {
                    offset: window.len(),
                }));
            }
            Err(refusal) => {
                let mut offsets = wide.offsets();
                return Err(refusal.mapped(|offset| offsets.original(offset)));
            }
            Ok((mut cuts, prolog)) => {
                let mut offsets = wide.offsets();
                let start = Start {
                    form,
                    charset: prolog.charset,
                    at: offsets.original(prolog.end),
                };
                cuts.map(&mut offsets, input_length);
                return Ok((cuts, start));
            }
        }
    }
}

fn read(
    text: &[u8],
    form: Form,
    beside: Option<Named>,
    policy: &Policy,
) -> Result<(Cuts, Prolog), Refusal> {
    let prolog = Prolog::read(text, form, beside)?;
    let mut scanner = Scanner::new(text, prolog.end, &policy.limits);
    let (cuts, _) = header::plan(&mut scanner, policy, text.len())?;
    Ok((cuts, prolog))
}

impl Cuts {
    fn map(&mut self, offsets: &mut Offsets<'_>, input_length: usize) {
        for range in &mut self.ranges {
            *range = offsets.original(range.start)..offsets.original(range.end);
        }
        if let Some(range) = &mut self.dropped_header {
            *range = offsets.original(range.start)..offsets.original(range.end);
        }
        for removed in &mut self.removed {
            removed.range =
                offsets.original(removed.range.start)..offsets.original(removed.range.end);
            removed.length = removed.range.len();
        }
        for finding in &mut self.findings {
            let offset = finding.offset_mut();
            *offset = offsets.original(*offset);
        }
        self.input_length = input_length;
    }
}
