//! How generated structs offer their elements to the reader and the writer.

use crate::{Ext, Field, Leaf, Raw, Reader, Scalar, Writer};

/// A complex type: elements in an order, and whatever else a payload carries.
///
/// Generated code implements it by one list, [`elements!`](crate::elements). Names are local names in the
/// namespace of the message; an element of another namespace is `{namespace}local`.
pub trait Struct: Send + Sync {
    /// Takes the elements from the reader, in the order of the schema.
    fn read(&mut self, r: &mut Reader<'_>);

    /// Writes the elements in the order of the schema.
    fn write(&self, w: &mut Writer);

    /// Turns into the type that `xsi:type` names, as `{namespace}local`, before anything is read.
    ///
    /// A type without derived types stays what it is: what it does not know is kept in its [`Ext`].
    fn derive(&mut self, _: &str) {}

    /// What was there beyond the elements of the type.
    fn ext(&self) -> &Ext;

    /// The same, for the reader to fill.
    fn ext_mut(&mut self) -> &mut Ext;
}

/// Implements [`Struct`] from one list: the elements of a type in the order of the schema, and steps in brackets.
///
/// `"Name" => field,` is an element, `group 0 => field,` a field of [`Group`](crate::Group)s, of which at least so
/// many must be there; `open 0 => field,` is one that takes what nothing else knows too. Each step is a method that
/// [`Reader`] and [`Writer`] both have.
///
/// | step | says |
/// |---|---|
/// | `[version n]` | here starts the part that the marker `Ver_n` guards |
/// | `[end_version]` | here it ends, and something follows beside it; a ladder needs none |
/// | `[marker n]` | here `Ver_n` stands always |
/// | `[occurs min, max]` | the next element stands so many times; a `max` of 0 is no bound |
/// | `[twin]`, `[end_twin]` | the element between has a namesake behind another marker |
#[macro_export]
macro_rules! elements {
    ($type:ty:
        $([$first:ident $($f:literal),*])*
        $($($name:literal)? $(group $min:literal)? $(open $least:literal)? => $field:ident, $([$step:ident $($n:literal),*])*)*
    ) => {
        impl $crate::Struct for $type {
            #[allow(unused_variables, reason = "a type may have no elements")]
            fn read(&mut self, r: &mut $crate::Reader<'_>) {
                $(r.$first($($f),*);)*
                $(
                    $(r.take($name, &mut self.$field);)?
                    $(r.group($min, &mut self.$field);)?
                    $(r.open($least, &mut self.$field);)?
                    $(r.$step($($n),*);)*
                )*
            }

            #[allow(unused_variables, reason = "a type may have no elements")]
            fn write(&self, w: &mut $crate::Writer) {
                $(w.$first($($f),*);)*
                $(
                    $(w.put($name, &self.$field);)?
                    $(w.group($min, &self.$field);)?
                    $(w.group($least, &self.$field);)?
                    $(w.$step($($n),*);)*
                )*
            }

            fn ext(&self) -> &$crate::Ext {
                &self.ext
            }

            fn ext_mut(&mut self) -> &mut $crate::Ext {
                &mut self.ext
            }
        }
    };
}

/// A place that an element is read into.
#[non_exhaustive]
pub enum Slot<'a> {
    /// An element with elements.
    Struct(&'a mut dyn Struct),
    /// An element with a simple value.
    Leaf(&'a mut dyn Leaf),
    /// An element kept verbatim.
    Raw(&'a mut Raw),
    /// The element stands once and was already read.
    Taken,
}

impl std::fmt::Debug for Slot<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Struct(_) => "Struct",
            Self::Leaf(_) => "Leaf",
            Self::Raw(_) => "Raw",
            Self::Taken => "Taken",
        })
    }
}

/// A field of a generated struct: one element of the type with its occurrence.
///
/// | occurrence | complex | simple | verbatim |
/// |---|---|---|---|
/// | required | `S` | `Field<T>` | `Raw` |
/// | optional | `Option<Box<S>>` | `Option<Field<T>>` | `Option<Raw>` |
/// | repeated | `Vec<S>` | `Vec<Field<T>>` | `Vec<Raw>` |
pub trait Particle {
    /// Makes room for the element and gives it away.
    fn slot(&mut self) -> Slot<'_>;

    /// Writes the element under its name, as often as it is there.
    fn write_as(&self, name: &'static str, w: &mut Writer);
}

impl<S: Struct> Particle for S {
    fn slot(&mut self) -> Slot<'_> {
        if self.ext().was_read() {
            Slot::Taken
        } else {
            Slot::Struct(self)
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.required(name, self);
    }
}

impl<S: Struct + Default> Particle for Option<Box<S>> {
    fn slot(&mut self) -> Slot<'_> {
        match self {
            Some(_) => Slot::Taken,
            None => Slot::Struct(&mut **self.insert(Box::default())),
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        if let Some(s) = self {
            w.structure(name, &**s);
        }
    }
}

impl<S: Struct + Default> Particle for Vec<S> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Struct(self.push_mut(S::default()))
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.counted(name, self.len());
        for s in self {
            w.structure(name, s);
        }
    }
}

impl<T: Scalar> Particle for Field<T> {
    fn slot(&mut self) -> Slot<'_> {
        if self.is_given() {
            Slot::Taken
        } else {
            Slot::Leaf(self)
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        if self.is_given() {
            w.leaf(name, self)
        } else if !w.fill(name) {
            w.missing(name)
        }
    }
}

impl<T: Scalar> Particle for Option<Field<T>> {
    fn slot(&mut self) -> Slot<'_> {
        match self {
            Some(_) => Slot::Taken,
            None => Slot::Leaf(self.insert(Field::default())),
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        match self {
            Some(field) => w.leaf(name, field),
            None => _ = w.fill(name),
        }
    }
}

impl<T: Scalar> Particle for Vec<Field<T>> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Leaf(self.push_mut(Field::default()))
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.counted(name, self.len());
        for field in self {
            w.leaf(name, field);
        }
    }
}

impl Particle for Raw {
    fn slot(&mut self) -> Slot<'_> {
        if self.is_empty() {
            Slot::Raw(self)
        } else {
            Slot::Taken
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        if self.is_empty() {
            w.missing(name)
        } else {
            w.raw(self)
        }
    }
}

impl Particle for Option<Raw> {
    fn slot(&mut self) -> Slot<'_> {
        match self {
            Some(_) => Slot::Taken,
            None => Slot::Raw(self.insert(Raw::default())),
        }
    }

    fn write_as(&self, _: &'static str, w: &mut Writer) {
        if let Some(raw) = self {
            w.raw(raw);
        }
    }
}

impl Particle for Vec<Raw> {
    fn slot(&mut self) -> Slot<'_> {
        Slot::Raw(self.push_mut(Raw::default()))
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.counted(name, self.len());
        for raw in self {
            w.raw(raw);
        }
    }
}
