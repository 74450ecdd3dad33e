//! Compares what our schema reader sees with what xsd-parser sees.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use xsd_parser::Parser;
use xsd_parser::models::schema::MaxOccurs;
use xsd_parser::models::schema::xs::{
    ComplexBaseTypeContent, ElementType, GroupType, GroupTypeContent, SchemaContent,
};

use super::folders;
use crate::schema::{self, Content, Particle, Term};
use crate::xml;

/// A child element: name or reference, least and most occurrence.
type Child = (String, usize, Option<usize>);

/// What a schema document declares.
#[derive(Debug, Default, PartialEq)]
struct Seen {
    elements: Vec<String>,
    simple_types: Vec<String>,
    /// The child elements of each complex type in document order, through all groups.
    complex_types: BTreeMap<String, Vec<Child>>,
}

impl Seen {
    fn sorted(mut self) -> Self {
        self.elements.sort();
        self.simple_types.sort();
        self
    }
}

fn ours(path: &Path) -> Seen {
    fn walk(particle: &Particle, children: &mut Vec<Child>) {
        let number = |count: u32| usize::try_from(count).unwrap();
        let most = particle.occurs.max.map(number);
        let mut push =
            |name: &str| children.push((name.to_owned(), number(particle.occurs.min), most));
        match &particle.term {
            Term::Element(element) => push(element.name.local()),
            Term::ElementRef(name) => push(name.local()),
            Term::Any(_) => push("any"),
            Term::GroupRef(name) => push(name.local()),
            Term::Sequence(inner) | Term::Choice(inner) | Term::All(inner) => {
                inner.iter().for_each(|particle| walk(particle, children));
            }
        }
    }
    let root = xml::parse(&Arc::from("schema"), &std::fs::read(path).unwrap()).unwrap();
    let schema = schema::read(&root, None).unwrap();
    let mut seen = Seen::default();
    seen.elements.extend(
        schema
            .elements
            .iter()
            .map(|element| element.name.local().to_owned()),
    );
    seen.simple_types.extend(
        schema
            .simple_types
            .iter()
            .flat_map(|ty| ty.name.iter().map(|n| n.local().to_owned())),
    );
    for ty in &schema.complex_types {
        let mut children = Vec::new();
        if let Content::Children(particle) = &ty.content {
            walk(particle, &mut children);
        }
        let name = ty.name.as_ref().unwrap().local().to_owned();
        assert!(seen.complex_types.insert(name, children).is_none());
    }
    seen.sorted()
}

fn theirs(path: &Path) -> Seen {
    fn most(occurs: MaxOccurs) -> Option<usize> {
        match occurs {
            MaxOccurs::Unbounded => None,
            MaxOccurs::Bounded(most) => Some(most),
        }
    }
    fn name(element: &ElementType) -> String {
        let reference = || {
            element
                .ref_
                .as_ref()
                .map(|name| String::from_utf8_lossy(name.local_name()).into_owned())
        };
        element.name.clone().or_else(reference).unwrap()
    }
    fn walk(group: &GroupType, children: &mut Vec<Child>) {
        for content in &group.content {
            match content {
                GroupTypeContent::Element(element) => {
                    children.push((name(element), element.min_occurs, most(element.max_occurs)));
                }
                GroupTypeContent::Any(any) => {
                    children.push(("any".to_owned(), any.min_occurs, most(any.max_occurs)));
                }
                GroupTypeContent::All(inner)
                | GroupTypeContent::Choice(inner)
                | GroupTypeContent::Sequence(inner) => {
                    walk(inner, children);
                }
                GroupTypeContent::Annotation(_) => {}
                GroupTypeContent::Group(_) => {
                    panic!("no type of these contracts refers to a group")
                }
            }
        }
    }
    let parser = Parser::new()
        .with_default_resolver()
        .resolve_includes(false);
    let schemas = parser.add_schema_from_file(path).unwrap().finish();
    let mut seen = Seen::default();
    // The built-in schemas come along; ours is the one with a location.
    for (_, info) in schemas
        .schemas()
        .filter(|(_, info)| info.location.is_some())
    {
        for content in &info.schema.content {
            match content {
                SchemaContent::Element(element) => seen.elements.push(name(element)),
                SchemaContent::SimpleType(ty) => seen.simple_types.extend(ty.name.clone()),
                SchemaContent::ComplexType(ty) => {
                    let mut children = Vec::new();
                    for content in &ty.content {
                        match content {
                            ComplexBaseTypeContent::All(group)
                            | ComplexBaseTypeContent::Choice(group)
                            | ComplexBaseTypeContent::Sequence(group) => walk(group, &mut children),
                            _ => {}
                        }
                    }
                    seen.complex_types
                        .insert(ty.name.clone().unwrap(), children);
                }
                _ => {}
            }
        }
    }
    seen.sorted()
}

#[test]
fn the_schema_reader_sees_what_xsd_parser_sees() {
    let mut types = 0;
    for folder in folders("the_schema_reader_sees_what_xsd_parser_sees") {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            // The vendor's schemas; those of the standards are carried verbatim and never read.
            if !name.ends_with("Master.xsd") {
                continue;
            }
            let (ours, theirs) = (ours(&path), theirs(&path));
            assert_eq!(ours.elements, theirs.elements, "{name}");
            assert_eq!(ours.simple_types, theirs.simple_types, "{name}");
            assert_eq!(
                ours.complex_types.len(),
                theirs.complex_types.len(),
                "{name}"
            );
            for (ty, children) in &ours.complex_types {
                assert_eq!(Some(children), theirs.complex_types.get(ty), "{name}: {ty}");
            }
            types += ours.complex_types.len();
        }
    }
    assert!(types > 300, "{types}");
}
