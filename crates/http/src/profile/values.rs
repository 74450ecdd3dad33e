//! Reads the parts of a profile, each from its table.

use std::time::Duration;

use castile_auth::{Algorithm, AssertionType, DEFAULT_LIFETIME, LONGEST_LIFETIME, TokenEndpoint};

use super::table::{Found, Table};
use super::token_key::key;
use super::{
    Client, ConfigError, HeaderValues, Legacy, Limits, Oauth, SecretRef, State, TOKEN_ENDPOINT,
    keys,
};

pub(super) fn state(found: &Found<'_>) -> Result<State, ConfigError> {
    match found.str()? {
        "legacy" => Ok(State::Legacy),
        "shadow" => Ok(State::Shadow),
        "oauth" => Ok(State::Oauth),
        _ => Err(found.bad("legacy, shadow or oauth")),
    }
}

/// An array of identifiers whose leading zeros count.
pub(super) fn ids(found: &Found<'_>) -> Result<Vec<String>, ConfigError> {
    let array = found.strings("an array of strings, each an id in quotes")?;
    array.iter().map(Found::text).collect()
}

/// The client that `table` names, and in `proof` the one secret that proves it.
pub(super) fn client(table: &Table<'_>, proof: &Table<'_>) -> Result<Client, ConfigError> {
    let (private, shared) = (proof.find("key"), proof.find("client_secret"));
    if let (Some(_), Some(shared)) = (&private, &shared) {
        return Err(shared.bad("left out where there is a `key`"));
    }
    let has_secret = shared.is_some();
    let credential = match shared {
        Some(shared) => secret(&shared)?,
        None => key(&proof.need("key", "the private key that proves the client")?)?,
    };
    let passphrase = proof.find("key_passphrase");
    if let (SecretRef::Pkcs11(_), Some(passphrase)) = (&credential, &passphrase) {
        return Err(passphrase.bad("left out where the key is in a PKCS#11 token"));
    }
    Ok(Client {
        client_id: table
            .need("client_id", "the client registered for it")?
            .id()?,
        jwks_url: table
            .find("jwks_url")
            .map(|found| found.url())
            .transpose()?,
        key: credential,
        key_passphrase: passphrase.map(|found| secret(&found)).transpose()?,
        has_secret,
    })
}

pub(super) fn legacy(table: &Table<'_>) -> Result<Legacy, ConfigError> {
    Ok(Legacy {
        url: table.need("url", "the service address")?.url()?,
        header: header(table)?,
        username: table.text("username")?,
        password: table.secret("password")?,
        limits: limits(table)?,
    })
}

/// The endpoint of `table`, and what `proof` says of how its client proves itself.
pub(super) fn oauth(table: &Table<'_>, proof: &Table<'_>) -> Result<Oauth, ConfigError> {
    let token_endpoint = table.find("token_endpoint").map_or_else(
        || Ok(default_token_endpoint()),
        |found| self::token_endpoint(&found),
    )?;
    let issuer = match table.find("issuer") {
        Some(found) => Some(issuer(&found, &token_endpoint)?),
        None => None,
    };
    Ok(Oauth {
        url: table.need("url", "the service address")?.url()?,
        header: header(table)?,
        token_endpoint,
        scope: table.text("scope")?.unwrap_or_else(|| "openid".to_owned()),
        audience: match table.text("audience")? {
            Some(word) if word == "token_endpoint" => None,
            Some(word) if word == "issuer" => Some(
                table
                    .need("issuer", "`audience` names it")?
                    .str()?
                    .to_owned(),
            ),
            other => other,
        },
        issuer,
        secret_in_form: proof
            .find("client_auth")
            .map(|found| client_auth(&found))
            .transpose()?
            == Some(ClientAuth::SecretPost),
        resource: table.text("resource")?,
        audience_in_array: table.switch("audience_in_array")?,
        assertion_type: table
            .find("assertion_type")
            .map(|found| assertion_type(&found))
            .transpose()?
            .unwrap_or_default(),
        assertion_lifetime: table
            .find("assertion_lifetime")
            .map_or(Ok(DEFAULT_LIFETIME), |found| lifetime(&found))?,
        compat_exp_in_milliseconds: table.switch("compat_exp_in_milliseconds")?,
        dpop: table.switch("dpop")?,
        refusals: table.path("refusals")?,
        algorithm: proof
            .find("algorithm")
            .map(|found| algorithm(&found))
            .transpose()?,
        key_id: proof.text("key_id")?,
        repeat_writes_on_401: table.switch("repeat_writes_on_401")?,
        limits: limits(table)?,
    })
}

fn default_token_endpoint() -> TokenEndpoint {
    TokenEndpoint::parse(TOKEN_ENDPOINT).expect("a constant that a test parses")
}

/// Kept as written: the assertion's `aud` is compared character by character.
fn token_endpoint(found: &Found<'_>) -> Result<TokenEndpoint, ConfigError> {
    found.url()?;
    TokenEndpoint::parse(found.str()?).map_err(|_| found.bad("the URL of a token endpoint"))
}

