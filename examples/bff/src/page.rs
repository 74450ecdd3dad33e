//! The pages: HTML without scripts, each form with the CSRF token.

use crate::Institution;

/// For somebody who is not signed in.
pub(crate) fn welcome() -> String {
    page("<h1>Welcome</h1><p><a id=\"login\" href=\"/login\">Sign in</a></p>")
}

/// For a user who has to choose.
pub(crate) fn choose(csrf: &str, institutions: &[Institution]) -> String {
    let choices: String = institutions
        .iter()
        .map(|one| {
            format!(
                "<p><button name=\"institution\" value=\"{}\">{}</button></p>",
                escaped(&one.id),
                escaped(&one.name)
            )
        })
        .collect();
    page(&format!(
        "<h1>Your institution</h1><form method=\"post\" action=\"/institutions\">\
         <input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">{choices}</form>"
    ))
}

/// For a user of an institution.
pub(crate) fn home(csrf: &str, subject: &str, institution: &Institution) -> String {
    page(&format!(
        "<h1>{}</h1><p id=\"user\">{}</p>\
         <form method=\"post\" action=\"/logout\"><input type=\"hidden\" name=\"csrf\" value=\"{csrf}\">\
         <button id=\"logout\">Sign out</button></form>",
        escaped(&institution.name),
        escaped(subject)
    ))
}

/// For somebody who has gone.
pub(crate) fn signed_out() -> String {
    page("<h1>Signed out</h1><p><a id=\"login\" href=\"/login\">Sign in again</a></p>")
}

fn page(body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Example</title></head>\
         <body>{body}</body></html>"
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
