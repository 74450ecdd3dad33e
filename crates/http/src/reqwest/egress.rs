//! Makes an HTTP client leave by the way that a profile names.

use ::reqwest::{ClientBuilder, Proxy};
use zeroize::Zeroizing;

use crate::profile::{ConfigError, Egress};
use crate::{Error, profile, tls};

pub(super) fn apply(egress: &Egress, mut builder: ClientBuilder) -> Result<ClientBuilder, Error> {
    if let Some(proxy) = &egress.proxy {
        builder = builder.proxy(through(proxy)?);
    }
    Ok(builder.tls_backend_preconfigured(tls::client_config(egress)?))
}

/// For https alone: what is not encrypted goes to loopback, and a proxy would read its token.
fn through(proxy: &profile::Proxy) -> Result<Proxy, Error> {
    let way = Proxy::https(proxy.url.as_str()).map_err(|error| Error::Setup(error.into()))?;
    let (Some(username), Some(password)) = (&proxy.username, &proxy.password) else {
        return Ok(way);
    };
    let password = password.read()?;
    let password = std::str::from_utf8(&password).map_err(|_| ConfigError::ProxyPassword)?;
    // One line end at the end of a secret is the editor's, not the secret's.
    let password = password.strip_suffix('\n').unwrap_or(password);
    let password = Zeroizing::new(password.strip_suffix('\r').unwrap_or(password).to_owned());
    Ok(way.basic_auth(username, &password))
}
