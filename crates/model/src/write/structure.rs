//! Writes structs from their start tag to their end tag.

use super::{Level, Writer, local_of};
use crate::fill::Place;
use crate::{Ext, Struct};

/// What is around a struct that is being written.
#[derive(Clone, Copy)]
pub(super) struct Outer {
    level: Level,
    default: &'static str,
    local: &'static str,
    /// Where the content of the struct starts.
    inside: usize,
    /// What to take back to if nothing is in the struct.
    before: Option<Before>,
}

/// How far writing had come before a struct that stays out if nothing is in it.
#[derive(Clone, Copy)]
struct Before {
    len: usize,
    pending: usize,
    written: u64,
    /// How many problems were noted.
    notes: usize,
}

impl Writer {
    #[inline(never)]
    pub(crate) fn structure<S: Struct>(&mut self, name: &'static str, s: &S) {
        if self.begin(name, s.ext()) {
            s.write(self);
            self.end(name, s.ext());
        }
    }

    /// Writes a struct that the schema requires. One that a payload lacked and nobody filled stays out: what was
    /// read is written as it was.
    #[inline(never)]
    pub(crate) fn required<S: Struct>(&mut self, name: &'static str, s: &S) {
        if self.begin_required(name, s.ext()) {
            s.write(self);
            self.end(name, s.ext());
        }
    }

    fn begin(&mut self, name: &'static str, ext: &Ext) -> bool {
        if self.look.is_none() {
            self.enter(name, ext, ext.was_read(), None);
        }
        self.look.is_none()
    }

    fn begin_required(&mut self, name: &'static str, ext: &Ext) -> bool {
        if let Some(missing) = &mut self.look {
            if !ext.was_read() {
                missing.get_or_insert(local_of(name));
            }
            return false;
        }
        let may_lack = (self.level.may_lack || self.level.is_nil) && !ext.was_read();
        let before = may_lack.then(|| Before {
            len: self.out.len(),
            pending: self.pending,
            written: self.level.written,
            notes: self.audit.as_ref().map_or(0, Vec::len),
        });
        self.enter(name, ext, may_lack || ext.was_read(), before);
        true
    }

    /// Writes the start tag of a struct.
    fn enter(&mut self, name: &'static str, ext: &Ext, may_lack: bool, before: Option<Before>) {
        self.write_markers();
        let default = self.default;
        let local = self.open(name, ext.attributes());
        self.out.push('>');
        self.outer.push(Outer {
            level: self.level,
            default,
            local,
            inside: self.out.len(),
            before,
        });
        self.level = Level {
            base: self.versions.len(),
            was_read: ext.was_read(),
            may_lack,
            is_nil: ext.is_nil(),
            read: ext.markers(),
            written: 0,
            place: self
                .fill
                .as_ref()
                .map_or(Place::default(), |fill| fill.place(&self.path)),
        };
    }

    /// Writes the rest of a struct and its end tag, or takes it back.
    fn end(&mut self, name: &'static str, ext: &Ext) {
        self.tail(ext);
        self.versions.truncate(self.level.base);
        self.pending = 0;
        self.path.pop();
        let Some(outer) = self.outer.pop() else {
            return;
        };
        (self.level, self.default) = (outer.level, outer.default);
        let is_empty = self.out.len() == outer.inside;
        if let Some(before) = outer.before.filter(|_| is_empty && ext.is_empty()) {
            self.out.truncate(before.len);
            (self.pending, self.level.written) = (before.pending, before.written);
            self.audit
                .iter_mut()
                .for_each(|audit| audit.truncate(before.notes));
            self.missing(name);
        } else if is_empty {
            self.out.pop();
            self.out.push_str("/>");
        } else {
            self.close(outer.local);
        }
    }
}