/// Kept as written: issuers are compared byte by byte (RFC 8414 section 3.3).
fn issuer(found: &Found<'_>, token_endpoint: &TokenEndpoint) -> Result<String, ConfigError> {
    let url = found.url()?;
    if url.query().is_some() {
        return Err(found.bad("a URL without a query"));
    }
    if url.origin() != token_endpoint.url().origin() {
        return Err(ConfigError::IssuerOrigin {
            place: found.place(),
        });
    }
    Ok(found.str()?.to_owned())
}

/// How a client proves itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientAuth {
    PrivateKeyJwt,
    SecretBasic,
    SecretPost,
}

pub(super) fn client_auth(found: &Found<'_>) -> Result<ClientAuth, ConfigError> {
    match found.str()? {
        "private_key_jwt" => Ok(ClientAuth::PrivateKeyJwt),
        "client_secret_basic" => Ok(ClientAuth::SecretBasic),
        "client_secret_post" => Ok(ClientAuth::SecretPost),
        _ => Err(found.bad("private_key_jwt, client_secret_basic or client_secret_post")),
    }
}

/// Refuses a way of proof for which the profile has not the means.
pub(super) fn proof_fits(table: &Table<'_>, client: &Client) -> Result<(), ConfigError> {
    let Some(found) = table.find("client_auth") else {
        return Ok(());
    };
    match (client_auth(&found)?, client.has_secret) {
        (ClientAuth::PrivateKeyJwt, false)
        | (ClientAuth::SecretBasic | ClientAuth::SecretPost, true) => Ok(()),
        (ClientAuth::PrivateKeyJwt, true) => {
            Err(found.bad("client_secret_basic or client_secret_post with a `client_secret`"))
        }
        (_, false) => Err(found.bad("private_key_jwt with a `key`")),
    }
}

pub(super) fn assertion_type(found: &Found<'_>) -> Result<AssertionType, ConfigError> {
    match found.str()? {
        "none" => Ok(AssertionType::None),
        "JWT" => Ok(AssertionType::Jwt),
        "client-authentication+jwt" => Ok(AssertionType::ClientAuthentication),
        _ => Err(found.bad("none, JWT or client-authentication+jwt")),
    }
}

pub(super) fn lifetime(found: &Found<'_>) -> Result<Duration, ConfigError> {
    let lifetime = found.duration()?;
    if lifetime > LONGEST_LIFETIME || lifetime.subsec_nanos() != 0 {
        return Err(found.bad("whole seconds, from 1 s to 300 s"));
    }
    Ok(lifetime)
}

pub(super) fn header(table: &Table<'_>) -> Result<HeaderValues, ConfigError> {
    Ok(HeaderValues {
        audit_usr_id: table.text("audit_usr_id")?,
        audit_ws_id: table.text("audit_ws_id")?,
        valid_consm_name: table.text("valid_consm_name")?,
        valid_consm_prod: table.text("valid_consm_prod")?,
        jx_ver: table.text("jx_ver")?,
    })
}

pub(super) fn limits(table: &Table<'_>) -> Result<Limits, ConfigError> {
    let default = Limits::default();
    Ok(Limits {
        connect: table.duration("connect_timeout", default.connect)?,
        total: table.duration("timeout", default.total)?,
        answer: table
            .find("answer_limit")
            .map_or(Ok(default.answer), |found| found.size())?,
    })
}

pub(super) fn algorithm(found: &Found<'_>) -> Result<Algorithm, ConfigError> {
    match found.str()? {
        "ES256" => Ok(Algorithm::ES256),
        "PS256" => Ok(Algorithm::PS256),
        "RS256" => Ok(Algorithm::RS256),
        _ => Err(found.bad("ES256, PS256 or RS256")),
    }
}

pub(super) fn secret(found: &Found<'_>) -> Result<SecretRef, ConfigError> {
    const EXPECTED: &str = "exactly one of { file = … }, { env = … } and { command = […] }";
    if found.value.is_str() {
        return Err(ConfigError::InlineSecret {
            place: found.place(),
            key: found.key.clone(),
        });
    }
    let part = found.table()?;
    part.only(&format!("`{}`", found.key), keys::SECRET)?;
    let mut kinds = keys::each(keys::SECRET).filter_map(|kind| part.find(kind.name));
    let (Some(reference), None) = (kinds.next(), kinds.next()) else {
        return Err(found.bad(EXPECTED));
    };
    match reference.key.as_str() {
        "file" => Ok(SecretRef::File(reference.path()?)),
        "env" => match reference.text()? {
            name if name.contains('=') => Err(reference.bad("the name of a variable")),
            name => Ok(SecretRef::Env(name)),
        },
        _ => {
            const WORDS: &str = "an array of strings that starts with a program";
            let words = reference
                .strings(WORDS)?
                .iter()
                .map(|word| word.str().map(str::to_owned))
                .collect::<Result<Vec<_>, _>>()?;
            if words.first().is_none_or(|program| program.is_empty()) {
                return Err(reference.bad(WORDS));
            }
            Ok(SecretRef::Command(words))
        }
    }
}

/// Whether it could be the name of a service or an operation: an XML name without a colon, in ASCII.
pub(super) fn is_name(name: &str) -> bool {
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    begins
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c))
}
