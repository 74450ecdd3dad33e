//! Reads where a client's private key lies: anywhere that a secret may lie, or in a PKCS#11 token.

use super::table::{Found, Table};
use super::values::secret;
use super::{ConfigError, SecretRef, TokenKey, keys};

pub(super) fn key(found: &Found<'_>) -> Result<SecretRef, ConfigError> {
    if found.value.is_str() {
        return secret(found);
    }
    let Some(token) = found.table()?.find("pkcs11") else {
        return secret(found);
    };
    found.table()?.only("`key`", keys::IN_TOKEN)?;
    let part = token.table()?;
    part.only("`pkcs11`", keys::PKCS11)?;
    let table = Table {
        path: "`pkcs11`".to_owned(),
        place: token.key_place(),
        parts: vec![part],
    };
    let module = table.need("module", "the shared library of the token's vendor")?;
    let pin = table.need("pin", "it opens the token: { env = … }, for example")?;
    Ok(SecretRef::Pkcs11(TokenKey {
        module: module.path()?,
        token: table.need("token", "the token's label")?.text()?,
        label: table.need("label", "the key pair's label")?.text()?,
        pin: Box::new(secret(&pin)?),
    }))
}
