//! Decides which byte ranges of an envelope go.

use std::ops::Range;

/// What may be cut, and what is refused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Policy {}

/// The byte ranges that go, in order and without overlap.
///
/// The output is the input minus these ranges, so byte identity of the rest holds by construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cuts {
    ranges: Vec<Range<usize>>,
}

impl Cuts {
    /// The ranges that go, as offsets into the input.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// The slices of `input` that stay, in order.
    pub fn kept<'i>(&'i self, input: &'i [u8]) -> impl Iterator<Item = &'i [u8]> {
        let starts = std::iter::once(0).chain(self.ranges.iter().map(|range| range.end));
        let ends = self
            .ranges
            .iter()
            .map(|range| range.start)
            .chain(std::iter::once(input.len()));
        starts
            .zip(ends)
            .filter_map(|(start, end)| input.get(start..end))
            .filter(|slice| !slice.is_empty())
    }
}
