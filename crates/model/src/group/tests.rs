//! A choice and a repeated sequence, read and written.

use super::*;
use crate::{Ext, Message, Raw, Scope, Text, decode, encode};

#[derive(Debug, Clone, PartialEq)]
enum Step {
    Add(Text),
    Sub(Text),
    Line(Box<Line>),
    Other(Raw),
}

crate::choice!(Step { "Add" => Add, "Sub" => Sub; "No" | "Qty" => Line; Other });

#[derive(Debug, Clone, Default, PartialEq)]
struct Line {
    no: Option<Text>,
    qty: Vec<Text>,
    at: Position,
}

crate::sequence! { Line: 0 "No" => no, 3 "Qty" => qty, }

#[derive(Debug, Clone, Default, PartialEq)]
struct Order {
    steps: Vec<Step>,
    ext: Ext,
}

crate::elements! { Order: open 0 => steps, }

impl Message for Order {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "Order";
}

#[test]
fn order_and_grouping_stay() {
    let xml = "<Order xmlns=\"urn:x\"><Sub>1</Sub><Add>2</Add><Sub>3</Sub><Qty>4</Qty><No>5</No><Qty>6</Qty>\
               <Qty>7</Qty><No>8</No><New>9</New><Add>10</Add></Order>";
    let read = decode::<Order>(xml.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(read.warnings(), []);
    let lines = read.value.steps.iter().map(|step| match step {
        Step::Line(line) => line.qty.len(),
        _ => 9,
    });
    assert_eq!(lines.collect::<Vec<_>>(), [9, 9, 9, 1, 2, 0, 9, 9]);
    assert_eq!(encode(&read.value).unwrap(), xml);
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Single {
    step: Option<Step>,
    ext: Ext,
}

crate::elements! { Single: group 1 => step, }

impl Message for Single {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "Single";
}

#[test]
fn a_single_choice_is_taken_once() {
    let xml = "<Single xmlns=\"urn:x\"><Add>1</Add><Sub>2</Sub></Single>";
    let read = decode::<Single>(xml.as_bytes(), &Scope::new()).unwrap();
    let warnings = read.warnings();
    let kinds: Vec<_> = warnings.iter().map(|warning| warning.kind).collect();
    assert_eq!(kinds, [crate::WarningKind::RepeatedElement]);
    assert_eq!(read.value.step, Some(Step::Add("1".into())));
    assert_eq!(encode(&read.value).unwrap(), xml);
    assert!(Step::knows("Qty") && !Step::knows("New"));
}
