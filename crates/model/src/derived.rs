//! Elements whose type the sender chooses with `xsi:type`.

use crate::{Ext, Slot, Struct, Writer};

/// An element of a type that the contract does not know: everything in it stays as it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Other {
    /// The attributes, `xsi:type` among them, and the elements.
    pub ext: Ext,
}

impl Struct for Other {
    fn child(&mut self, _: &str) -> Option<Slot<'_>> {
        None
    }

    fn write(&self, _: &mut Writer) {}

    fn ext(&self) -> &Ext {
        &self.ext
    }

    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
}

/// Makes an enum hold a type or one derived from it, each boxed, by the value of `xsi:type`.
///
/// The variant behind the colon is what an element without `xsi:type` is; a type that may not stand itself has
/// `Other` there. Names of types are `{namespace}local`.
///
/// ```
/// use castile_model::{Ext, Other};
/// # use castile_model::{Slot, Struct, Writer};
///
/// # macro_rules! plain { ($($name:ident)*) => {$(
/// # #[derive(Debug, Clone, Default, PartialEq)]
/// # pub struct $name { pub ext: Ext }
/// # impl Struct for $name {
/// #     fn child(&mut self, _: &str) -> Option<Slot<'_>> { None }
/// #     fn write(&self, _: &mut Writer) {}
/// #     fn ext(&self) -> &Ext { &self.ext }
/// #     fn ext_mut(&mut self) -> &mut Ext { &mut self.ext }
/// # }
/// # )*}; }
/// # plain!(Shape Circle);
/// #[derive(Debug, Clone, PartialEq)]
/// pub enum AnyShape {
///     Shape(Box<Shape>),
///     Circle(Box<Circle>),
///     Other(Box<Other>),
/// }
///
/// castile_model::derived!(AnyShape: Shape { "{urn:x}Shape" => Shape, "{urn:x}Circle" => Circle });
///
/// assert_eq!(AnyShape::from(Circle::default()), AnyShape::Circle(Box::default()));
/// ```
#[macro_export]
macro_rules! derived {
    ($any:ident: $base:ident { $($type:literal => $variant:ident),* }) => {
        impl Default for $any {
            fn default() -> Self {
                Self::$base(Box::default())
            }
        }

        $(impl From<$variant> for $any {
            fn from(value: $variant) -> Self {
                Self::$variant(Box::new(value))
            }
        })*

        impl $crate::Struct for $any {
            fn child(&mut self, name: &str) -> Option<$crate::Slot<'_>> {
                match self {
                    $(Self::$variant(value) => value.child(name),)*
                    Self::Other(value) => value.child(name),
                }
            }

            fn write(&self, w: &mut $crate::Writer) {
                if !matches!(self, Self::$base(_)) {
                    match self {
                        $(Self::$variant(_) => w.derived($type, self.ext()),)*
                        Self::Other(_) => {}
                    }
                }
                match self {
                    $(Self::$variant(value) => value.write(w),)*
                    Self::Other(value) => value.write(w),
                }
            }

            fn ext(&self) -> &$crate::Ext {
                match self {
                    $(Self::$variant(value) => value.ext(),)*
                    Self::Other(value) => value.ext(),
                }
            }

            fn ext_mut(&mut self) -> &mut $crate::Ext {
                match self {
                    $(Self::$variant(value) => value.ext_mut(),)*
                    Self::Other(value) => value.ext_mut(),
                }
            }

            fn derive(&mut self, name: &str) {
                *self = match name {
                    $($type => Self::$variant(Box::default()),)*
                    _ => Self::Other(Box::default()),
                };
            }
        }
    };
}

#[cfg(test)]
mod tests;
