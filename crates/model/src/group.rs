//! Groups of elements: one of several, or several in a row, with their order kept.

use crate::{Slot, Writer};

/// A choice (an enum) or a repeated sequence (a struct): elements of the type around it that belong together.
///
/// It has no tags of its own, so it has no attributes either.
pub trait Group: Sized + Send + Sync {
    /// A group that begins with this element; `None` if none does.
    fn start(name: &str) -> Option<Self>;

    /// Whether this element, coming next, still belongs to the group.
    fn accepts(&self, name: &str) -> bool;

    /// The place for an element of the group.
    fn child(&mut self, name: &str) -> Option<Slot<'_>>;

    /// Writes the elements of the group.
    fn write(&self, w: &mut Writer);
}

/// A field of groups: `Option` for one, `Vec` for several.
pub trait Groups {
    /// The place for an element that belongs to one of the groups.
    fn place(&mut self, name: &str) -> Option<Slot<'_>>;

    /// Writes the groups in their order.
    fn write(&self, w: &mut Writer);

    /// How many there are.
    fn count(&self) -> usize;
}

impl<G: Group> Groups for Option<G> {
    fn place(&mut self, name: &str) -> Option<Slot<'_>> {
        if self.is_none() {
            *self = Some(G::start(name)?);
        }
        Some(self.as_mut()?.child(name).unwrap_or(Slot::Taken))
    }

    fn write(&self, w: &mut Writer) {
        self.iter().for_each(|group| group.write(w));
    }

    fn count(&self) -> usize {
        usize::from(self.is_some())
    }
}

impl<G: Group> Groups for Vec<G> {
    fn place(&mut self, name: &str) -> Option<Slot<'_>> {
        if !self.last().is_some_and(|last| last.accepts(name)) {
            self.push(G::start(name)?);
        }
        self.last_mut()?.child(name)
    }

    fn write(&self, w: &mut Writer) {
        self.iter().for_each(|group| group.write(w));
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// How far the reader has come in a repeated sequence: what comes from further up begins the next one.
///
/// Leave it to `Default`; all positions are equal.
#[derive(Clone, Copy, Default)]
pub struct Position(u16);

impl Position {
    /// Whether the element at this place can still come. A place where elements repeat is an odd number.
    pub fn is_before(self, place: u16) -> bool {
        place >= self.0
    }

    /// Notes that the element at this place came.
    pub fn reach(&mut self, place: u16) {
        self.0 = place | 1;
    }
}

impl PartialEq for Position {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl std::fmt::Debug for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Position")
    }
}

/// Makes an enum a choice: first the variants that are one element, then those that are a sequence, then,
/// if anything else may stand there, the variant that keeps it.
///
/// ```
/// use castile_model::{Field, Raw, Text};
///
/// #[derive(Debug, Clone, PartialEq)]
/// pub enum Payment {
///     Card(Text),
///     Cash(Field<i32>),
///     Other(Raw),
/// }
///
/// castile_model::choice!(Payment { "Card" => Card, "Cash" => Cash; ; Other });
/// ```
#[macro_export]
macro_rules! choice {
    ($type:ident {
        $($name:literal => $element:ident),* ;
        $($($member:literal)|+ => $sequence:ident),* ;
        $($other:ident)?
    }) => {
        impl $crate::Group for $type {
            // An element may stand in two branches: the first begins it.
            #[allow(unreachable_patterns)]
            fn start(name: &str) -> Option<Self> {
                Some(match name {
                    $($name => Self::$element(Default::default()),)*
                    $($($member)|+ => Self::$sequence(Default::default()),)*
                    $(name if !name.contains('#') => Self::$other(Default::default()),)?
                    _ => return None,
                })
            }

            #[allow(unused_variables)]
            fn accepts(&self, name: &str) -> bool {
                match self {
                    $(Self::$sequence(sequence) => $crate::Group::accepts(&**sequence, name),)*
                    #[allow(unreachable_patterns)]
                    _ => false,
                }
            }

            #[allow(unused_variables)]
            fn child(&mut self, name: &str) -> Option<$crate::Slot<'_>> {
                #[allow(unused_imports)]
                use $crate::Particle as _;
                match self {
                    $(Self::$element(element) => (name == $name).then(|| element.slot()),)*
                    $(Self::$sequence(sequence) => $crate::Group::child(&mut **sequence, name),)*
                    $(Self::$other(raw) => Some(raw.slot()),)?
                }
            }

            fn write(&self, w: &mut $crate::Writer) {
                #[allow(unused_imports)]
                use $crate::Particle as _;
                match self {
                    $(Self::$element(element) => element.write_as($name, w),)*
                    $(Self::$sequence(sequence) => $crate::Group::write(&**sequence, w),)*
                    $(Self::$other(raw) => raw.write_as("", w),)?
                }
            }
        }
    };
}

#[cfg(test)]
mod tests;
