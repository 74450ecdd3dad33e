//! Doc comments: the words of the contract, never its mark-up.

use super::text::{Source, WIDTH};
use crate::doc::Doc;
use crate::ir::Attribute;
use crate::schema::{FIXED, PRESET};
use crate::xml::XML_NAMESPACE;

/// Adds documentation, `fallback` when there is none, and `more` as last paragraphs.
pub(super) fn push(source: &mut Source, indent: usize, doc: &Doc, fallback: &str, more: &[String]) {
    let mut paragraphs = paragraphs(doc);
    if paragraphs.is_empty() {
        paragraphs.push(fallback.to_owned());
    }
    paragraphs.extend_from_slice(more);
    push_paragraphs(source, indent, "///", &paragraphs);
}

/// Adds paragraphs that are Markdown already.
pub(super) fn push_paragraphs(
    source: &mut Source,
    indent: usize,
    slashes: &str,
    paragraphs: &[String],
) {
    let space = " ".repeat(indent);
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            source.line(&format!("{space}{slashes}"));
        }
        let mut line = String::new();
        for word in paragraph.split(' ').filter(|word| !word.is_empty()) {
            if !line.is_empty() && indent + 4 + line.len() + 1 + word.len() > WIDTH {
                source.line(&format!("{space}{slashes} {line}"));
                line.clear();
            }
            if line.is_empty() {
                line.push_str(&line_start(word));
            } else {
                line.push(' ');
                line.push_str(word);
            }
        }
        source.line(&format!("{space}{slashes} {line}"));
    }
}

/// The `#[deprecated]` attribute for a documentation that says so.
pub(super) fn push_deprecated(source: &mut Source, indent: usize, doc: &Doc) {
    if let Some(deprecation) = &doc.deprecated {
        let space = " ".repeat(indent);
        let date: String = deprecation
            .date
            .chars()
            .filter(|c| c.is_ascii_digit() || *c == '-')
            .take(10)
            .collect();
        let since = if date.is_empty() {
            String::new()
        } else {
            format!(" since {date}")
        };
        source.line(&format!(
            "{space}#[deprecated(note = \"by the contract{since}\")]"
        ));
    }
}

/// A `doc(alias)`, unless the name is the item's own or holds what an alias may not.
pub(super) fn push_alias(source: &mut Source, schema_name: &str, rust_name: &str) {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if schema_name != rust_name && !schema_name.is_empty() && schema_name.chars().all(plain) {
        source.line(&format!("#[doc(alias = \"{schema_name}\")]"));
    }
}

/// The sentence that names the attributes a type may carry.
pub(super) fn attributes(attributes: &[Attribute]) -> Option<String> {
    let names: Vec<String> = attributes
        .iter()
        .map(|attribute| {
            let local = attribute.name.local();
            let name = match attribute.name.namespace() {
                "" => code(local),
                XML_NAMESPACE => code(&format!("xml:{local}")),
                namespace => format!("{} of {}", code(local), code(namespace)),
            };
            let preset = |(mark, value): &(String, String)| {
                let word = match mark.as_str() {
                    PRESET => "default",
                    FIXED => "always",
                    _ => return None,
                };
                Some(format!("{name} ({word} {})", code(value)))
            };
            attribute.doc.notes.iter().find_map(preset).unwrap_or(name)
        })
        .collect();
    (!names.is_empty()).then(|| format!("Attributes: {}.", names.join(", ")))
}

/// The sentence that lists documented values.
pub(super) fn values(values: &[String]) -> Option<String> {
    let values: Vec<String> = values.iter().map(|value| code(value)).collect();
    (!values.is_empty()).then(|| format!("Values: {}.", values.join(", ")))
}

/// The first paragraph, for a field whose documentation is that of its type.
pub(super) fn summary(doc: &Doc) -> Option<String> {
    doc.text.first().map(|text| sentence(text))
}

/// The paragraphs of a documentation as Markdown.
pub(super) fn paragraphs(doc: &Doc) -> Vec<String> {
    let mut paragraphs: Vec<String> = doc.text.iter().map(|text| sentence(text)).collect();
    paragraphs.extend(values(&doc.values));
    for (mark, text) in &doc.notes {
        paragraphs.push(format!("{}: {}", escape(mark), sentence(text)));
    }
    if let Some(deprecation) = &doc.deprecated {
        let date = escape(&deprecation.date);
        let note = escape(&deprecation.note);
        paragraphs.push(
            format!("**Deprecated** {date} {note}")
                .trim_end()
                .to_owned(),
        );
    }
    paragraphs
}

