//! Tells program, text and comment apart, byte by byte, without parsing.

use crate::language::Language;

/// What a byte belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Layer {
    /// The program, or all that is no comment where a language has no other texts.
    Code,
    /// A string literal.
    Text,
    /// A comment.
    Comment,
}

/// How a language writes comments and strings.
struct Syntax {
    line: &'static [&'static str],
    block: Option<(&'static str, &'static str)>,
    nested: bool,
    /// Opening, closing, whether a backslash escapes, whether it may go on past the line; longest first.
    strings: &'static [(&'static str, &'static str, bool, bool)],
}

const SLASHES: &[&str] = &["//"];
const STARS: Option<(&str, &str)> = Some(("/*", "*/"));

fn syntax(language: Language) -> Syntax {
    let c_like = |strings| Syntax {
        line: SLASHES,
        block: STARS,
        nested: false,
        strings,
    };
    match language {
        Language::CSharp => c_like(&[
            ("\"\"\"", "\"\"\"", false, true),
            ("@\"", "\"", false, true),
            ("\"", "\"", true, false),
            ("'", "'", true, false),
        ]),
        Language::Java => c_like(&[
            ("\"\"\"", "\"\"\"", true, true),
            ("\"", "\"", true, false),
            ("'", "'", true, false),
        ]),
        Language::JavaScript => c_like(&[
            ("\"", "\"", true, false),
            ("'", "'", true, false),
            ("`", "`", true, true),
        ]),
        Language::Php => Syntax {
            line: &["//", "# "],
            ..c_like(&[("\"", "\"", true, true), ("'", "'", true, true)])
        },
        Language::Rust => Syntax {
            nested: true,
            ..c_like(&[
                ("r##\"", "\"##", false, true),
                ("r#\"", "\"#", false, true),
                ("r\"", "\"", false, true),
                ("\"", "\"", true, true),
            ])
        },
        Language::Python => Syntax {
            line: &["#"],
            block: None,
            nested: false,
            strings: &[
                ("\"\"\"", "\"\"\"", true, true),
                ("'''", "'''", true, true),
                ("\"", "\"", true, false),
                ("'", "'", true, false),
            ],
        },
        Language::Xml => Syntax {
            line: &[],
            block: Some(("<!--", "-->")),
            nested: false,
            strings: &[],
        },
        Language::Json => Syntax {
            // appsettings.json may hold comments.
            ..c_like(&[("\"", "\"", true, false)])
        },
        Language::Settings => Syntax {
            line: &["#", ";"],
            block: None,
            nested: false,
            strings: &[("\"", "\"", true, false)],
        },
    }
}

/// The layer of each byte of `text`.
pub(crate) fn layers(text: &str, language: Language) -> Vec<Layer> {
    let syntax = syntax(language);
    let bytes = text.as_bytes();
    let mut layers = vec![Layer::Code; bytes.len()];
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let (end, layer) = if syntax
            .line
            .iter()
            .any(|mark| rest.starts_with(mark.as_bytes()))
            && begins_comment(bytes, at, language)
        {
            (line_end(bytes, at), Layer::Comment)
        } else if let Some((open, close)) = syntax.block
            && rest.starts_with(open.as_bytes())
        {
            let end = block_end(bytes, at, open.as_bytes(), close.as_bytes(), syntax.nested);
            (end, Layer::Comment)
        } else if let Some(string) = syntax
            .strings
            .iter()
            .find(|string| rest.starts_with(string.0.as_bytes()))
        {
            (string_end(bytes, at, string), Layer::Text)
        } else {
            at += 1;
            continue;
        };
        layers[at..end].fill(layer);
        at = end;
    }
    layers
}

/// In settings a mark begins a comment only where a word could: `a;b` and `url#part` are values.
fn begins_comment(bytes: &[u8], at: usize, language: Language) -> bool {
    language != Language::Settings || at == 0 || bytes[at - 1].is_ascii_whitespace()
}

fn line_end(bytes: &[u8], at: usize) -> usize {
    let rest = bytes[at..].iter().position(|byte| *byte == b'\n');
    rest.map_or(bytes.len(), |length| at + length)
}

fn block_end(bytes: &[u8], start: usize, open: &[u8], close: &[u8], nested: bool) -> usize {
    let mut at = start + open.len();
    let mut depth = 1;
    while at < bytes.len() {
        if bytes[at..].starts_with(close) {
            at += close.len();
            depth -= 1;
            if depth == 0 {
                return at;
            }
        } else if nested && bytes[at..].starts_with(open) {
            at += open.len();
            depth += 1;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

/// A string that must end on its line ends there at the latest, so that a stray quote spoils one line only.
fn string_end(bytes: &[u8], start: usize, string: &(&str, &str, bool, bool)) -> usize {
    let &(open, close, escapes, lines) = string;
    let mut at = start + open.len();
    while at < bytes.len() {
        if bytes[at..].starts_with(close.as_bytes()) {
            return at + close.len();
        }
        at += match bytes[at] {
            b'\\' if escapes => 2,
            b'\n' if !lines => return at,
            _ => 1,
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer_of(text: &str, word: &str, language: Language) -> Layer {
        layers(text, language)[text.find(word).unwrap()]
    }

    #[test]
    fn comments_and_strings_are_told_apart() {
        use Layer::{Code, Comment, Text};
        let cases = [
            ("a(); // here", Language::Java, Comment),
            ("s = \"http://here\";", Language::Java, Text),
            ("/* \" */ here", Language::CSharp, Code),
            ("@\"c:\\\" + here", Language::CSharp, Code),
            ("/* /* */ here */", Language::Rust, Comment),
            ("let x: &'a str; here", Language::Rust, Code),
            ("r#\"\" here\"#", Language::Rust, Text),
            ("x = '''\n# here'''", Language::Python, Text),
            ("x = 1 # here", Language::Python, Comment),
            ("<a b=\"<!-- -->\"/> here", Language::Xml, Code),
            ("<!-- here", Language::Xml, Comment),
            ("a=b;here", Language::Settings, Code),
            ("it's\nhere", Language::JavaScript, Code),
            ("#[Attribute] here", Language::Php, Code),
        ];
        for (text, language, expected) in cases {
            assert_eq!(layer_of(text, "here", language), expected, "{text}");
        }
    }
}
