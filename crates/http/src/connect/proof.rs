//! Makes of a profile what proves its client.

use std::sync::Arc;

use castile_auth::keys::RotatingKeys;
use castile_auth::ports::Ports;
use castile_auth::{
    AssertionPolicy, Audience, ClientAuth, ClientSecret, LocalSigner, PrivateKeyJwt, SettingError,
    Signer,
};
#[cfg(feature = "pkcs11")]
use castile_auth::{Pkcs11Fault, Pkcs11Signer};
use zeroize::Zeroizing;

#[cfg(not(feature = "pkcs11"))]
use crate::ConfigError;
use crate::Error;
use crate::keys::{FileKeys, KeyOptions, Store};
use crate::profile::{Client, Oauth, SecretRef, TokenKey};

/// The proofs of this client.
pub(super) fn of(
    client: &Client,
    oauth: &Oauth,
    ports: &Ports,
) -> Result<Arc<dyn ClientAuth>, Error> {
    if client.has_secret {
        return Ok(Arc::new(secret(client, oauth)?));
    }
    let policy = assertion_policy(client, oauth)?;
    let (clock, random) = (ports.clock.clone(), ports.random.clone());
    Ok(Arc::new(match (&client.key, &client.key_passphrase) {
        (SecretRef::File(path), None) => {
            let keys = FileKeys::open(Store::of(path), KeyOptions::of(oauth))?;
            let keys = Arc::new(RotatingKeys::new(Arc::new(keys)));
            PrivateKeyJwt::following(policy, keys, clock, random)
        }
        // What a rotation writes is not encrypted, and what lies elsewhere is not a file.
        _ => PrivateKeyJwt::new(policy, signer(client, oauth)?, clock, random),
    }))
}

/// What the assertions of a profile claim.
pub(crate) fn assertion_policy(client: &Client, oauth: &Oauth) -> Result<AssertionPolicy, Error> {
    let mut policy = AssertionPolicy::new(&client.client_id)?
        .with_lifetime(oauth.assertion_lifetime)?
        .with_type(oauth.assertion_type);
    if let Some(audience) = &oauth.audience {
        policy = policy.with_audience(Audience::Custom(audience.clone()))?;
    }
    if oauth.audience_in_array {
        policy = policy.with_audience_in_array();
    }
    if oauth.compat_exp_in_milliseconds {
        policy = policy.with_exp_in_milliseconds();
    }
    Ok(policy)
}

/// The configured key itself, whatever a rotation says.
pub(crate) fn signer(client: &Client, oauth: &Oauth) -> Result<Arc<dyn Signer>, Error> {
    if let SecretRef::Pkcs11(key) = &client.key {
        return in_token(key, oauth);
    }
    let key = client.key.read()?;
    let mut signer = match &client.key_passphrase {
        Some(passphrase) => LocalSigner::read_encrypted(&key, &passphrase.read()?)?,
        None => LocalSigner::read(&key)?,
    };
    if let Some(algorithm) = oauth.algorithm {
        signer = signer.with_algorithm(algorithm)?;
    }
    if let Some(key_id) = &oauth.key_id {
        signer = signer.with_key_id(key_id)?;
    }
    Ok(Arc::new(signer))
}

#[cfg(feature = "pkcs11")]
fn in_token(key: &TokenKey, oauth: &Oauth) -> Result<Arc<dyn Signer>, Error> {
    let pin = key.pin.read()?;
    let pin = std::str::from_utf8(line(&pin)).map_err(|_| Pkcs11Fault::PinNotText)?;
    let pin = Zeroizing::new(pin.to_owned());
    let mut signer = Pkcs11Signer::open(&key.module, &key.token, &key.label, pin)?;
    if let Some(algorithm) = oauth.algorithm {
        signer = signer.with_algorithm(algorithm)?;
    }
    if let Some(key_id) = &oauth.key_id {
        signer = signer.with_key_id(key_id)?;
    }
    Ok(Arc::new(signer))
}

#[cfg(not(feature = "pkcs11"))]
fn in_token(_: &TokenKey, _: &Oauth) -> Result<Arc<dyn Signer>, Error> {
    Err(ConfigError::Pkcs11NotBuilt.into())
}

/// One line end at the end of a secret is the editor's, not the secret's.
fn line(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

fn secret(client: &Client, oauth: &Oauth) -> Result<ClientSecret, Error> {
    let bytes = client.key.read()?;
    let secret = std::str::from_utf8(line(&bytes)).map_err(|_| SettingError::ClientSecret)?;
    let secret = Zeroizing::new(secret.to_owned());
    Ok(if oauth.secret_in_form {
        ClientSecret::post(&client.client_id, secret)?
    } else {
        ClientSecret::basic(&client.client_id, secret)?
    })
}
