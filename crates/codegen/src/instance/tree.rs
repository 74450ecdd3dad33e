//! An instance as a tree, written as XML.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::qname::QName;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// One element of an instance.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) name: QName,
    pub(super) attributes: Vec<(QName, Text)>,
    pub(super) children: Vec<Child>,
}

#[derive(Debug)]
pub(super) enum Child {
    Element(Tree),
    Text(String),
    /// A name as text, which needs a prefix where it stands.
    Name(QName),
}

/// The value of an attribute.
#[derive(Debug)]
pub(super) enum Text {
    Plain(String),
    /// A name, which needs a prefix where it stands.
    Name(QName),
}

impl Tree {
    pub(super) fn new(name: QName) -> Self {
        Self {
            name,
            attributes: Vec::new(),
            children: Vec::new(),
        }
    }

    /// Writes the element; all namespaces are declared on it.
    ///
    /// The namespace of the element itself is the default one, unless an element inside has none at all or
    /// `prefixed` asks for a prefix. With `indent`, elements stand on lines of their own unless text stands beside them.
    pub(super) fn to_xml(&self, prefixed: bool, indent: bool) -> String {
        let mut names = Names::default();
        names.collect(self, true);
        let default = !prefixed && !names.bare;
        let own = self.name.namespace();
        let mut prefixes = BTreeMap::new();
        for (number, (namespace, in_attribute)) in names.found.iter().enumerate() {
            let prefix = match namespace.as_str() {
                XML => "xml".to_owned(),
                super::XSI => "xsi".to_owned(),
                _ => format!("n{number}"),
            };
            if default && namespace == own {
                prefixes.insert(namespace.as_str(), String::new());
                names.own_prefix = in_attribute.then_some(prefix);
            } else {
                prefixes.insert(namespace, prefix);
            }
        }
        let mut out = Out {
            text: String::new(),
            prefixes,
            own,
            own_prefix: names.own_prefix.take(),
            indent,
        };
        out.element(self, 0);
        out.text
    }
}

#[derive(Default)]
struct Names {
    /// Namespaces, and whether an attribute (or a name as value) is in it.
    found: BTreeMap<String, bool>,
    /// Whether an element, or a name as value, has no namespace.
    bare: bool,
    own_prefix: Option<String>,
}

impl Names {
    fn collect(&mut self, tree: &Tree, root: bool) {
        let namespace = tree.name.namespace();
        if namespace.is_empty() {
            self.bare |= !root;
        } else {
            self.found.entry(namespace.to_owned()).or_default();
        }
        for (name, value) in &tree.attributes {
            if !name.namespace().is_empty() {
                self.found.insert(name.namespace().to_owned(), true);
            }
            if let Text::Name(name) = value {
                self.value(name);
            }
        }
        for child in &tree.children {
            match child {
                Child::Element(child) => self.collect(child, false),
                Child::Name(name) => self.value(name),
                Child::Text(_) => {}
            }
        }
    }

    /// A name as value: without prefix it would take the default namespace.
    fn value(&mut self, name: &QName) {
        if name.namespace().is_empty() {
            self.bare = true;
        } else {
            self.found.insert(name.namespace().to_owned(), true);
        }
    }
}

struct Out<'a> {
    text: String,
    prefixes: BTreeMap<&'a str, String>,
    own: &'a str,
    /// The prefix of the default namespace for attributes, which take no default.
    own_prefix: Option<String>,
    indent: bool,
}

impl Out<'_> {
    fn element(&mut self, tree: &Tree, depth: usize) {
        let name = self.name(&tree.name, false);
        let _ = write!(self.text, "<{name}");
        if depth == 0 {
            self.declarations();
        }
        for (attribute, value) in &tree.attributes {
            let attribute = self.name(attribute, true);
            let value = match value {
                Text::Plain(value) => escaped(value, true),
                Text::Name(name) => self.name(name, true),
            };
            let _ = write!(self.text, " {attribute}=\"{value}\"");
        }
        if tree.children.is_empty() {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        let has_text = |child: &Child| !matches!(child, Child::Element(_));
        let indent = self.indent && !tree.children.iter().any(has_text);
        for child in &tree.children {
            if indent {
                self.new_line(depth + 1);
            }
            match child {
                Child::Element(child) => self.element(child, depth + 1),
                Child::Text(text) => self.text.push_str(&escaped(text, false)),
                Child::Name(name) => {
                    let name = self.name(name, true);
                    self.text.push_str(&name);
                }
            }
        }
        if indent {
            self.new_line(depth);
        }
        let _ = write!(self.text, "</{name}>");
    }

    fn new_line(&mut self, depth: usize) {
        self.text.push('\n');
        self.text.push_str(&"  ".repeat(depth));
    }

    fn declarations(&mut self) {
        let (default, named): (Vec<_>, Vec<_>) =
            (self.prefixes.iter()).partition(|(_, prefix)| prefix.is_empty());
        for (namespace, _) in default {
            let _ = write!(self.text, " xmlns=\"{}\"", escaped(namespace, true));
        }
        let own = self.own_prefix.iter().map(|prefix| (&self.own, prefix));
        for (namespace, prefix) in named.into_iter().chain(own) {
            if prefix != "xml" {
                let _ = write!(
                    self.text,
                    " xmlns:{prefix}=\"{}\"",
                    escaped(namespace, true)
                );
            }
        }
    }

    fn name(&self, name: &QName, attribute: bool) -> String {
        let prefix = match &self.own_prefix {
            Some(prefix) if attribute && name.namespace() == self.own => prefix.as_str(),
            _ => self
                .prefixes
                .get(name.namespace())
                .map_or("", String::as_str),
        };
        if prefix.is_empty() {
            name.local().to_owned()
        } else {
            format!("{prefix}:{}", name.local())
        }
    }
}

/// Text as content or, with line ends and tabs kept, as the value of an attribute.
fn escaped(text: &str, attribute: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\r' => out.push_str("&#13;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree() -> Tree {
        let mut tree = Tree::new(QName::new("urn:a", "Root"));
        tree.attributes
            .push((QName::new("", "plain"), Text::Plain("<\n\">".into())));
        let ty = Text::Name(QName::new("urn:a", "Derived"));
        tree.attributes
            .push((QName::new(super::super::XSI, "type"), ty));
        let child = Tree::new(QName::new("urn:b", "Child"));
        tree.children.push(Child::Element(child));
        tree.children.push(Child::Text("a\r<".into()));
        tree
    }

    #[test]
    fn the_namespace_of_the_root_is_the_default() {
        assert_eq!(
            tree().to_xml(false, false),
            "<Root xmlns=\"urn:a\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" \
             xmlns:n2=\"urn:b\" xmlns:n1=\"urn:a\" plain=\"&lt;&#10;&quot;&gt;\" xsi:type=\"n1:Derived\">\
             <n2:Child/>a&#13;&lt;</Root>"
        );
    }

    #[test]
    fn a_bare_element_forbids_a_default_namespace() {
        let mut tree = tree();
        tree.attributes.clear();
        tree.children
            .push(Child::Element(Tree::new(QName::new("", "bare"))));
        assert_eq!(
            tree.to_xml(false, false),
            "<n0:Root xmlns:n0=\"urn:a\" xmlns:n1=\"urn:b\"><n1:Child/>a&#13;&lt;<bare/></n0:Root>"
        );
    }
}
