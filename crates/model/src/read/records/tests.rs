//! Records out of chunks against the whole decode, and what is refused.

use super::*;
use crate::{Decoded, Effect, Ext, NoFault, Operation, Text, decode, elements};

const NS: &str = "urn:x";

#[derive(Debug, Clone, Default, PartialEq)]
struct Srch {
    cursor: Option<Text>,
    ext: Ext,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct SrchResponse {
    more: Option<Text>,
    rows: Option<Box<Rows>>,
    ext: Ext,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Rows {
    row: Vec<Row>,
    ext: Ext,
}

#[derive(Debug, Clone, Default, PartialEq)]
struct Row {
    id: Text,
    row: Option<Box<Row>>,
    ext: Ext,
}

elements! { Srch: "Cursor" => cursor, }
elements! { SrchResponse: "MoreRec" => more, "Rows" => rows, }
elements! { Rows: "Row" => row, }
elements! { Row: "Id" => id, "Row" => row, }

impl Message for Srch {
    const NAMESPACE: &'static str = NS;
    const ELEMENT: &'static str = "Srch";
}

impl Message for SrchResponse {
    const NAMESPACE: &'static str = NS;
    const ELEMENT: &'static str = "SrchResponse";
}

impl Operation for Srch {
    const NAME: &'static str = "Srch";
    const ACTION: &'static str = "";
    const SERVICE: &'static str = "";
    const EFFECT: Effect = Effect::Read;
    type Response = SrchResponse;
    type Fault = NoFault;
}

impl Search for Srch {
    type Record = Row;
    const RECORDS: [&'static str; 2] = ["Rows", "Row"];

    fn cursor(&mut self) -> &mut Option<Text> {
        &mut self.cursor
    }

    fn next_page(response: &SrchResponse) -> (Option<&Text>, Option<&Text>) {
        (response.more.as_ref(), None)
    }
}

/// The records and the rest of an answer that comes in chunks.
fn by_record(
    answer: &[u8],
    size: usize,
    limits: RecordLimits,
) -> Result<(Vec<Row>, String), DecodeError> {
    let mut reader = RecordReader::<Srch>::new(limits);
    let mut rows = Vec::new();
    for chunk in answer.chunks(size) {
        reader.push(chunk);
        while let Some(row) = reader.record()? {
            rows.push(row);
        }
    }
    let rest = String::from_utf8_lossy(&reader.finish()?).into_owned();
    Ok((rows, rest))
}

/// The payload of an envelope of these tests.
fn payload(answer: &str) -> &str {
    let start = answer.find("Body>").unwrap() + 5;
    let end = answer.rfind("</s:Body>").unwrap();
    &answer[start..end]
}

fn whole(answer: &str) -> Result<SrchResponse, DecodeError> {
    let scope = Scope::new()
        .bind("s", SOAP[0])
        .bind("", NS)
        .bind("p", NS)
        .bind("q", "urn:q");
    decode(payload(answer).as_bytes(), &scope).map(Decoded::into_value)
}

fn envelope(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\"?>\n<s:Envelope xmlns:s=\"{}\" xmlns=\"{NS}\" xmlns:p='{NS}' xmlns:q=\"urn:q\">\
         <s:Header><Rows><Row><Id>no</Id></Row></Rows></s:Header><s:Body>{content}</s:Body></s:Envelope>\n",
        SOAP[0]
    )
}

/// What the whole decode finds is what comes record by record, however it is cut.
fn same_as_whole(content: &str) {
    let answer = envelope(content);
    let mut expected = whole(&answer).unwrap();
    let rows = match &mut expected.rows {
        Some(rows) => std::mem::take(&mut rows.row),
        None => Vec::new(),
    };
    for size in 1..=answer.len() {
        let (found, rest) = by_record(answer.as_bytes(), size, RecordLimits::default()).unwrap();
        assert_eq!(found, rows, "{size} {content}");
        assert_eq!(whole(&rest).unwrap(), expected, "{size} {content}");
    }
}

#[test]
fn what_stands_in_front_of_the_records_is_known_before_they_are_all_there() {
    for (content, told) in [
        (
            "<SrchResponse><MoreRec>true</MoreRec><Rows><Row/><Row/>",
            Some("true"),
        ),
        (
            "<p:SrchResponse><p:MoreRec>true</p:MoreRec><p:Rows><p:Row/><q:Row/> <p:Row/>",
            Some("true"),
        ),
        ("<SrchResponse><Rows><Row/>", None),
    ] {
        let answer = envelope(content);
        let answer = answer.split_once("</s:Body>").unwrap().0;
        let mut reader = RecordReader::<Srch>::new(RecordLimits::default());
        assert_eq!(reader.front(), None);
        reader.push(answer.as_bytes());
        assert!(reader.record().unwrap().is_some());
        let front = String::from_utf8(reader.front().unwrap()).unwrap();
        let front = whole(&front).unwrap();
        assert_eq!(front.more.as_ref().map(Text::as_str), told, "{content}");
        while reader.record().unwrap().is_some() {}
        let name = &answer[answer.rfind('<').unwrap()..];
        let closed = name
            .replace("<Row/>", "</Rows>")
            .replace("<p:Row/>", "</p:Rows>");
        reader.push(closed.as_bytes());
        assert!(reader.record().unwrap().is_none());
        assert_eq!(reader.front(), None, "the array is over");
    }
}

#[test]
fn records_are_those_of_the_whole_however_it_comes() {
    let row = "<Row a='&#60;>'><Id>1</Id><Row><Id>in &amp; side</Id></Row><x>new</x></Row>";
    for content in [
        format!(
            "<SrchResponse><MoreRec>true</MoreRec><Rows>{row}\n {row}<Row/></Rows></SrchResponse>"
        ),
        format!(
            "<p:SrchResponse><p:Rows>{row}<p:Row><p:Id><![CDATA[</p:Row>]]></p:Id></p:Row></p:Rows><MoreRec/></p:SrchResponse>"
        ),
        format!(
            "<SrchResponse xmlns:n='{NS}'><!-- <Rows> --><n:Rows><?p <Row>?>{row}<!--</Rows>--><n:Row q:b=''/></n:Rows></SrchResponse>"
        ),
        // A second array, a stranger's records, text between them: not for the type, and kept.
        format!("<SrchResponse><Rows>{row}</Rows><Rows>{row}</Rows></SrchResponse>"),
        format!("<SrchResponse><Rows/><Rows>{row}</Rows></SrchResponse>"),
        format!("<SrchResponse><Rows>stray{row}<q:Row><Id>2</Id></q:Row> x </Rows></SrchResponse>"),
        format!("<SrchResponse><Rows xmlns:p='urn:q'>{row}<p:Row/></Rows></SrchResponse>"),
        format!("<SrchResponse><q:Rows>{row}</q:Rows><Row/></SrchResponse>"),
        "<SrchResponse/>".to_owned(),
    ] {
        same_as_whole(&content);
    }
}

#[test]
fn a_fault_is_in_the_rest() {
    let fault = "<s:Fault><faultcode>s:Server</faultcode><Rows><Row/></Rows></s:Fault>";
    let answer = envelope(fault);
    for size in [1, 7, 10_000] {
        let (rows, rest) = by_record(answer.as_bytes(), size, RecordLimits::default()).unwrap();
        assert!(rows.is_empty());
        assert_eq!(rest, answer);
    }
}

#[test]
fn what_is_wrong_in_a_record_is_told_with_its_place() {
    let good = "<Row><Id>1</Id></Row>";
    for (bad, code) in [
        ("<Row><Id>2</Row></Id>", "model-syntax"),
        ("<Row><Id>&nbsp;</Id></Row>", "model-entity"),
        ("<Row><Id>\u{1}</Id></Row>", "model-character"),
        ("<Row><n:Id/></Row>", "model-prefix"),
        ("<Row><Id><b/></Id></Row>", "model-element-in-value"),
        ("<!DOCTYPE x>", "model-dtd"),
        ("<Row><!DOCTYPE x></Row>", "model-dtd"),
    ] {
        let answer = envelope(&format!(
            "<SrchResponse><Rows>{good}{bad}{good}</Rows></SrchResponse>"
        ));
        for size in [1, 5, 10_000] {
            let mut reader = RecordReader::<Srch>::new(RecordLimits::default());
            let (mut rows, mut told) = (0, None);
            for chunk in answer.as_bytes().chunks(size) {
                reader.push(chunk);
                loop {
                    match reader.record() {
                        Ok(Some(_)) => rows += 1,
                        Ok(None) => break,
                        Err(error) => {
                            told = Some(error);
                            break;
                        }
                    }
                }
                if told.is_some() {
                    break;
                }
            }
            let error = told.unwrap();
            assert_eq!((rows, error.code()), (1, code), "{bad} {size}");
            let offset = offset(&error);
            let range = answer.find(bad).unwrap()..answer.find(bad).unwrap() + bad.len();
            assert!(range.contains(&offset), "{offset} {bad}");
        }
    }
}

fn offset(error: &DecodeError) -> usize {
    match error {
        DecodeError::Syntax { offset, .. }
        | DecodeError::Entity { offset, .. }
        | DecodeError::Character { offset }
        | DecodeError::Prefix { offset, .. }
        | DecodeError::Limit { offset, .. }
        | DecodeError::Dtd { offset }
        | DecodeError::ElementInValue { offset, .. } => *offset,
        other => panic!("{other}"),
    }
}

#[test]
fn an_answer_that_is_cut_short_is_never_taken_for_whole() {
    let answer = envelope("<SrchResponse><Rows><Row><Id>1</Id></Row><Row/></Rows></SrchResponse>");
    let answer = answer.trim_end();
    for end in 0..answer.len() {
        let cut = by_record(&answer.as_bytes()[..end], 9, RecordLimits::default());
        // What opens the rest asks for its end.
        assert!(
            cut.is_err() || !cut.unwrap().1.ends_with("</s:Envelope>"),
            "{end}"
        );
    }
}

#[test]
fn a_record_and_what_is_none_are_bounded() {
    let limits = RecordLimits {
        record: 100,
        rest: 1_000,
        ..RecordLimits::default()
    };
    let long = "x".repeat(101);
    for (content, what) in [
        (
            format!("<SrchResponse><Rows><Row><Id>{long}</Id></Row></Rows></SrchResponse>"),
            "bytes of a record",
        ),
        (
            format!("<SrchResponse><Rows><Row a='{long}'"),
            "bytes of a record",
        ),
        (
            format!("<SrchResponse><!--{}", "-".repeat(1_000)),
            "bytes beside the records",
        ),
        (
            format!("<SrchResponse><Rows>{}", " <!-- -->".repeat(200)),
            "bytes beside the records",
        ),
        (
            format!("<SrchResponse {}", "a='' ".repeat(400)),
            "bytes beside the records",
        ),
    ] {
        for size in [1, 64, 10_000] {
            let error = by_record(envelope(&content).as_bytes(), size, limits).unwrap_err();
            assert!(
                matches!(error, DecodeError::Limit { limit, .. } if limit == what),
                "{error}"
            );
        }
    }
    let deep = format!(
        "<SrchResponse><Rows>{}",
        "<Row>".repeat(130) + &"</Row>".repeat(130)
    );
    let error = by_record(envelope(&deep).as_bytes(), 100, RecordLimits::default()).unwrap_err();
    assert_eq!(error.code(), "model-limit");
    // Between records is room for any layout.
    let wide = format!(
        "<SrchResponse><Rows>{}</Rows></SrchResponse>",
        "<Row/>\n      ".repeat(500)
    );
    let (rows, rest) = by_record(envelope(&wide).as_bytes(), 100, limits).unwrap();
    assert!(rows.len() == 500 && rest.len() < 600);
}

/// Pieces that make or break the parts of an answer.
const PIECES: [&str; 30] = [
    "<Row>",
    "</Row>",
    "<Row/>",
    "<Rows>",
    "</Rows>",
    "<Rows/>",
    "<Id>",
    "</Id>",
    "<Id/>",
    "<p:Row>",
    "</p:Row>",
    "<q:Row/>",
    "<SrchResponse>",
    "</SrchResponse>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?p ",
    "?>",
    "'",
    "\"",
    ">",
    "<",
    "/",
    " ",
    "&amp;",
    " xmlns='urn:x'",
    " xmlns:p='urn:q'",
    "x",
];

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig {
        failure_persistence: None,
        cases: 2_000,
        ..Default::default()
    })]

    /// Whatever is done to an answer, chunks give what the whole gives, or both refuse it.
    #[test]
    fn chunks_and_whole_agree_on_any_answer(
        edits in proptest::collection::vec((0..400_usize, 0..=PIECES.len(), 0..12_usize), 0..6),
        size in 1..80_usize,
    ) {
        let row = "<Row a='&#60;>'><Id>1</Id><Row><Id>in</Id></Row></Row>";
        let mut content = format!(
            "<SrchResponse><MoreRec>true</MoreRec><Rows>{row}\n <p:Row/>{row}</Rows><Rows>{row}</Rows></SrchResponse>"
        );
        for (at, piece, gone) in edits {
            let at = at.min(content.len());
            let end = (at + gone).min(content.len());
            content.replace_range(at..end, PIECES.get(piece).unwrap_or(&""));
        }
        let answer = envelope(&content);
        let expected = whole(&answer).map(|mut response| {
            let rows = response.rows.as_mut().map(|rows| std::mem::take(&mut rows.row));
            (rows.unwrap_or_default(), response)
        });
        let found = by_record(answer.as_bytes(), size, RecordLimits::default());
        let (head, tail) = answer.split_at(answer.find("<s:Body>").unwrap() + 8);
        let tail = &tail[content.len()..];
        let found = found.ok().and_then(|(rows, rest)| {
            let rest = rest.starts_with(head).then_some(rest)?;
            Some((rows, rest.ends_with(tail).then(|| whole(&rest))?.ok()?))
        });
        proptest::prop_assert_eq!(found, expected.ok(), "{}", content);
    }
}
