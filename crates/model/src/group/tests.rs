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

#[test]
fn a_single_choice_is_taken_once() {
    let mut choice: Option<Step> = None;
    assert!(matches!(choice.place("Add"), Some(Slot::Leaf(_))));
    assert!(matches!(choice.place("Sub"), Some(Slot::Taken)));
    assert!(matches!(choice, Some(Step::Add(_))));
    assert!(Step::knows("Qty") && !Step::knows("New"));
}
