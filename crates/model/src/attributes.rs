//! The attributes of an element, kept as they came.

use std::borrow::Cow;
use std::fmt;

use smol_str::SmolStr;

/// Namespace of `xsi:nil`.
pub(crate) const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// One attribute. Its value may be customer data, so `Debug` shows the name only.
#[derive(Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Name as written, prefix included.
    name: Cow<'static, str>,
    /// Namespace of the prefix; empty without one.
    namespace: Box<str>,
    value: SmolStr,
}

impl Attribute {
    pub(crate) fn new(name: &str, namespace: &str, value: &str) -> Self {
        // The usual names cost no allocation.
        const USUAL: [&str; 5] = ["JHANull", "Rstr", "MaskVal", "SrchType", "xsi:nil"];
        let name = match USUAL.into_iter().find(|usual| *usual == name) {
            Some(usual) => Cow::Borrowed(usual),
            None => Cow::Owned(name.to_owned()),
        };
        Self {
            name,
            namespace: namespace.into(),
            value: value.into(),
        }
    }

    /// Name as written, prefix included.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Name without prefix.
    pub fn local_name(&self) -> &str {
        self.name
            .split_once(':')
            .map_or(&*self.name, |(_, local)| local)
    }

    /// Namespace of the prefix; empty for a name without one.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The value, references resolved; that of `xsi:type` is `{namespace}local`, since its prefix means
    /// nothing elsewhere.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl fmt::Debug for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "@{}({} chars)", self.name, self.value.chars().count())
    }
}

/// All attributes of one element in the order they came; takes one pointer while there are none.
#[derive(Clone, Default, PartialEq, Eq)]
// A boxed Vec: a field without attributes, which is the rule, pays one pointer and not three words.
#[allow(clippy::box_collection)]
pub struct Attributes(Option<Box<Vec<Attribute>>>);

impl Attributes {
    /// The value of the attribute without namespace of that name.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.iter()
            .find(|a| a.namespace.is_empty() && a.name == name)
            .map(Attribute::value)
    }

    /// Whether `JHANull` is `true`. `JHANull=""` is common and means nothing.
    pub fn is_null(&self) -> bool {
        self.value("JHANull")
            .is_some_and(|value| value.trim() == "true")
    }

    /// Whether `xsi:nil` is true.
    pub fn is_nil(&self) -> bool {
        self.iter().any(|a| {
            &*a.namespace == XSI
                && a.local_name() == "nil"
                && matches!(a.value.trim(), "true" | "1")
        })
    }

    /// The value of `xsi:type` as `{namespace}local`.
    pub fn xsi_type(&self) -> Option<&str> {
        self.value_in(XSI, "type")
    }

    /// The value of the attribute of that local name in a namespace, for example `lang` in that of `xml`.
    pub fn value_in(&self, namespace: &str, local_name: &str) -> Option<&str> {
        self.iter()
            .find(|a| &*a.namespace == namespace && a.local_name() == local_name)
            .map(Attribute::value)
    }

    /// The attributes in the order they came.
    pub fn iter(&self) -> impl Iterator<Item = &Attribute> {
        self.0.iter().flat_map(|list| list.iter())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.as_ref().map_or(0, |list| list.len())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    /// Sets the attribute without namespace of that name.
    pub fn set(&mut self, name: &str, value: &str) {
        self.put(Attribute::new(name, "", value));
    }

    /// Sets an attribute in a namespace; the prefix of the name is free, but that of `xml`.
    ///
    /// ```
    /// let mut attributes = castile_model::Attributes::default();
    /// attributes.set_in("http://www.w3.org/XML/1998/namespace", "xml:lang", "en");
    /// assert_eq!(attributes.value_in("http://www.w3.org/XML/1998/namespace", "lang"), Some("en"));
    /// ```
    pub fn set_in(&mut self, namespace: &str, name: &str, value: &str) {
        self.put(Attribute::new(name, namespace, value));
    }

    /// Sets `xsi:nil="true"`.
    pub fn set_nil(&mut self) {
        self.put(Attribute::new("xsi:nil", XSI, "true"));
    }

    /// Replaces the attribute of the same expanded name, or adds one. `false` if it was there.
    pub(crate) fn put(&mut self, new: Attribute) -> bool {
        let list = self
            .0
            .get_or_insert_with(|| Box::new(Vec::with_capacity(1)));
        let old = list
            .iter_mut()
            .find(|a| a.local_name() == new.local_name() && a.namespace == new.namespace);
        match old {
            Some(old) => {
                *old = new;
                false
            }
            None => {
                list.push(new);
                true
            }
        }
    }
}

impl fmt::Debug for Attributes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
