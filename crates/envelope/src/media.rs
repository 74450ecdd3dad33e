//! Reads the text of a Content-Type header.

use crate::error::Refusal;

/// A media type with its parameters (RFC 9110 section 8.3.1, RFC 2045 section 5.1).
///
/// Stricter than most readers where a second reading is possible (a parameter given twice), more
/// lenient where none is: a value without quotes may hold what should be quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MediaType {
    /// `type/subtype` in lower case.
    pub(crate) essence: Box<str>,
    parameters: Vec<Parameter>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Parameter {
    name: Box<str>,
    value: Box<str>,
    /// Where the value begins in the text.
    offset: usize,
}

impl MediaType {
    /// Reads the text of a header field.
    ///
    /// # Errors
    /// [`Refusal::ContentType`] with the offset in the text.
    pub(crate) fn read(text: &str) -> Result<Self, Refusal> {
        let bytes = text.as_bytes();
        let refuse = |offset| Refusal::ContentType { offset };
        let mut at = blank_end(bytes, 0);
        let begin = at;
        let slash = token_end(bytes, begin);
        let end = token_end(bytes, slash + 1);
        if slash == begin || bytes.get(slash) != Some(&b'/') || end <= slash + 1 {
            return Err(refuse(slash));
        }
        let mut media = Self {
            essence: text[begin..end].to_ascii_lowercase().into(),
            parameters: Vec::new(),
        };
        at = blank_end(bytes, end);
        while at < bytes.len() {
            if bytes[at] != b';' {
                return Err(refuse(at));
            }
            let name = blank_end(bytes, at + 1);
            if name == bytes.len() || bytes[name] == b';' {
                at = name;
                continue;
            }
            let equals = token_end(bytes, name);
            if equals == name || bytes.get(equals) != Some(&b'=') {
                return Err(refuse(equals));
            }
            let offset = equals + 1;
            let (value, end) = value(text, offset).ok_or_else(|| refuse(offset))?;
            let name: Box<str> = text[name..equals].to_ascii_lowercase().into();
            if media.find(&name).is_some() {
                return Err(refuse(offset));
            }
            media.parameters.push(Parameter {
                name,
                value,
                offset,
            });
            at = blank_end(bytes, end);
        }
        Ok(media)
    }

    /// The value of a parameter, and where it begins in the text.
    pub(crate) fn parameter(&self, name: &str) -> Option<(&str, usize)> {
        self.find(name)
            .map(|parameter| (&*parameter.value, parameter.offset))
    }

    /// Whether its documents are XML (RFC 7303 section 4 and 8).
    pub(crate) fn is_xml(&self) -> bool {
        matches!(&*self.essence, "text/xml" | "application/xml") || self.essence.ends_with("+xml")
    }

    fn find(&self, name: &str) -> Option<&Parameter> {
        self.parameters
            .iter()
            .find(|parameter| &*parameter.name == name)
    }
}

/// The value that begins there, and where it ends; `None` if it is none.
fn value(text: &str, from: usize) -> Option<(Box<str>, usize)> {
    let bytes = text.as_bytes();
    if bytes.get(from) != Some(&b'"') {
        let rest = &bytes[from..];
        let length = rest
            .iter()
            .position(|&byte| !byte.is_ascii_graphic() || matches!(byte, b';' | b'"'))
            .unwrap_or(rest.len());
        return (length > 0).then(|| (text[from..from + length].into(), from + length));
    }
    let mut value = String::new();
    let mut characters = text[from + 1..].char_indices();
    while let Some((at, c)) = characters.next() {
        match c {
            '"' => return Some((value.into(), from + 1 + at + 1)),
            '\\' => value.push(characters.next()?.1),
            c if c.is_control() && c != '\t' => return None,
            c => value.push(c),
        }
    }
    None
}

fn blank_end(bytes: &[u8], from: usize) -> usize {
    end_of(bytes, from, |byte| matches!(byte, b' ' | b'\t'))
}

fn token_end(bytes: &[u8], from: usize) -> usize {
    end_of(bytes, from, is_token)
}

fn end_of(bytes: &[u8], from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|&byte| !belongs(byte));
    from + length.unwrap_or(rest.len())
}

/// RFC 9110 section 5.6.2.
pub(crate) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_type_as_clients_write_it_is_read() {
        let text = "Multipart/Related; type=\"application/xop+xml\";start=\"<http://t/0>\"; \
                    boundary=uuid:e4c1+id=1;start-info=\"a\\\"b;c\" ;";
        let media = MediaType::read(text).unwrap();
        assert_eq!(&*media.essence, "multipart/related");
        let value = |name| media.parameter(name).map(|(value, _)| value);
        assert_eq!(value("type"), Some("application/xop+xml"));
        assert_eq!(value("start"), Some("<http://t/0>"));
        assert_eq!(value("boundary"), Some("uuid:e4c1+id=1"));
        assert_eq!(value("start-info"), Some("a\"b;c"));
        assert_eq!(value("charset"), None);
        let (_, offset) = media.parameter("boundary").unwrap();
        assert!(text[offset..].starts_with("uuid:"));
    }

    #[test]
    fn what_is_no_content_type_is_refused_where_it_shows() {
        for (text, offset) in [
            ("", 0),
            ("text", 4),
            ("text/", 4),
            ("text/xml, text/xml", 8),
            ("text/xml; charset", 17),
            ("text/xml; charset=", 18),
            ("text/xml; charset=\"utf-8", 18),
            ("text/xml; charset=utf-8; CHARSET=utf-16", 33),
            ("text/xml; =utf-8", 10),
            ("text/xml; charset=utf-8 x", 24),
        ] {
            let refusal = MediaType::read(text).unwrap_err();
            assert_eq!(refusal, Refusal::ContentType { offset }, "{text}");
        }
    }

    #[test]
    fn xml_is_known_by_its_types() {
        for (text, xml) in [
            ("text/xml", true),
            ("application/XML", true),
            ("application/soap+xml; action=x", true),
            ("application/xop+xml", true),
            ("text/plain", false),
            ("application/octet-stream", false),
        ] {
            assert_eq!(MediaType::read(text).unwrap().is_xml(), xml, "{text}");
        }
    }
}
