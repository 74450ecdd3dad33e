//! Values for elements that a message leaves open.

use std::fmt;

use smol_str::SmolStr;

/// Values for what a message leaves open, written where the message has none of its own.
///
/// For what every request of a caller has in common, such as the institution in `jXchangeHdr`
/// ([`with`](Self::with)), and for what one call adds to the message it is given ([`demand`](Self::demand),
/// [`demand_list`](Self::demand_list)). What the message gives, an empty value or a null included, stays. Nothing is
/// dropped: a value that finds no place is an error ([`EncodeError::NoPlace`](crate::EncodeError::NoPlace)).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Fill {
    parent: SmolStr,
    values: Vec<Value>,
    lists: Vec<List>,
    /// Whether the message has the parent.
    has_parent: bool,
}

/// Cheap to clone: each call fills its own message.
#[derive(Clone, PartialEq, Eq)]
struct Value {
    name: SmolStr,
    text: SmolStr,
    need: Need,
    is_met: bool,
}

/// When a value must find its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    /// Never.
    Offered,
    /// If the message has the parent.
    InParent,
    /// Always, in the parent.
    Parent,
    /// Always, in the message itself, which may not have one of its own.
    Message,
}

/// An element with one element for each text, which holds it in one of its own.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct List {
    /// Names of the list, of an entry, and of what holds the text.
    pub(crate) names: [&'static str; 3],
    pub(crate) texts: Vec<String>,
    is_met: bool,
}

/// Which values may stand in an element.
#[derive(Clone, Copy, Default)]
pub(crate) struct Place {
    /// Whether those of the parent may.
    in_parent: bool,
    /// Whether those of the message itself may.
    in_message: bool,
    /// How long their names are, as bits.
    lengths: u64,
}

impl Place {
    /// Whether some may.
    #[inline]
    pub(crate) fn is_open(self) -> bool {
        self.lengths != 0
    }

    /// Whether one of this name may; mostly the length tells that none does.
    #[inline]
    pub(crate) fn may_hold(self, name: &str) -> bool {
        self.lengths & length_bit(name) != 0
    }
}

fn length_bit(name: &str) -> u64 {
    1 << name.len().min(63)
}

/// What is written for an element that the message leaves open.
pub(crate) enum Filling {
    Text(SmolStr),
    List(List),
}

/// Why a value could not be put where it belongs.
pub(crate) enum Misfit {
    /// The message has no such element.
    NoPlace(SmolStr),
    /// The message has one of its own.
    Given(SmolStr),
}

impl Fill {
    /// No values yet for the elements inside of `parent`, a local name.
    pub fn of(parent: &str) -> Self {
        Self {
            parent: parent.into(),
            ..Self::default()
        }
    }

    /// Sets the value of the element of that local name; one set before is replaced.
    ///
    /// A message without the parent goes without it; one whose parent has no such element is refused.
    #[must_use]
    pub fn with(self, name: &str, value: impl AsRef<str>) -> Self {
        self.put(name, value.as_ref(), Need::InParent)
    }

    /// The same for a value that a message may go without.
    #[must_use]
    pub fn offer(self, name: &str, value: impl AsRef<str>) -> Self {
        self.put(name, value.as_ref(), Need::Offered)
    }

    /// The same for a value that no message may go without, unless it has one of its own.
    #[must_use]
    pub fn insist(self, name: &str, value: impl AsRef<str>) -> Self {
        self.put(name, value.as_ref(), Need::Parent)
    }

    /// Sets the value of a simple element of the message itself, which must have a place for it and none of its own.
    ///
    /// The message itself is its root element, or for a `Validate` operation of jXchange the message in it that is
    /// to be judged.
    #[must_use]
    pub fn demand(self, name: &str, value: impl AsRef<str>) -> Self {
        self.put(name, value.as_ref(), Need::Message)
    }