/// A name or value as inline code.
pub(super) fn code(text: &str) -> String {
    let plain = |c: char| c == ' ' || c.is_ascii_graphic() && c != '`' && c != '\\';
    if !text.is_empty() && text.chars().all(plain) && text.trim() == text {
        format!("`{text}`")
    } else {
        escape(text)
    }
}

/// Escaped text that ends like a sentence.
fn sentence(text: &str) -> String {
    let mut escaped = escape(text);
    if escaped.ends_with(|last: char| last.is_ascii_alphanumeric() || last == ')') {
        escaped.push('.');
    }
    escaped
}

/// Text in which Markdown, HTML and rustdoc find nothing to act upon.
pub(super) fn escape(text: &str) -> String {
    let words = text.split_whitespace().map(|word| {
        match word.find("http://").or_else(|| word.find("https://")) {
            Some(start) => escape_link(word, start),
            None => escape_word(word),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A word with an address in it: the address as a link, the rest escaped.
fn escape_link(word: &str, start: usize) -> String {
    let (before, address) = word.split_at(start);
    let safe = |c: char| c.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(c);
    let end = address.find(|c: char| !safe(c)).unwrap_or(address.len());
    let (address, after) = address.split_at(end);
    let trimmed = address.trim_end_matches(['.', ',', ';', ':', ')', ']', '\'', '!', '?']);
    let after = format!("{}{after}", &address[trimmed.len()..]);
    // No link to a bare scheme.
    if trimmed.ends_with('/') && trimmed.matches('/').count() == 2 {
        return escape_word(word).replace("://", ":\\//");
    }
    let after = after.replace("://", ": //");
    format!("{}<{trimmed}>{}", escape_word(before), escape_word(&after))
}

fn escape_word(word: &str) -> String {
    let mut escaped = String::with_capacity(word.len());
    let characters: Vec<char> = word.chars().collect();
    for (index, &character) in characters.iter().enumerate() {
        match character {
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '&' | '|' | '~' => {
                escaped.push('\\');
                escaped.push(character);
            }
            // Inside a word an underscore is a letter.
            '_' if index > 0 && characters.get(index + 1).is_some_and(|next| *next != '_') => {
                escaped.push('_')
            }
            '_' => escaped.push_str("\\_"),
            control if control.is_control() || is_invisible(control) => {
                escaped.push_str(&format!("U+{:04X}", u32::from(control)));
            }
            other => escaped.push(other),
        }
    }
    escaped
}

/// Characters that change how others are shown, or show nothing.
fn is_invisible(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

/// A first word that would open a list, a heading or a fence, made plain.
fn line_start(word: &str) -> String {
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && matches!(word.as_bytes().get(digits), Some(b'.' | b')')) {
        return format!("{}\\{}", &word[..digits], &word[digits..]);
    }
    match word.chars().next() {
        Some('#' | '-' | '+' | '=' | ':') => format!("\\{word}"),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mark_up_is_made_plain() {
        let cases = [
            ("a [b] <c> `d` *e*", "a \\[b\\] \\<c\\> \\`d\\` \\*e\\*"),
            ("*/ \"#] #[x]\n//!", "\\*/ \"#\\] #\\[x\\] //!"),
            ("x_y _z_ __", "x_y \\_z\\_ \\_\\_"),
            ("\u{202e}evil\u{0}", "U+202EevilU+0000"),
            ("(see http://a.b/c_d).", "(see <http://a.b/c_d>)."),
            ("&lt; &#91;", "\\&lt; \\&#91;"),
        ];
        for (text, expected) in cases {
            assert_eq!(escape(text), expected, "{text}");
        }
        for (word, expected) in [("1.", "1\\."), ("-", "\\-"), ("#", "\\#"), ("12a.", "12a.")] {
            assert_eq!(line_start(word), expected);
        }
    }

    #[test]
    fn long_text_is_wrapped() {
        let mut source = Source::default();
        push_paragraphs(&mut source, 4, "///", &["word ".repeat(40), "end".into()]);
        assert!(
            source
                .text
                .lines()
                .all(|line| line.len() <= WIDTH && line.starts_with("    ///"))
        );
        assert!(source.text.ends_with("    ///\n    /// end\n"));
    }
}
