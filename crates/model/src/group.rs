//! Groups of elements: one of several, or several in a row, with their order kept.

use crate::{Particle, Raw, Reader, Writer};

/// A choice (an enum) or a repeated sequence (a struct): elements of the type around it that belong together.
///
/// It has no tags of its own, so it has no attributes either.
pub trait Group: Sized + Send + Sync {
    /// A group that begins with this element; `None` if none does.
    fn start(name: &str) -> Option<Self>;

    /// Whether an element of this name belongs to such a group by its name.
    fn knows(name: &str) -> bool;

    /// Whether this element, coming next, still belongs to the group.
    fn accepts(&self, name: &str) -> bool;

    /// Reads the element that waits, of this name; tells whether there was room for it. `None`: it has no place here.
    fn fill(&mut self, name: &str, r: &mut Reader<'_>) -> Option<bool>;

    /// Writes the elements of the group.
    fn write(&self, w: &mut Writer);
}

/// A field of groups: `Option` for one, `Vec` for several.
pub trait Groups {
    /// Reads the element that waits, of this name, if it belongs to one of the groups; tells whether it did.
    fn fill(&mut self, name: &str, r: &mut Reader<'_>) -> bool;

    /// Whether an element belongs to one of the groups by its name, and not because they take any.
    fn knows(&self, name: &str) -> bool;

    /// Writes the groups in their order.
    fn write(&self, w: &mut Writer);

    /// How many there are.
    fn count(&self) -> usize;
}

impl<G: Group> Groups for Option<G> {
    fn fill(&mut self, name: &str, r: &mut Reader<'_>) -> bool {
        let Some(group) = G::start(name) else {
            return false;
        };
        let group = self.get_or_insert(group);
        group.fill(name, r).unwrap_or_else(|| r.no_room())
    }

    fn knows(&self, name: &str) -> bool {
        G::knows(name)
    }

    fn write(&self, w: &mut Writer) {
        self.iter().for_each(|group| group.write(w));
    }

    fn count(&self) -> usize {
        usize::from(self.is_some())
    }
}

impl<G: Group> Groups for Vec<G> {
    fn fill(&mut self, name: &str, r: &mut Reader<'_>) -> bool {
        if !self.last().is_some_and(|last| last.accepts(name)) {
            self.extend(G::start(name));
        }
        let last = self.last_mut().and_then(|last| last.fill(name, r));
        last.unwrap_or(false)
    }

    fn knows(&self, name: &str) -> bool {
        G::knows(name)
    }

    fn write(&self, w: &mut Writer) {
        self.iter().for_each(|group| group.write(w));
    }

    fn count(&self) -> usize {
        self.len()
    }
}

/// Elements that a contract leaves open, with known ones behind them.
impl Groups for Vec<Raw> {
    fn fill(&mut self, _: &str, r: &mut Reader<'_>) -> bool {
        Particle::fill(self, r)
    }

    fn knows(&self, _: &str) -> bool {
        false
    }

    fn write(&self, w: &mut Writer) {
        self.iter().for_each(|raw| w.raw(raw));
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
                    $(_ => Self::$other(Default::default()),)?
                    _ => return None,
                })
            }

            #[allow(unreachable_patterns)]
            fn knows(name: &str) -> bool {
                match name {
                    $($name => true,)*
                    $($($member)|+ => true,)*
                    _ => false,
                }
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
            fn fill(&mut self, name: &str, r: &mut $crate::Reader<'_>) -> Option<bool> {
                #[allow(unused_imports)]
                use $crate::Particle as _;
                match self {
                    $(Self::$element(element) => (name == $name).then(|| element.fill(r)),)*
                    $(Self::$sequence(sequence) => $crate::Group::fill(&mut **sequence, name, r),)*
                    $(Self::$other(raw) => Some(raw.fill(r)),)?
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

/// Makes a struct a sequence that repeats, from one list.
///
/// Each line begins with its place, which goes up in twos and is odd where elements repeat. The struct keeps how far
/// reading has come in its field `at`, a [`Position`].
///
/// ```
/// use castile_model::{Position, Text};
///
/// #[derive(Debug, Clone, Default, PartialEq)]
/// pub struct Line {
///     pub no: Text,
///     pub note: Vec<Text>,
///     pub at: Position,
/// }
///
/// castile_model::sequence! { Line: 0 "No" => no, 3 "Note" => note, }
/// ```
#[macro_export]
macro_rules! sequence {
    ($type:ident:
        $($place:literal $($name:literal)? $(group $min:literal [$($member:literal)|+])? => $field:ident,)*
    ) => {
        impl $type {
            fn place(name: &str) -> Option<u16> {
                Some(match name {
                    $($($name => $place,)? $($($member)|+ => $place,)?)*
                    _ => return None,
                })
            }
        }

        impl $crate::Group for $type {
            fn start(name: &str) -> Option<Self> {
                Self::place(name).map(|_| Self::default())
            }

            fn knows(name: &str) -> bool {
                Self::place(name).is_some()
            }

            fn accepts(&self, name: &str) -> bool {
                Self::place(name).is_some_and(|place| self.at.is_before(place))
            }

            fn fill(&mut self, name: &str, r: &mut $crate::Reader<'_>) -> Option<bool> {
                self.at.reach(Self::place(name)?);
                match name {
                    $(
                        $($name => Some($crate::Particle::fill(&mut self.$field, r)),)?
                        $($($member)|+ => Some($crate::Groups::fill(&mut self.$field, name, r)),)?
                    )*
                    _ => None,
                }
            }

            fn write(&self, w: &mut $crate::Writer) {
                $(
                    $(w.put($name, &self.$field);)?
                    $(w.group($min, &self.$field);)?
                )*
            }
        }
    };
}

#[cfg(test)]
mod tests;
