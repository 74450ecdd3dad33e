//! Finds the texts of a message by the names of the elements around them.

use quick_xml::escape::unescape;
use quick_xml::events::Event;

/// Shows each element without children: the local names that lead to it, its own last, and its text.
///
/// Ends at the first thing that is no XML.
pub(crate) fn leaves(xml: &str, mut show: impl FnMut(&[&str], &str)) {
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut path = Vec::new();
    // Where the text of the element begins that was entered last, until it turns out to have children.
    let mut text = None;
    loop {
        let at = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
        match reader.read_event() {
            Ok(Event::Start(_)) => {
                let name = xml.get(at..).and_then(|tag| tag.strip_prefix('<'));
                path.push(name.map_or("", local));
                text = usize::try_from(reader.buffer_position()).ok();
            }
            Ok(Event::End(_)) => {
                let leaf = text.take().and_then(|text| xml.get(text..at));
                if let Some(Ok(value)) = leaf.map(unescape) {
                    show(&path, &value);
                }
                path.pop();
            }
            Ok(Event::Empty(_)) => text = None,
            Ok(Event::Eof) | Err(_) => return,
            Ok(_) => {}
        }
    }
}

/// The local name that a tag begins with.
fn local(tag: &str) -> &str {
    let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '>' || c == '/');
    let name = &tag[..end.unwrap_or(tag.len())];
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::leaves;

    #[test]
    fn texts_come_with_the_names_around_them() {
        let xml = "<a:A xmlns:a='u'><B x='1'>1 &amp; 2</B><C><D/><E>e</E></C><F></F></a:A><";
        let mut found = Vec::new();
        leaves(xml, |path, value| {
            found.push((path.join("/"), value.to_owned()))
        });
        let found: Vec<_> = found
            .iter()
            .map(|(path, value)| (&**path, &**value))
            .collect();
        assert_eq!(found, [("A/B", "1 & 2"), ("A/C/E", "e"), ("A/F", "")]);
    }
}
