//! Writes XML by nested closures, so that each start tag has its end.

use quick_xml::escape::escape;

/// Grows a document.
#[derive(Default)]
pub(crate) struct Writer {
    out: String,
}

impl Writer {
    /// Everything written so far.
    pub(crate) fn finish(self) -> String {
        self.out
    }

    /// `<name>`, what `inner` writes, `</name>`.
    pub(crate) fn within(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.within_with(name, &[], inner);
    }

    /// Like [`Self::within`], with attributes.
    pub(crate) fn within_with(
        &mut self,
        name: &str,
        attributes: &[(&str, &str)],
        inner: impl FnOnce(&mut Self),
    ) {
        self.open(name, attributes, ">");
        inner(self);
        self.out.push_str("</");
        self.out.push_str(name);
        self.out.push('>');
    }

    /// `<name>text</name>`.
    pub(crate) fn leaf(&mut self, name: &str, text: &str) {
        self.leaf_with(name, &[], text);
    }

    /// Like [`Self::leaf`], with attributes.
    pub(crate) fn leaf_with(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) {
        if text.is_empty() {
            self.open(name, attributes, "/>");
        } else {
            self.within_with(name, attributes, |x| x.out.push_str(&escape(text)));
        }
    }

    /// The empty marks from `Ver_first` to `Ver_last`.
    pub(crate) fn marks(&mut self, first: u32, last: u32) {
        for number in first..=last {
            self.leaf(&format!("Ver_{number}"), "");
        }
    }

    /// What another writer wrote.
    pub(crate) fn written(&mut self, content: &str) {
        self.out.push_str(content);
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)], end: &str) {
        self.out.push('<');
        self.out.push_str(name);
        for (key, value) in attributes {
            self.out.push(' ');
            self.out.push_str(key);
            self.out.push_str("=\"");
            self.out.push_str(&escape(*value));
            self.out.push('"');
        }
        self.out.push_str(end);
    }
}
