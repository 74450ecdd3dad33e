//! The root part, found by lines: slow, whole, and with nothing in common with the reader it judges.

use std::ops::Range;

/// Where the root part's content stands, and its Content-Length digits.
pub(crate) struct Root {
    pub(crate) content: Range<usize>,
    pub(crate) length: Option<Range<usize>>,
}

/// What the judge needs of a Content-Type.
pub(crate) struct Parameters<'a> {
    pub(crate) boundary: &'a str,
    pub(crate) start: Option<&'a str>,
}

/// The parameters of a plain Content-Type; how an odd one is read is not the judge's subject.
pub(crate) fn parameters(content_type: &str) -> Option<Parameters<'_>> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"<>@._/+-=".contains(&byte);
    let (mut boundary, mut start) = (None, None);
    for parameter in content_type.split(';').skip(1) {
        let (name, value) = parameter.trim_matches(' ').split_once('=')?;
        let value = match value.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"')?,
            None => value,
        };
        if value.is_empty() || !value.bytes().all(plain) {
            return None;
        }
        let place = match name.to_ascii_lowercase().as_str() {
            "boundary" => &mut boundary,
            "start" => &mut start,
            "type" | "charset" => continue,
            _ => return None,
        };
        if place.replace(value).is_some() {
            return None;
        }
    }
    Some(Parameters {
        boundary: boundary?,
        start,
    })
}

/// The part whose Content-ID is `start`, or the first.
pub(crate) fn root(input: &[u8], boundary: &str, start: Option<&str>) -> Option<Root> {
    let lines = lines(input);
    let delimiter = format!("--{boundary}");
    let is_delimiter = |line: &Range<usize>| {
        let text = &input[line.clone()];
        text.starts_with(delimiter.as_bytes())
    };
    let mut at = lines.iter().position(&is_delimiter)?;
    loop {
        let header = at + 1;
        let blank = header + lines.get(header..)?.iter().position(Range::is_empty)?;
        let next = lines[blank + 1..].iter().position(&is_delimiter);
        // Lines that begin with white space belong to the field before them.
        let mut fields: Vec<Range<usize>> = Vec::new();
        for line in &lines[header..blank] {
            match fields.last_mut() {
                Some(field) if matches!(input[line.start], b' ' | b'\t') => field.end = line.end,
                _ => fields.push(line.clone()),
            }
        }
        let field = |wanted: &str| {
            fields.iter().find_map(|field| {
                let text = std::str::from_utf8(&input[field.clone()]).ok()?;
                let (name, value) = text.split_once(':')?;
                let value = name.eq_ignore_ascii_case(wanted).then_some(value)?;
                let lead = value.len() - value.trim_start().len();
                let from = field.start + name.len() + 1 + lead;
                Some((
                    value.replace("\r\n", "").trim().to_owned(),
                    from..from + value.trim().len(),
                ))
            })
        };
        let bare = |text: &str| text.replace(['<', '>'], "");
        let id = field("content-id").map(|(value, _)| bare(&value));
        if start.is_none_or(|start| id == Some(bare(start))) {
            let begin = lines.get(blank + 1).map_or(input.len(), |line| line.start);
            let end = match next {
                // The line break belongs to the delimiter.
                Some(next) => lines[blank + next].end.max(begin),
                None => input.len(),
            };
            return Some(Root {
                content: begin..end,
                length: field("content-length").map(|(_, range)| range),
            });
        }
        at = blank + 1 + next?;
    }
}

/// The lines without their line breaks, of whatever kind.
fn lines(input: &[u8]) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    for (at, byte) in input.iter().enumerate() {
        if *byte == b'\n' {
            let end = if input[start..at].ends_with(b"\r") {
                at - 1
            } else {
                at
            };
            lines.push(start..end);
            start = at + 1;
        }
    }
    lines.push(start..input.len());
    lines
}
