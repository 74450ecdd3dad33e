//! Makes an HTTP client leave by the way that a profile names.

use std::hash::{Hash as _, Hasher};
use std::io::Read as _;
use std::path::Path;

use ::reqwest::tls::{Certificate, Identity, Version};
use ::reqwest::{ClientBuilder, Proxy};
use zeroize::Zeroizing;

use crate::profile::{ConfigError, Egress};
use crate::{Error, profile};

/// The longest file of certificates that is read: 4 MiB; the system's own are a tenth of that.
const ROOTS_LIMIT: u64 = 4 * 1024 * 1024;

pub(super) fn apply(egress: &Egress, mut builder: ClientBuilder) -> Result<ClientBuilder, Error> {
    if let Some(proxy) = &egress.proxy {
        builder = builder.proxy(through(proxy)?);
    }
    if let Some(path) = &egress.roots {
        let roots = roots(path)?;
        builder = if egress.only_roots {
            builder.tls_certs_only(roots)
        } else {
            builder.tls_certs_merge(roots)
        };
    }
    if let Some(certificate) = &egress.client_certificate {
        let pem = certificate.read()?;
        // What the parser says of it could quote it.
        let identity = Identity::from_pem(&pem).map_err(|_| ConfigError::ClientCertificate)?;
        builder = builder.identity(identity);
    }
    if egress.only_tls_1_3 {
        builder = builder.tls_version_min(Version::TLS_1_3);
    }
    Ok(builder)
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

/// Tells what the files and secrets hold that `egress` names.
pub(crate) fn hash_contents(egress: &Egress, hasher: &mut impl Hasher) -> Result<(), ConfigError> {
    if let Some(path) = &egress.roots {
        read(path)?.hash(hasher);
    }
    let password = egress.proxy.iter().flat_map(|proxy| &proxy.password);
    for secret in egress.client_certificate.iter().chain(password) {
        secret.read()?.hash(hasher);
    }
    Ok(())
}

fn roots(path: &Path) -> Result<Vec<Certificate>, ConfigError> {
    match Certificate::from_pem_bundle(&read(path)?) {
        Ok(roots) if !roots.is_empty() => Ok(roots),
        _ => Err(ConfigError::NoRoots {
            path: path.to_owned(),
        }),
    }
}

fn read(path: &Path) -> Result<Vec<u8>, ConfigError> {
    let failed = |source| ConfigError::Roots {
        path: path.to_owned(),
        source,
    };
    let mut pem = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    profile::modes::refuse_writable(path, &file.metadata().map_err(failed)?)?;
    file.take(ROOTS_LIMIT)
        .read_to_end(&mut pem)
        .map_err(failed)?;
    Ok(pem)
}
