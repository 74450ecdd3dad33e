//! The one cookie: an opaque number that no script can read.

use http::HeaderMap;
use http::header::COOKIE;
use url::Url;

/// Its name; the prefix binds it to this host, which browsers allow over https only.
fn name(origin: &Url) -> &'static str {
    match origin.scheme() {
        "https" => "__Host-session",
        _ => "session",
    }
}

/// The cookie's value in a request.
pub(crate) fn read<'h>(origin: &Url, headers: &'h HeaderMap) -> Option<&'h str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(found, _)| *found == name(origin))
        .map(|(_, value)| value)
}

/// The header that sets it. `Lax`: the browser comes back from the identity provider by a link from elsewhere.
pub(crate) fn set(origin: &Url, id: &str) -> String {
    format!(
        "{}={id}; Path=/; HttpOnly; Secure; SameSite=Lax",
        name(origin)
    )
}

/// The header that takes it away.
pub(crate) fn clear(origin: &Url) -> String {
    format!(
        "{}=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0",
        name(origin)
    )
}
