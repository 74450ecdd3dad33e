//! A message as it may be shown: without its values, and never with its credentials.

use http::header::CONTENT_TYPE;

use super::exchange::Prepared;
use crate::command::way::Way;

/// Stands for what is not shown.
const HIDDEN: &str = "***";

/// The request as it would go out, in lines; values only if asked for.
pub(super) fn shown(way: &Way<'_>, prepared: &Prepared, values: bool) -> String {
    let mut text = format!("POST {}\n", prepared.url);
    for (name, value) in &prepared.headers {
        let value = String::from_utf8_lossy(value.as_bytes());
        text.push_str(&format!("{name}: {value}\n"));
    }
    if way.has_token() {
        text.push_str("authorization: Bearer [not shown]\n");
    }
    text.push('\n');
    let content_type = prepared.headers.get(CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let envelope = way.shown(&prepared.envelope, content_type, HIDDEN);
    text + &masked(&String::from_utf8_lossy(&envelope), values)
}

/// Elements on lines of their own. The input is an envelope of our own making: tags hold no `>` in their values.
fn masked(xml: &str, values: bool) -> String {
    let mut out = String::new();
    let mut open: Vec<&str> = Vec::new();
    let mut rest = xml;
    while let Some(start) = rest.find('<') {
        let (text, tagged) = rest.split_at(start);
        let end = tagged.find('>').map_or(tagged.len(), |end| end + 1);
        let (tag, after) = tagged.split_at(end);
        rest = after;
        let is_secret = open.iter().any(|name| local(name) == "Security");
        let has_text = !text.trim().is_empty();
        if has_text {
            out.push_str(if values && !is_secret { text } else { HIDDEN });
        }
        if let Some(name) = tag.strip_prefix("</") {
            let name = name.trim_end_matches('>').trim();
            open.pop();
            // An end tag stands on the line of its start tag, unless elements stand between.
            if !has_text && !out.ends_with(&format!("<{name}>")) && out.ends_with('>') {
                let is_leaf = last_tag(&out).is_some_and(|last| {
                    last.starts_with(&format!("<{name}")) && !last.ends_with("/>")
                });
                if !is_leaf {
                    line(&mut out, open.len());
                }
            }
            out.push_str(tag);
            continue;
        }
        line(&mut out, open.len());
        match values && !is_secret {
            true => out.push_str(tag),
            false => out.push_str(&hide_attributes(tag)),
        }
        if !tag.ends_with("/>") && !tag.starts_with("<?") {
            let name = tag[1..].split([' ', '>']).next().unwrap_or_default();
            open.push(name);
        }
    }
    out
}

fn last_tag(out: &str) -> Option<&str> {
    out.rfind('<').map(|at| &out[at..])
}

fn line(out: &mut String, depth: usize) {
    if !out.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
}

fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// The tag without the values of attributes, save namespaces.
fn hide_attributes(tag: &str) -> String {
    if tag.starts_with("<?") {
        return tag.to_owned();
    }
    let mut shown = String::new();
    let mut parts = tag.split('"');
    while let Some(before) = parts.next() {
        shown.push_str(before);
        let Some(value) = parts.next() else { break };
        let name = before.trim_end_matches('=').rsplit(' ').next();
        let is_namespace = name.is_some_and(|name| name.starts_with("xmlns"));
        let value = if is_namespace { value } else { HIDDEN };
        shown.push_str(&format!("\"{value}\""));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    const XML: &str = "<?xml version=\"1.0\"?><e:E xmlns:e=\"urn:e\"><a b=\"77\">77</a><c/><d></d><f><g>1</g></f>\
        <w:Security><w:Password>77</w:Password></w:Security></e:E>";

    #[test]
    fn values_are_hidden_and_credentials_always() {
        let hidden = masked(XML, false);
        assert!(!hidden.contains("77"), "{hidden}");
        assert!(
            hidden.contains(
                "\n  <a b=\"***\">***</a>\n  <c/>\n  <d></d>\n  <f>\n    <g>***</g>\n  </f>\n"
            ),
            "{hidden}"
        );
        assert!(hidden.contains("xmlns:e=\"urn:e\""), "{hidden}");
        let shown = masked(XML, true);
        assert!(shown.contains("<a b=\"77\">77</a>"), "{shown}");
        assert!(shown.contains("<w:Password>***</w:Password>"), "{shown}");
        assert!(shown.ends_with("\n</e:E>"), "{shown}");
    }
}
