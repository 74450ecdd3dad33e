//! Puts an envelope around a payload.

use std::fmt;

use crate::error::Refusal;
use crate::open::no_declaration;
use crate::report::SoapVersion;
use crate::scan::chars;

const HEAD_11: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Header>"#
);
const HEAD_12: &str = concat!(
    r#"<?xml version="1.0" encoding="utf-8"?>"#,
    r#"<soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope"><soap:Header>"#
);
const MIDDLE: &str = "</soap:Header><soap:Body>";
const OPEN: &str = concat!(
    r#"<wsse:Security xmlns:wsse="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd""#,
    r#" xmlns:wsu="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd""#
);
const USERNAME: &str = "><wsse:UsernameToken><wsse:Username>";
const PASSWORD: &str = concat!(
    r#"</wsse:Username><wsse:Password Type="http://docs.oasis-open.org/wss/2004/01/"#,
    r#"oasis-200401-wss-username-token-profile-1.0#PasswordText">"#
);
const CLOSE: &str = "</wsse:UsernameToken></wsse:Security>";
const TAIL: &str = "</soap:Body></soap:Envelope>";

/// How to wrap a payload; the default is a SOAP 1.1 envelope with an empty Header.
///
/// `Debug` shows nothing of the header blocks.
#[derive(Clone, Copy)]
pub struct Wrap<'a> {
    /// The version of SOAP.
    pub soap: SoapVersion,
    /// Header blocks in UTF-8, one behind the other; copied as they are.
    pub headers: &'a [u8],
    /// The old credentials, for a bank that has not moved to OAuth.
    pub security: Option<UsernameToken<'a>>,
}

impl Default for Wrap<'_> {
    fn default() -> Self {
        Self {
            soap: SoapVersion::V11,
            headers: &[],
            security: None,
        }
    }
}

impl fmt::Debug for Wrap<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wrap")
            .field("soap", &self.soap)
            .field("headers", &self.headers.len())
            .field("security", &self.security)
            .finish()
    }
}

/// A WS-Security UsernameToken with the password as text, as jXchange took it before OAuth
/// (UsernameToken Profile 1.0).
///
/// `Debug` shows none of its values.
#[derive(Clone, Copy)]
pub struct UsernameToken<'a> {
    /// The user name.
    pub username: &'a str,
    /// The password.
    pub password: &'a str,
    /// `wsu:Created`, an `xs:dateTime` in UTC; left out if none.
    pub created: Option<&'a str>,
    /// Whether to mark the block `mustUnderstand`.
    pub must_understand: bool,
}

impl fmt::Debug for UsernameToken<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UsernameToken")
            .field("must_understand", &self.must_understand)
            .finish_non_exhaustive()
    }
}

/// An envelope in UTF-8 with `payload`, an element in UTF-8 or nothing, in its Body.
///
/// The payload is copied as it is. The buffer is allocated once and to size, so that no second copy of
/// a password stays behind; with [`Wrap::security`] the result is a secret as a whole.
///
/// # Errors
/// [`Refusal::Unwritable`] for a user name, password or time that XML cannot carry,
/// [`Refusal::PayloadDeclaration`] for a payload with an XML declaration or byte order mark,
/// [`Refusal::NotXml`] for one that does not begin with markup.
///
/// ```
/// use castile_envelope::{Wrap, wrap};
/// let envelope = wrap(b"<Ping/>", &Wrap::default())?;
/// assert!(envelope.ends_with(b"<soap:Header></soap:Header><soap:Body><Ping/></soap:Body></soap:Envelope>"));
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub fn wrap(payload: &[u8], wrap: &Wrap<'_>) -> Result<Vec<u8>, Refusal> {
    for part in [payload, wrap.headers] {
        if !part.is_empty() {
            no_declaration(part)?;
        }
    }
    let head = match wrap.soap {
        SoapVersion::V11 => HEAD_11,
        SoapVersion::V12 => HEAD_12,
    };
    let security = wrap.security.as_ref().map(pieces).transpose()?;
    let pieces = security.as_ref().map_or(&[][..], |pieces| &pieces[..]);
    let length: usize = pieces
        .iter()
        .map(|(markup, value)| markup.len() + escaped(value).map(str::len).sum::<usize>())
        .sum();
    let fixed = head.len() + MIDDLE.len() + TAIL.len();
    let mut out = Vec::with_capacity(fixed + length + wrap.headers.len() + payload.len());
    out.extend_from_slice(head.as_bytes());
    for (markup, value) in pieces {
        out.extend_from_slice(markup.as_bytes());
        for part in escaped(value) {
            out.extend_from_slice(part.as_bytes());
        }
    }
    out.extend_from_slice(wrap.headers);
    out.extend_from_slice(MIDDLE.as_bytes());
    out.extend_from_slice(payload);
    out.extend_from_slice(TAIL.as_bytes());
    Ok(out)
}

/// The Security header as pairs of markup and the value that follows it.
pub(crate) fn pieces<'a>(
    token: &UsernameToken<'a>,
) -> Result<[(&'static str, &'a str); 7], Refusal> {
    let must_understand = if token.must_understand {
        r#" soap:mustUnderstand="1""#
    } else {
        ""
    };
    let (before_created, after_created) = match token.created {
        Some(_) => ("</wsse:Password><wsu:Created>", "</wsu:Created>"),
        None => ("</wsse:Password>", ""),
    };
    let created = token.created.unwrap_or_default();
    Ok([
        (OPEN, ""),
        (must_understand, ""),
        (USERNAME, writable("user name", token.username)?),
        (PASSWORD, writable("password", token.password)?),
        (before_created, writable("creation time", created)?),
        (after_created, ""),
        (CLOSE, ""),
    ])
}

fn writable<'a>(field: &'static str, value: &'a str) -> Result<&'a str, Refusal> {
    match value.find(|c| !chars::is_char(c)) {
        Some(offset) => Err(Refusal::Unwritable { field, offset }),
        None => Ok(value),
    }
}

/// The value as text, in pieces; a carriage return survives only as a reference (XML 1.0 section 2.11).
pub(crate) fn escaped(value: &str) -> impl Iterator<Item = &str> {
    value
        .split_inclusive(['&', '<', '>', '\r'])
        .flat_map(|piece| {
            let reference = match piece.as_bytes().last() {
                Some(b'&') => "&amp;",
                Some(b'<') => "&lt;",
                Some(b'>') => "&gt;",
                Some(b'\r') => "&#13;",
                _ => return [piece, ""],
            };
            [&piece[..piece.len() - 1], reference]
        })
}

#[cfg(test)]
mod tests;
