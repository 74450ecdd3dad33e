//! Writes what a message leaves open.

use std::fmt::Write as _;

use super::Writer;
use crate::fill::{Filling, List};
use crate::scalar::Str;
use crate::{EncodeError, Text};

impl Writer {
    /// Puts in what is to stand in place of an element that was just passed, if nothing was written since `before`.
    pub(super) fn filled(&mut self, name: &'static str, before: usize) {
        let place = self.level.place;
        let Some(fill) = &mut self.fill else {
            return;
        };
        fill.reach(place);
        if !place.may_hold(name) {
            return;
        }
        if self.out.len() <= before {
            self.fill(name);
        } else if let Err(misfit) = fill.meet(place, name) {
            self.fail(|path| EncodeError::misfit(path, misfit));
        }
    }

    /// Writes an element that the message does not have; tells whether there was something for it.
    pub(crate) fn fill(&mut self, name: &'static str) -> bool {
        let place = self.level.place;
        if !place.may_hold(name) || self.look.is_some() {
            return false;
        }
        let fill = self.fill.as_mut();
        match fill.and_then(|fill| fill.take(place, name)) {
            Some(Filling::Text(text)) => self.leaf(name, &Text::from(Str::of(text))),
            Some(Filling::List(list)) => self.list(name, &list),
            None => return false,
        }
        true
    }

    fn list(&mut self, name: &'static str, list: &List) {
        self.write_markers();
        let outer_default = self.default;
        let local = self.open(name, None);
        self.out.push('>');
        let [_, entry, leaf] = list.names;
        for text in &list.texts {
            let _ = write!(self.out, "<{entry}>");
            self.leaf(leaf, &Text::from(text.as_str()));
            let _ = write!(self.out, "</{entry}>");
        }
        self.close(local);
        self.path.pop();
        self.default = outer_default;
    }
}
