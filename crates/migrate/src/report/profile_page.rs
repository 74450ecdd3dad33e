//! The page of one profile, with the sheet for the bank's administrator.

use jiff::civil::Date;

use super::page::{Block, Page};
use super::risk::{days, risk};
use super::{DEADLINE, Key, Profile, shadow};

/// The page of one profile.
pub fn profile_page(profile: &Profile, today: Date) -> Page {
    let risk = risk(profile, today);
    let mut blocks = vec![Block::facts(&[
        ("State", profile.state.name().to_owned()),
        ("InstRtId", profile.inst_rt_id.clone()),
        ("InstEnv", profile.inst_env.clone()),
        ("Product", profile.product.clone()),
        ("Endpoint, OAuth", or_none(profile.oauth_endpoint.as_ref())),
        (
            "Endpoint, WS-Security",
            or_none(profile.legacy_endpoint.as_ref()),
        ),
        ("Token endpoint", or_none(profile.token_endpoint.as_ref())),
        ("Client id", or_none(profile.client_id.as_ref())),
        ("As of", today.to_string()),
        (
            "Days to the end of the old model",
            days(today, DEADLINE).to_string(),
        ),
        ("Risk", risk.score.to_string()),
    ])];
    if !risk.reasons.is_empty() {
        blocks.push(Block::Heading("What to see to".to_owned()));
        blocks.push(Block::Steps(risk.reasons));
    }
    blocks.push(Block::Heading("Key".to_owned()));
    blocks.push(key(profile));
    blocks.push(Block::Heading("Dates".to_owned()));
    let dates = &profile.dates;
    blocks.push(Block::facts(&[
        ("Requested", or_none(dates.requested.as_ref())),
        (
            "Client id received",
            or_none(dates.client_id_received.as_ref()),
        ),
        ("JWKS registered", or_none(dates.jwks_registered.as_ref())),
        (
            "jXchange authorized",
            or_none(dates.jxchange_authorized.as_ref()),
        ),
    ]));
    blocks.push(Block::Heading("Messages".to_owned()));
    blocks.push(Block::Text(match &profile.proof {
        None => "No comparison was given (castile prove --json OLD NEW, then --proof).".to_owned(),
        Some(proof) if proof.holds => format!(
            "{} pairs compared, {} security headers removed: each new message is the old one without it, byte by byte.",
            proof.pairs, proof.removed
        ),
        Some(proof) => format!(
            "{} pairs compared, {} do not hold: see castile prove.",
            proof.pairs, proof.failed
        ),
    }));
    blocks.push(Block::Heading("Answers of both models".to_owned()));
    blocks.extend(match &profile.unseen {
        Some(code) => vec![Block::Text(format!(
            "What was seen cannot be read ({code})."
        ))],
        None => shadow::blocks(profile.shadow.as_ref()),
    });
    blocks.push(Block::Heading("For the bank's administrator".to_owned()));
    blocks.extend(sheet(profile));
    Page {
        title: format!("Profile {}", profile.name),
        blocks,
    }
}

fn key(profile: &Profile) -> Block {
    let jwks = or_none(profile.jwks_url.as_ref());
    match &profile.key {
        Key::None => Block::facts(&[("Key", "none".to_owned()), ("JWKS URL", jwks)]),
        Key::SharedSecret => Block::facts(&[
            ("Key", "none, a shared secret".to_owned()),
            ("JWKS URL", jwks),
        ]),
        Key::Elsewhere => Block::facts(&[
            ("Key", "not in a file, so not read for this page".to_owned()),
            ("JWKS URL", jwks),
        ]),
        Key::Unreadable(code) => Block::facts(&[
            ("Key", format!("cannot be read here ({code})")),
            ("JWKS URL", jwks),
        ]),
        Key::Known {
            key_id,
            thumbprint,
            algorithm,
        } => Block::facts(&[
            ("kid", key_id.clone()),
            ("Thumbprint (RFC 7638)", thumbprint.clone()),
            ("Algorithm", algorithm.clone()),
            ("JWKS URL", jwks),
        ]),
    }
}

/// What a bank's administrator does and needs. One external application per product and institution.
fn sheet(profile: &Profile) -> [Block; 3] {
    let product = &profile.product;
    let jwks = match &profile.jwks_url {
        Some(url) => url.clone(),
        None => "to be named by the vendor before the application is made".to_owned(),
    };
    let values = Block::facts(&[
        ("External application", product.clone()),
        ("Type", "Service account".to_owned()),
        ("Authentication", "Signed JWT (private_key_jwt)".to_owned()),
        ("JWKS URL", jwks),
        ("Institution (InstRtId)", profile.inst_rt_id.clone()),
        ("Environment (InstEnv)", profile.inst_env.clone()),
    ]);
    let steps = [
        "See that the bank is onboarded to Jack Henry Identity.".to_owned(),
        format!("Under Users & Groups make a group for {product}, without any permission."),
        "Make a placeholder user (Associated User) in that group, with an address that belongs to no employee, so that the service does not end when a person leaves.".to_owned(),
        format!("Make an external application for {product}: service account, signed JWT, with the JWKS URL above and the placeholder as its Associated User. A pasted PEM key is for development only."),
        "Send the client id to the vendor. It is no secret; there is no client secret to send.".to_owned(),
        "Ask Jack Henry to tie the client id to the product's jXchange operations. This has a queue of 60 to 90 days.".to_owned(),
    ];
    let why = "The vendor signs with a key that never leaves its systems; Jack Henry Identity reads the public half \
               from the JWKS URL, so that keys change without the bank's help.";
    [
        values,
        Block::Steps(steps.to_vec()),
        Block::Text(why.to_owned()),
    ]
}

fn or_none(value: Option<&impl ToString>) -> String {
    value.map_or_else(|| "none".to_owned(), ToString::to_string)
}