    /// The same for an element that holds a list: `names` are those of the list, of an entry, and of the element in an
    /// entry that holds a text.
    #[must_use]
    pub fn demand_list(
        mut self,
        names: [&'static str; 3],
        texts: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.lists.retain(|list| list.names != names);
        self.lists.push(List {
            names,
            texts: texts.into_iter().map(Into::into).collect(),
            is_met: false,
        });
        self
    }

    fn put(mut self, name: &str, text: &str, need: Need) -> Self {
        let is_below = need == Need::Message;
        self.values
            .retain(|value| value.name != name || (value.need == Need::Message) != is_below);
        self.values.push(Value {
            name: name.into(),
            text: text.into(),
            need,
            is_met: false,
        });
        self
    }

    /// Which of the values may stand in the element at the end of a path.
    pub(crate) fn place(&self, path: &[&'static str]) -> Place {
        let in_parent = path.last().is_some_and(|parent| **parent == *self.parent);
        let in_message = is_message(path);
        let is_here = |value: &&Value| match value.need {
            Need::Message => in_message,
            _ => in_parent,
        };
        let values = self.values.iter().filter(is_here);
        let lists = self.lists.iter().filter(|_| in_message);
        let bits = values.map(|value| length_bit(&value.name));
        let bits = bits.chain(lists.map(|list| length_bit(list.names[0])));
        Place {
            in_parent,
            in_message,
            lengths: bits.fold(0, |all, bit| all | bit),
        }
    }

    /// Notes that the message has an element of a place.
    #[inline]
    pub(crate) fn reach(&mut self, place: Place) {
        self.has_parent |= place.in_parent;
    }

    /// What is to be written in place of an element that the message leaves open.
    pub(crate) fn take(&mut self, place: Place, name: &str) -> Option<Filling> {
        for value in &mut self.values {
            let is_here = match value.need {
                Need::Message => !value.is_met && place.in_message,
                _ => place.in_parent,
            };
            if is_here && value.name == name {
                value.is_met = true;
                return Some(Filling::Text(value.text.clone()));
            }
        }
        let mut lists = self.lists.iter_mut().filter(|_| place.in_message);
        let list = lists.find(|list| !list.is_met && list.names[0] == name)?;
        list.is_met = true;
        Some(Filling::List(list.clone()))
    }

    /// Notes that the message has an element, or has it now.
    pub(crate) fn meet(&mut self, place: Place, name: &str) -> Result<(), Misfit> {
        for value in self.values.iter_mut().filter(|value| value.name == name) {
            match value.need {
                Need::Message if !value.is_met && place.in_message => {
                    return Err(Misfit::Given(value.name.clone()));
                }
                Need::Message => {}
                _ => value.is_met |= place.in_parent,
            }
        }
        let is_own = |list: &&List| !list.is_met && list.names[0] == name;
        let own = self.lists.iter().find(is_own);
        match own.filter(|_| place.in_message) {
            Some(list) => Err(Misfit::Given(list.names[0].into())),
            None => Ok(()),
        }
    }

    /// Whether all that must have a place had one.
    pub(crate) fn settle(self) -> Result<(), Misfit> {
        let is_missed = |value: &Value| match value.need {
            Need::Offered => false,
            Need::InParent => self.has_parent && !value.is_met,
            Need::Parent | Need::Message => !value.is_met,
        };
        let value = self.values.iter().find(|value| is_missed(value));
        let list = self.lists.iter().find(|list| !list.is_met);
        let value = value.map(|value| value.name.clone());
        match value.or_else(|| list.map(|list| list.names[0].into())) {
            Some(name) => Err(Misfit::NoPlace(name)),
            None => Ok(()),
        }
    }
}

/// Whether these elements are around a child of the message itself.
fn is_message(path: &[&'static str]) -> bool {
    match path {
        [_] => true,
        [root, inner] => root.strip_suffix("Validate") == Some(inner),
        _ => false,
    }
}

/// Prints the names only: the values are a customer's.
impl fmt::Debug for Fill {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values.iter().map(|value| value.name.as_str());
        let lists = self.lists.iter().map(|list| list.names[0]);
        write!(f, "Fill of {} ", self.parent)?;
        f.debug_list().entries(values.chain(lists)).finish()
    }
}

#[cfg(test)]
mod tests;
