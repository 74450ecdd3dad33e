//! The reader as generated code sees it: the next element, offered to each field in the order of the schema.

use super::tag::Tag;
use super::tokens::Tokens;
use crate::error::Warning;
use crate::{DecodeError, Groups, Raw, Writer};

/// Offers the elements of a struct to its fields, in the order of the schema.
///
/// [`Struct::read`](crate::Struct::read) is called again while elements are left: what came out of order is taken
/// by a later call, and what no call takes is kept in [`Ext`](crate::Ext). Errors are kept until the end; after
/// one no name matches any more.
pub struct Reader<'i> {
    pub(super) tokens: Tokens<'i>,
    pub(super) path: Vec<&'i str>,
    pub(super) warnings: Vec<Warning>,
    /// The entered element that waits to be taken.
    pub(super) tag: Option<Tag<'i>>,
    /// Its local name, if it is in the namespace of the message; empty otherwise.
    pub(super) local: &'i str,
    /// Its `{namespace}local`, if it is in another one.
    pub(super) foreign: Option<String>,
    pub(super) level: Level,
    /// The structs around it.
    pub(super) outer: Vec<Level>,
    /// What goes into the [`Ext`](crate::Ext) of these structs, with the marker before it.
    pub(super) kept: Vec<(Raw, u8)>,
    pub(super) error: Option<DecodeError>,
    /// Looks at a struct that may be of another shape.
    pub(super) look: Option<Box<Writer>>,
    /// Where the first unknown element with children starts in the struct that was read last.
    pub(super) suspect: Option<usize>,
}

/// The struct that is being read.
#[derive(Default)]
pub(super) struct Level {
    /// Where its tag starts.
    pub(super) start: usize,
    /// Number of the last marker that came, 0 before the first.
    pub(super) version: u8,
    /// The markers that came, as bits 1 to 63.
    pub(super) markers: u64,
    /// The markers that stand before the field at hand in the schema, as bits; bit 0 for none.
    passed: u64,
    /// Whether an element was taken in this call.
    pub(super) progress: bool,
    /// Whether the element that waits has a place, which is taken.
    pub(super) is_taken: bool,
    /// Whether the type has an element at two places.
    pub(super) has_twins: bool,
    /// Whether the field at hand has a namesake behind another marker.
    in_twin: bool,
    /// Whether such a field takes its element behind any marker.
    pub(super) is_lenient: bool,
    /// Whether the type has groups that take anything.
    pub(super) has_open: bool,
    /// Whether they may take the element that waits: no field took it.
    pub(super) is_open: bool,
    /// How much was kept for the structs around it.
    pub(super) kept_before: usize,
    /// Where the first unknown element with children starts.
    pub(super) stranger: Option<usize>,
}

impl Level {
    pub(super) fn at(start: usize, kept_before: usize) -> Self {
        Self {
            start,
            kept_before,
            // The first call is one like any other.
            progress: true,
            ..Self::default()
        }
    }
}

impl<'i> Reader<'i> {
    pub(super) fn new(tokens: Tokens<'i>) -> Self {
        Self {
            tokens,
            // As deep as a usual message is.
            path: Vec::with_capacity(8),
            warnings: Vec::new(),
            tag: None,
            local: "",
            foreign: None,
            level: Level::default(),
            outer: Vec::with_capacity(8),
            kept: Vec::new(),
            error: None,
            look: None,
            suspect: None,
        }
    }

    /// Whether an element of this name comes next that the field at hand may take.
    #[inline]
    pub fn awaits(&self, name: &'static str) -> bool {
        let is_next = self.local == name || name.starts_with('{') && self.awaits_foreign(name);
        is_next && self.is_at_home()
    }

    /// The same for an element that is not in the namespace of the message.
    #[cold]
    fn awaits_foreign(&self, name: &str) -> bool {
        self.foreign.as_deref() == Some(name)
    }

    /// Says that the element that waits has a place, which is taken; gives `false`.
    #[cold]
    pub fn no_room(&mut self) -> bool {
        self.level.is_taken = true;
        false
    }

