//! Reads the elements of a struct.

use super::cursor::{Level, Reader};
use crate::{DecodeError, Ext, Struct, Writer};

impl Reader<'_> {
    /// Reads the element that waits, with elements inside; tells whether one waited.
    #[inline(never)]
    pub fn structure<S: Struct>(&mut self, s: &mut S) -> bool {
        s.derive(self);
        if self.begin(s.ext_mut()) {
            while self.has_more() {
                s.read(self);
            }
            if self.end(s.ext_mut()) {
                s.write(self.looker());
                self.judge();
            }
        }
        true
    }

    /// Goes into the element of a struct; tells whether there is content to read.
    fn begin(&mut self, ext: &mut Ext) -> bool {
        let Some(tag) = &self.tag else {
            return false;
        };
        self.level.progress = true;
        self.path.push(tag.local());
        ext.mark_read();
        if !tag.is_plain() {
            match self.attributes(tag) {
                Ok(attributes) if attributes.is_empty() => {}
                Ok(attributes) => *ext.attributes_mut() = attributes,
                Err(error) => {
                    self.fail(error);
                    return false;
                }
            }
        }
        if tag.empty {
            self.tag = None;
            self.leave();
            return false;
        }
        self.tokens.go_in(tag);
        let level = Level::at(tag.start, self.kept.len());
        self.outer.push(std::mem::replace(&mut self.level, level));
        self.advance();
        true
    }

    /// Whether an element waits to be offered to the fields once more.
    fn has_more(&mut self) -> bool {
        if self.tag.is_some() && !self.level.progress {
            self.yield_more();
        }
        if self.tag.is_none() {
            return false;
        }
        if self.level.progress {
            (self.level.is_lenient, self.level.is_open) = (false, false);
        }
        self.rewind();
        true
    }

    /// Lets more fields take the element that none took; if all of them may, it is set aside.
    #[inline(never)]
    fn yield_more(&mut self) {
        if self.level.has_twins && !self.level.is_lenient {
            self.level.is_lenient = true;
        } else if self.level.has_open && !self.level.is_open {
            self.level.is_open = true;
        } else if let Some(tag) = self.tag.take() {
            self.level.progress = true;
            if let Err(error) = self.set_aside(&tag) {
                self.fail(error);
            }
        }
    }

    /// Leaves the element of a struct; tells whether it may be of another shape.
    fn end(&mut self, ext: &mut Ext) -> bool {
        let outer = self.outer.pop().unwrap_or_default();
        let level = std::mem::replace(&mut self.level, outer);
        if self.error.is_some() {
            return false;
        }
        if level.markers != 0 {
            ext.mark(level.markers);
        }
        if self.kept.len() > level.kept_before {
            for (raw, after) in self.kept.drain(level.kept_before..) {
                ext.keep(raw, after);
            }
        }
        self.suspect = level.stranger;
        if self.suspect.is_none() {
            self.leave();
        }
        self.suspect.is_some()
    }

    /// What finds the required structs that were not read.
    #[cold]
    fn looker(&mut self) -> &mut Writer {
        self.look.insert(Box::new(Writer::looker()))
    }

    /// Leaves the struct that the looker was shown.
    #[cold]
    fn judge(&mut self) {
        let missing = self.look.take().and_then(|looker| looker.missing_struct());
        match self.suspect.zip(missing) {
            Some((start, missing)) => {
                let (path, offset) = (self.here(), self.offset(start));
                self.fail(DecodeError::OtherShape {
                    path,
                    offset,
                    missing,
                });
            }
            None => self.leave(),
        }
    }
}
