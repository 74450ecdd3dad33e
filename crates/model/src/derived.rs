//! Elements whose type the sender chooses with `xsi:type`.

use crate::Ext;

/// An element of a type that the contract does not know: everything in it stays as it came.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Other {
    /// The attributes, `xsi:type` among them, and the elements.
    pub ext: Ext,
}

crate::elements! { Other: }

/// Makes an enum hold a type or one derived from it, each boxed, by the value of `xsi:type`.
///
/// The variant behind the colon is what an element without `xsi:type` is; a type that may not stand itself has
/// `Other` there. Names of types are `{namespace}local`.
///
/// ```
/// use castile_model::{Ext, Other};
///
/// # macro_rules! plain { ($($name:ident)*) => {$(
/// # #[derive(Debug, Clone, Default, PartialEq)]
/// # pub struct $name { pub ext: Ext }
/// # castile_model::elements! { $name: }
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
            fn read(&mut self, r: &mut $crate::Reader<'_>) {
                match self {
                    $(Self::$variant(value) => value.read(r),)*
                    Self::Other(value) => value.read(r),
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

            fn derive(&mut self, r: &$crate::Reader<'_>) {
                if let Some(name) = r.xsi_type() {
                    *self = match &*name {
                        $($type => Self::$variant(Box::default()),)*
                        _ => Self::Other(Box::default()),
                    };
                }
            }
        }
    };
}

#[cfg(test)]
mod tests;
