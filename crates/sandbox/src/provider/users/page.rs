//! The sign-in page: any name, any password, an institution to choose.

use crate::Institution;

/// The page, as HTML without scripts.
pub(super) fn sign_in(
    action: &str,
    flow: &str,
    hint: &str,
    institutions: &[Institution],
) -> String {
    let choice = match institutions {
        [] => String::new(),
        some => {
            let options: String = some
                .iter()
                .map(|one| {
                    let (id, name) = (escaped(&one.id), escaped(&one.name));
                    format!("<option value=\"{id}\">{name}</option>")
                })
                .collect();
            format!(
                "<p><label>Institution <select name=\"institution\">\
                 <option value=\"\">none yet</option>{options}</select></label></p>"
            )
        }
    };
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sandbox sign-in</title></head>\
         <body><h1>Sandbox sign-in</h1><form method=\"post\" action=\"{action}\">\
         <input type=\"hidden\" name=\"flow\" value=\"{}\">\
         <p><label>Name <input name=\"login\" required value=\"{}\"></label></p>\
         <p><label>Password <input name=\"password\" type=\"password\" required></label></p>{choice}\
         <button type=\"submit\">Sign in</button></form></body></html>",
        escaped(flow),
        escaped(hint),
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}
