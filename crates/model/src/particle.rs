//! How generated structs offer their elements to the reader and the writer.

use std::mem::ManuallyDrop;

use crate::{Ext, Field, Raw, Reader, Scalar, Writer};

/// A complex type: elements in an order, and whatever else a payload carries.
///
/// Generated code implements it by one list, [`elements!`](crate::elements). Names are local names in the
/// namespace of the message; an element of another namespace is `{namespace}local`.
pub trait Struct: Send + Sync {
    /// Takes the elements from the reader, in the order of the schema.
    fn read(&mut self, r: &mut Reader<'_>);

    /// Writes the elements in the order of the schema.
    fn write(&self, w: &mut Writer);

    /// Turns into the type that [`Reader::xsi_type`] names, before anything is read.
    ///
    /// A type without derived types stays what it is: what it does not know is kept in its [`Ext`].
    #[inline]
    fn derive(&mut self, _: &Reader<'_>) {}

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
            #[inline(never)]
            fn read(&mut self, r: &mut $crate::Reader<'_>) {
                $(r.$first($($f),*);)*
                $(
                    $($crate::Particle::take(&mut self.$field, $name, r);)?
                    $(r.group($min, &mut self.$field);)?
                    $(r.open($least, &mut self.$field);)?
                    $(r.$step($($n),*);)*
                )*
            }

            #[allow(unused_variables, reason = "a type may have no elements")]
            #[inline(never)]
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

/// A field of a generated struct: one element of the type with its occurrence.
///
/// | occurrence | complex | simple | verbatim |
/// |---|---|---|---|
/// | required | `S` | `Field<T>` | `Raw` |
/// | optional | `Option<Box<S>>` | `Option<Field<T>>` | `Option<Raw>` |
/// | repeated | `Vec<S>` | `Vec<Field<T>>` | `Vec<Raw>` |
///
/// Nothing here takes a struct as a trait object: its vtable would hold the code that drops the struct, which is
/// most of what there is to compile in a generated crate, and never called there.
pub trait Particle {
    /// Reads the element that waits, if there is room for it; tells whether there was.
    fn fill(&mut self, r: &mut Reader<'_>) -> bool;

    /// Writes the element under its name, as often as it is there.
    fn write_as(&self, name: &'static str, w: &mut Writer);

    /// Reads the element of this name, if it comes next, as often as there is room for it.
    #[inline(never)]
    fn take(&mut self, name: &'static str, r: &mut Reader<'_>) {
        while r.awaits(name) && self.fill(r) {}
    }
}

impl<S: Struct> Particle for S {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        match self.ext().was_read() {
            true => r.no_room(),
            false => r.structure(self),
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.required(name, self);
    }
}

impl<S: Struct + Default> Particle for Option<Box<S>> {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        if self.is_some() {
            return r.no_room();
        }
        // Assigning would compile the drop of an `S` that cannot be there.
        std::mem::forget(self.replace(boxed()));
        match self {
            Some(s) => r.structure(&mut **s),
            None => false,
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        if let Some(s) = self {
            w.structure(name, &**s);
        }
    }
}

/// As `Box::default`, which would compile for each type what frees the box if `default` panics.
fn boxed<S: Default>() -> Box<S> {
    let s = ManuallyDrop::new(S::default());
    Box::write(Box::new_uninit(), ManuallyDrop::into_inner(s))
}

impl<S: Struct + Default> Particle for Vec<S> {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        // `push` would compile the drop of an `S` for which there is no memory.
        self.extend(std::iter::once_with(S::default));
        match &mut **self {
            [.., s] => r.structure(s),
            [] => false,
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.counted(name, self.len());
        // An iterator is twice the code.
        let mut rest = &**self;
        while let [s, others @ ..] = rest {
            w.structure(name, s);
            rest = others;
        }
    }
}

impl<T: Scalar> Particle for Field<T> {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        match self.is_given() {
            true => r.no_room(),
            false => r.leaf(self),
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
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        match self {
            Some(_) => r.no_room(),
            None => r.leaf(self.insert(Field::default())),
        }
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        if let Some(field) = self {
            w.leaf(name, field);
        }
    }
}

impl<T: Scalar> Particle for Vec<Field<T>> {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        r.leaf(self.push_mut(Field::default()))
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.counted(name, self.len());
        for field in self {
            w.leaf(name, field);
        }
    }
}

impl Particle for Raw {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        match self.is_empty() {
            true => r.raw(self),
            false => r.no_room(),
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
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        match self {
            Some(_) => r.no_room(),
            None => r.raw(self.insert(Raw::default())),
        }
    }

    fn write_as(&self, _: &'static str, w: &mut Writer) {
        if let Some(raw) = self {
            w.raw(raw);
        }
    }
}

impl Particle for Vec<Raw> {
    fn fill(&mut self, r: &mut Reader<'_>) -> bool {
        r.raw(self.push_mut(Raw::default()))
    }

    fn write_as(&self, name: &'static str, w: &mut Writer) {
        w.counted(name, self.len());
        for raw in self {
            w.raw(raw);
        }
    }
}
