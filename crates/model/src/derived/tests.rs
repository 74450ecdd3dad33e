//! Types chosen by `xsi:type`, read and written.

use super::*;
use crate::{Message, Scope, Text, decode, encode};

#[derive(Debug, Clone, Default, PartialEq)]
struct Circle {
    radius: Option<Text>,
    ext: Ext,
}

#[derive(Debug, Clone, PartialEq)]
enum AnyShape {
    Circle(Box<Circle>),
    Other(Box<Other>),
}

crate::derived!(AnyShape: Other { "{urn:y}Circle" => Circle });

#[derive(Debug, Clone, Default, PartialEq)]
struct Shapes {
    shape: Vec<AnyShape>,
    ext: Ext,
}

crate::elements! { Circle: "Radius" => radius, }
crate::elements! { Shapes: "Shape" => shape, }

impl Message for Shapes {
    const NAMESPACE: &'static str = "urn:x";
    const ELEMENT: &'static str = "Shapes";
}

const XSI: &str = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";

#[test]
fn xsi_type_chooses_and_is_written_back() {
    let xml = format!(
        "<Shapes xmlns=\"urn:x\" xmlns:y=\"urn:y\" {XSI}><Shape xsi:type=\"y:Circle\" t=\"1\"><Radius>2</Radius></Shape>\
         <Shape xsi:type=\"y:New\"><y:Side>3</y:Side></Shape></Shapes>"
    );
    let read = decode::<Shapes>(xml.as_bytes(), &Scope::new())
        .unwrap()
        .value;
    assert!(
        matches!(&*read.shape, [AnyShape::Circle(circle), AnyShape::Other(_)]
        if circle.radius.is_some())
    );
    let written = encode(&read).unwrap();
    assert_eq!(
        written,
        format!(
            "<Shapes xmlns=\"urn:x\"><Shape {XSI} xsi:type=\"t:Circle\" xmlns:t=\"urn:y\" t=\"1\"><Radius>2</Radius></Shape>\
             <Shape {XSI} xsi:type=\"t:New\" xmlns:t=\"urn:y\"><y:Side xmlns:y=\"urn:y\">3</y:Side></Shape></Shapes>"
        )
    );
    let again = decode::<Shapes>(written.as_bytes(), &Scope::new()).unwrap();
    assert_eq!(again.value.shape[0], read.shape[0]);
    assert_eq!(encode(&again.value).unwrap(), written);
}

#[test]
fn a_value_made_here_says_its_type() {
    let mut circle = Circle::default();
    circle.ext.attributes_mut().set_in("urn:z", "xsi:odd", "1");
    circle.ext.attributes_mut().set_in("urn:z", "t:odd", "2");
    let shapes = Shapes {
        shape: vec![circle.into()],
        ..Shapes::default()
    };
    let written = encode(&shapes).unwrap();
    let read = decode::<Shapes>(written.as_bytes(), &Scope::new())
        .unwrap()
        .value;
    assert!(matches!(&*read.shape, [AnyShape::Circle(_)]), "{written}");
}
