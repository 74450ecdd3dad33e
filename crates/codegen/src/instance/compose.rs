//! Composes a message of values by their paths: the skeleton of a contract, filled in.

mod error;
mod nearest;
mod particles;
mod values;

use super::attribute::{self, Uses};
use super::check::{Model, check};
use super::content::parts;
use super::message::{Message, join};
use super::schemas::{Kind, Node, Schemas};
use super::tree::{Child, Text, Tree};
use super::{Found, Instances, XSI};
use crate::error::Error;
use crate::qname::QName;
use crate::schema::XSD;
use crate::verbatim;
use particles::Pending;
use values::{NIL, Wish};

pub use error::ComposeError;
pub use values::Values;

/// Elements inside each other.
const DEPTH: usize = 64;
/// Required elements that nothing was said about, in one error.
const MISSING: usize = 64;

impl Instances {
    /// The request of an operation that says these values: what else must stand in it stands in it, in the order of the
    /// schema, where that takes no value. The result is valid by the schemas.
    ///
    /// # Errors
    ///
    /// See [`ComposeError`]: a path that leads nowhere, a required value that is not given, a value that is none of its
    /// type.
    pub fn compose_request(
        &self,
        operation: &str,
        values: &Values,
    ) -> Result<String, ComposeError> {
        let Found {
            contract,
            operation,
            ..
        } = self.find(operation)?;
        let Some(name) = &operation.input else {
            return Err(operation.without_content().into());
        };
        let schemas = &contract.schemas;
        let Some(node) = schemas.find(Kind::Element, name) else {
            let construct = "a message that is no element of a schema".to_owned();
            let place = operation.place.clone();
            return Err(Error::Unsupported { place, construct }.into());
        };
        if let Some(found) = values.root_name()
            && found != name
        {
            return Err(ComposeError::Root {
                expected: name.clone(),
                found: found.clone(),
            });
        }
        let mut compose = Compose {
            schemas,
            values,
            missing: Vec::new(),
        };
        let tree = compose.declared(node, name.clone(), values.root(), "", 0)?;
        if !compose.missing.is_empty() {
            compose.missing.dedup();
            return Err(ComposeError::Missing {
                paths: compose.missing,
            });
        }
        let text = tree.to_xml(false, false);
        let violations = check(schemas, name, &Message::read(text.as_bytes())?)?;
        match violations.is_empty() {
            true => Ok(text),
            false => Err(ComposeError::Invalid { violations }),
        }
    }
}

/// One message in the making.
struct Compose<'a> {
    schemas: &'a Schemas,
    values: &'a Values,
    /// Where a value must stand and none was given.
    missing: Vec<String>,
}

impl<'a> Compose<'a> {
    fn miss(&mut self, path: String) {
        if self.missing.len() < MISSING {
            self.missing.push(path);
        }
    }

    /// An element of a declaration.
    fn declared(
        &mut self,
        node: Node<'a>,
        name: QName,
        mut wish: Wish,
        path: &str,
        depth: usize,
    ) -> Result<Tree, ComposeError> {
        if depth > DEPTH {
            return Err(ComposeError::Contract(Error::Limit {
                place: node.place().clone(),
                what: "elements inside each other",
                limit: DEPTH,
            }));
        }
        self.values.fill_in(&mut wish, name.local());
        if let Some(raw) = wish.as_it_came() {
            return Ok(raw);
        }
        let mut tree = Tree::new(name);
        let mut is_nil = false;
        if let Some(nil) = wish.take_attribute(NIL) {
            is_nil = matches!(nil.trim(), "true" | "1");
            tree.attributes
                .push((QName::new(XSI, "nil"), Text::Plain(nil)));
        }
        if is_nil {
            let text = wish.text.get_or_insert_default();
            if !text.is_empty() || wish.children.iter().any(|child| !child.is_soft) {
                return Err(ComposeError::Nil {
                    path: path.to_owned(),
                });
            }
        }
        match (
            node.qname("type")?,
            node.named("complexType").next(),
            node.qname("substitutionGroup")?,
        ) {
            (Some(ty), ..) => self.of_type(&mut tree, &ty, node, wish, path, depth)?,
            (None, Some(complex), _) => {
                self.complex(&mut tree, complex, node, wish, path, depth)?
            }
            (None, None, Some(head)) if node.named("simpleType").next().is_none() => {
                let head = self.schemas.get(Kind::Element, &head, node)?;
                match head.qname("type")? {
                    Some(ty) => self.of_type(&mut tree, &ty, head, wish, path, depth)?,
                    None => self.text(&mut tree, node, wish, path)?,
                }
            }
            _ => self.text(&mut tree, node, wish, path)?,
        }
        Ok(tree)
    }

