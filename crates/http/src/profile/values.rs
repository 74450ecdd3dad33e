//! Reads the parts of a profile, each from its table.

use castile_auth::{Algorithm, TokenEndpoint};

use super::table::{Found, Table};
use super::{
    Client, ConfigError, HeaderValues, Legacy, Limits, Oauth, SecretRef, State, TOKEN_ENDPOINT,
};

pub(super) fn state(found: &Found<'_>) -> Result<State, ConfigError> {
    match found.str()? {
        "legacy" => Ok(State::Legacy),
        "shadow" => Ok(State::Shadow),
        "oauth" => Ok(State::Oauth),
        _ => Err(found.bad("legacy, shadow or oauth")),
    }
}

pub(super) fn client(table: &Table<'_>) -> Result<Client, ConfigError> {
    Ok(Client {
        client_id: table
            .need("client_id", "the client registered for it")?
            .id()?,
        key: secret(&table.need("key", "the private key that proves the client")?)?,
        jwks_url: table
            .find("jwks_url")
            .map(|found| found.url())
            .transpose()?,
    })
}

pub(super) fn legacy(table: &Table<'_>) -> Result<Legacy, ConfigError> {
    Ok(Legacy {
        url: table.need("url", "the service address")?.url()?,
        header: header(table)?,
        username: table.text("username")?,
        password: table
            .find("password")
            .map(|found| secret(&found))
            .transpose()?,
        limits: limits(table)?,
    })
}

pub(super) fn oauth(table: &Table<'_>) -> Result<Oauth, ConfigError> {
    Ok(Oauth {
        url: table.need("url", "the service address")?.url()?,
        header: header(table)?,
        token_endpoint: table.find("token_endpoint").map_or_else(
            || Ok(default_token_endpoint()),
            |found| token_endpoint(&found),
        )?,
        scope: table.text("scope")?.unwrap_or_else(|| "openid".to_owned()),
        audience: table.text("audience")?,
        algorithm: table
            .find("algorithm")
            .map(|found| algorithm(&found))
            .transpose()?,
        key_id: table.text("key_id")?,
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
    const KINDS: &[&str] = &["file", "env", "command"];
    const EXPECTED: &str = "exactly one of { file = … }, { env = … } and { command = […] }";
    if found.value.is_str() {
        return Err(ConfigError::InlineSecret {
            place: found.place(),
            key: found.key.clone(),
        });
    }
    let part = found.table()?;
    part.only(&format!("`{}`", found.key), KINDS)?;
    let mut kinds = KINDS.iter().filter_map(|kind| part.find(kind));
    let (Some(reference), None) = (kinds.next(), kinds.next()) else {
        return Err(found.bad(EXPECTED));
    };
    match reference.key.as_str() {
        "file" => Ok(SecretRef::File(
            found.source.folder().join(reference.text()?),
        )),
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
