//! Tokens for a code or for a refresh token, which is rotated at each use.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{Parameters, Refresh, SignIn, Until, Users, keep, secret};
use crate::Cause;
use crate::state::{Sandboxed, lock};

/// The answer to a token request of an authenticated client.
pub(crate) fn grant(
    sandbox: &Sandboxed,
    client_id: String,
    body: &[u8],
) -> Result<(String, Value), Cause> {
    let refused = |reason| Cause::GrantRefused { reason };
    let form = Parameters::parse(body).ok_or(refused("a parameter stands twice"))?;
    let mut users = lock(&sandbox.users);
    let sign_in = match form.text("code") {
        Some(code) => by_code(&mut users, &form, code, sandbox.clock.now())?,
        None => by_refresh_token(&mut users, &form)?,
    };
    if sign_in.client_id != client_id {
        users.revoke(sign_in.chain);
        return Err(refused("it was given to another client"));
    }
    let answer = tokens(sandbox, &mut users, sign_in)?;
    Ok((client_id, answer))
}

fn by_code(users: &mut Users, form: &Parameters, code: &str, now: u64) -> Result<SignIn, Cause> {
    let refused = |reason| Cause::GrantRefused { reason };
    let found = users
        .codes
        .remove(code)
        .ok_or(refused("the code is unknown or used"))?;
    if found.seconds <= now {
        return Err(refused("the code has expired"));
    }
    let sign_in = found.value;
    if form.text("redirect_uri") != Some(&sign_in.redirect_uri) {
        return Err(refused("redirect_uri differs"));
    }
    let verifier = form.text("code_verifier").unwrap_or_default();
    if sha256(verifier) != sign_in.challenge {
        return Err(refused("the code_verifier is not that of the challenge"));
    }
    Ok(sign_in)
}

fn by_refresh_token(users: &mut Users, form: &Parameters) -> Result<SignIn, Cause> {
    let refused = |reason| Cause::GrantRefused { reason };
    let token = form.text("refresh_token").unwrap_or_default();
    let found = users
        .refresh
        .get_mut(token)
        .ok_or(refused("the refresh token is unknown or revoked"))?;
    let sign_in = found.sign_in.clone();
    if std::mem::replace(&mut found.used, true) {
        // Two hold it, and one of them is a thief (RFC 9700 section 4.14.2).
        users.revoke(sign_in.chain);
        return Err(refused("the refresh token was used before"));
    }
    Ok(sign_in)
}

fn tokens(sandbox: &Sandboxed, users: &mut Users, sign_in: SignIn) -> Result<Value, Cause> {
    let random = || secret().ok_or(Cause::SigningFailed);
    let (now, lifetime) = (sandbox.clock.now(), sandbox.settings.token_lifetime);
    let access = random()?;
    let mut claims = json!({
        "iss": sandbox.issuer,
        "aud": sign_in.client_id,
        "sub": sign_in.subject,
        "iat": now,
        "exp": now + lifetime,
        "at_hash": half_sha256(&access),
    });
    if let Some(nonce) = &sign_in.nonce {
        claims["nonce"] = nonce.as_str().into();
    }
    let mut answer = json!({
        "access_token": access,
        "token_type": "Bearer",
        "expires_in": lifetime,
        "scope": sign_in.scope,
        "id_token": sandbox.key.sign(&claims).ok_or(Cause::SigningFailed)?,
    });
    if sign_in
        .scope
        .split(' ')
        .any(|scope| scope == "offline_access")
    {
        let refresh = random()?;
        answer["refresh_token"] = refresh.as_str().into();
        // Only the first ID token answers the nonce.
        let sign_in = SignIn {
            nonce: None,
            ..sign_in.clone()
        };
        keep(
            &mut users.refresh,
            refresh,
            Refresh {
                sign_in,
                used: false,
            },
        );
    }
    let seconds = now + lifetime;
    keep(
        &mut users.access,
        access,
        Until {
            seconds,
            value: sign_in,
        },
    );
    Ok(answer)
}

fn sha256(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, text.as_bytes()))
}

fn half_sha256(text: &str) -> String {
    let hash = digest::digest(&digest::SHA256, text.as_bytes());
    URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16])
}