    /// Reads elements into groups, as long as one belongs to them.
    pub fn group<G: Groups>(&mut self, _min: u32, groups: &mut G) {
        while self.tag.is_some() {
            let foreign = self.foreign.clone();
            let name = foreign.as_deref().unwrap_or(self.local);
            if !groups.fill(name, self) {
                return;
            }
        }
    }

    /// The same for groups that take what nothing else knows: that comes only when no field took it.
    pub fn open<G: Groups>(&mut self, _min: u32, groups: &mut G) {
        self.level.has_open = true;
        while self.tag.is_some() {
            let foreign = self.foreign.clone();
            let name = foreign.as_deref().unwrap_or(self.local);
            if !groups.knows(name) && !self.level.is_open {
                return;
            }
            if !groups.fill(name, self) {
                return;
            }
            self.level.is_open = false;
        }
    }

    /// The part of the schema starts that the marker `Ver_n` guards; the marker is taken if it comes next.
    #[inline]
    pub fn version(&mut self, n: u8) {
        self.level.passed |= 1_u64.checked_shl(n.into()).unwrap_or(0);
        if self.local.starts_with("Ver_") {
            self.take_marker(n);
        }
    }

    /// The part ends; what follows stands beside it.
    #[inline]
    pub fn end_version(&mut self) {}

    /// The marker `Ver_n` stands here always.
    #[inline]
    pub fn marker(&mut self, n: u8) {
        self.level.passed |= 1_u64.checked_shl(n.into()).unwrap_or(0);
        if self.local.starts_with("Ver_") {
            self.take_marker(n);
        }
    }

    /// The next element has a namesake behind another marker: it takes what stands behind its own.
    #[inline]
    pub fn twin(&mut self) {
        (self.level.in_twin, self.level.has_twins) = (true, true);
    }

    /// The last element was the one with the namesake.
    #[inline]
    pub fn end_twin(&mut self) {
        self.level.in_twin = false;
    }

    /// How often the next element stands; told by [`Decoded::warnings`](crate::Decoded::warnings), not here.
    #[inline]
    pub fn occurs(&mut self, _min: u32, _max: u32) {}

    /// Starts the next call of [`Struct::read`](crate::Struct::read).
    pub(super) fn rewind(&mut self) {
        let level = &mut self.level;
        level.passed = 1;
        (level.progress, level.is_taken, level.in_twin) = (false, false, false);
    }

    /// Whether the field at hand may take its element behind the last marker that came.
    #[inline]
    fn is_at_home(&self) -> bool {
        let level = &self.level;
        !level.in_twin || level.is_lenient || level.passed >> level.version & 1 == 1
    }

    fn take_marker(&mut self, n: u8) {
        let is_this = match self.local.as_bytes() {
            // Most have one digit behind `Ver_`, which was seen.
            [_, _, _, _, digit] => n < 10 && *digit == b'0' + n,
            _ => marker(self.local) == Some(n),
        };
        // Another form than `<Ver_1/>` is looked at when nobody takes it.
        let is_bare = |tag: &Tag<'i>| tag.empty && tag.is_plain();
        if is_this && self.tag.as_ref().is_some_and(is_bare) {
            self.note_marker(n);
            self.level.progress = true;
            self.tokens.leave_plain();
            self.advance();
        }
    }

    pub(super) fn note_marker(&mut self, n: u8) {
        self.level.markers |= 1_u64.checked_shl(n.into()).unwrap_or(0);
        self.level.version = n;
    }

    pub(super) fn fail(&mut self, error: DecodeError) {
        self.error = Some(error);
        self.halt();
    }

    /// From here on no element waits.
    pub(super) fn halt(&mut self) {
        (self.tag, self.local, self.foreign) = (None, "", None);
    }
}

impl std::fmt::Debug for Reader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Reader({} levels deep)", self.path.len())
    }
}

/// The number of `Ver_N`, the empty elements that separate the versions of a type.
pub(super) fn marker(name: &str) -> Option<u8> {
    let digits = name.strip_prefix("Ver_")?;
    let n = digits.parse().ok()?;
    // "+1" and "01" parse as well, but are other names.
    ((1..=63).contains(&n) && digits.starts_with(|c: char| c.is_ascii_digit() && c != '0'))
        .then_some(n)
}