    fn of_type(
        &mut self,
        tree: &mut Tree,
        ty: &QName,
        from: Node<'a>,
        wish: Wish,
        path: &str,
        depth: usize,
    ) -> Result<(), ComposeError> {
        let foreign = verbatim::is_verbatim(ty.namespace());
        if ty.namespace() == XSD || foreign && self.schemas.find(Kind::Type, ty).is_none() {
            return self.text(tree, from, wish, path);
        }
        let node = self.schemas.get(Kind::Type, ty, from)?;
        if node.is("simpleType") {
            return self.text(tree, from, wish, path);
        }
        self.complex(tree, node, from, wish, path, depth)
    }

    fn complex(
        &mut self,
        tree: &mut Tree,
        ty: Node<'a>,
        from: Node<'a>,
        mut wish: Wish,
        path: &str,
        depth: usize,
    ) -> Result<(), ComposeError> {
        self.attributes(tree, ty, &mut wish, path)?;
        if ty.named("simpleContent").next().is_some() {
            return self.text(tree, from, wish, path);
        }
        if let Some((name, _)) = wish.attributes.first() {
            return Err(ComposeError::unknown(join(path, &format!("@{name}")), []));
        }
        let mut nodes = Vec::new();
        parts(self.schemas, ty, &mut nodes, 0)?;
        let model = Model::of(self.schemas, nodes)?;
        if wish.text.as_deref().is_some_and(|text| !text.is_empty()) {
            return Err(ComposeError::NoText {
                path: path.to_owned(),
                nearest: nearest::names(&model),
            });
        }
        let is_nil = |(name, value): &(QName, Text)| {
            let is_true =
                matches!(value, Text::Plain(value) if matches!(value.trim(), "true" | "1"));
            *name == QName::new(XSI, "nil") && is_true
        };
        if tree.attributes.iter().any(is_nil) {
            return Ok(());
        }
        let mut pending = Pending::new(&model, wish.children, path);
        for node in model.nodes().to_vec() {
            for particle in node.particles() {
                self.particle(tree, particle, &mut pending, depth)?;
            }
        }
        match pending.left() {
            None => Ok(()),
            Some((name, step)) if model.has_local(name) => Err(ComposeError::TooMany {
                path: join(path, step),
            }),
            Some((name, step)) => {
                let nearest = nearest::nearest(self.schemas, &model, name)?;
                Err(ComposeError::unknown(join(path, step), nearest))
            }
        }
    }

    fn attributes(
        &mut self,
        tree: &mut Tree,
        ty: Node<'a>,
        wish: &mut Wish,
        path: &str,
    ) -> Result<(), ComposeError> {
        let uses = Uses::of(self.schemas, ty)?;
        for (name, use_, declaration) in &uses.declared {
            let required = use_.element.attribute("use") == Some("required");
            let value = wish.take_attribute(name.local()).or_else(|| {
                let preset = attribute::fixed(*use_, *declaration);
                let preset = preset.or_else(|| use_.element.attribute("default"));
                preset.filter(|_| required).map(str::to_owned)
            });
            match value {
                Some(value) => tree.attributes.push((name.clone(), Text::Plain(value))),
                None if required => self.miss(join(path, &format!("@{}", name.local()))),
                None => {}
            }
        }
        if uses.any {
            for (name, value) in wish.attributes.drain(..) {
                let name = QName::new("", name);
                tree.attributes.push((name, Text::Plain(value)));
            }
        }
        Ok(())
    }

    /// An element that holds text.
    fn text(
        &mut self,
        tree: &mut Tree,
        node: Node<'a>,
        wish: Wish,
        path: &str,
    ) -> Result<(), ComposeError> {
        if let Some(step) = wish.children.first().map(|child| child.step()) {
            return Err(ComposeError::unknown(join(path, &step), []));
        }
        if let Some((name, _)) = wish.attributes.first() {
            return Err(ComposeError::unknown(join(path, &format!("@{name}")), []));
        }
        let preset = || {
            let fixed = node.element.attribute("fixed");
            fixed.or_else(|| node.element.attribute("default"))
        };
        match wish.text.as_deref().or_else(preset) {
            Some("") => {}
            Some(text) => tree.children.push(Child::Text(text.to_owned())),
            // An attribute alone may say why there is no value: JHANull, xsi:nil.
            None if !tree.attributes.is_empty() && wish.is_said => {}
            None => self.miss(path.to_owned()),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
