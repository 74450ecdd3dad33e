//! Drafts the e-mail about a country that is not on Jack Henry's list.

use castile_http::Profile;

/// The text, with gaps for what only the sender knows; it holds no secret.
pub(super) fn draft(profile: &Profile) -> String {
    let client_id = profile
        .client
        .as_ref()
        .map_or("", |client| &*client.client_id);
    let gateway = profile
        .oauth
        .as_ref()
        .map_or("", |oauth| oauth.url.as_str());
    format!(
        "Subject: jXchange OAuth: HTTP 502 from the gateway, country of origin\n\
         \n\
         Hello,\n\
         \n\
         our client gets an access token from Jack Henry Identity, and the jXchange gateway answers its Ping with\n\
         HTTP 502. By the OAuth FAQ this means that the country our traffic comes from is not on your list.\n\
         Please add it, or tell us what else is needed.\n\
         \n\
         Client id:            {client_id}\n\
         Institution (routing): {}\n\
         Environment:          {}\n\
         Product:              {}\n\
         Gateway:              {gateway}\n\
         Our public addresses: [fill in]\n\
         Country:              [fill in]\n\
         Time of the attempt:  [fill in, with time zone]\n\
         \n\
         Kind regards,\n\
         [name, company, phone]",
        profile.inst_rt_id, profile.inst_env, profile.product
    )
}
