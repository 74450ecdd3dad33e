//! Makes the TLS configuration of an egress, for whoever connects by it.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WantsClientCert;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::{PemObject as _, SectionKind};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ConfigBuilder, RootCertStore, WantsVerifier};
use rustls_platform_verifier::BuilderVerifierExt as _;
#[cfg(not(target_os = "android"))]
use rustls_platform_verifier::Verifier;

use crate::profile::{ConfigError, Egress};
use crate::{Error, profile};

/// The longest file of certificates that is read: 4 MiB; the system's own are a tenth of that.
const ROOTS_LIMIT: u64 = 4 * 1024 * 1024;

/// TLS as `egress` says, for HTTP/1.1. Blocks while it reads the files and secrets that are named.
///
/// The system's roots are read for each configuration: no process trusts longer than its clients live what the system
/// no longer trusts.
///
/// # Errors
/// [`Error::Config`] when a file or a secret cannot be used, [`Error::Setup`] when the system offers no roots.
pub(crate) fn client_config(egress: &Egress) -> Result<ClientConfig, Error> {
    // A program may have chosen its own for the process, one by FIPS for example.
    let provider = CryptoProvider::get_default().cloned();
    let provider = provider.unwrap_or_else(|| Arc::new(aws_lc_rs::default_provider()));
    let versions = if egress.only_tls_1_3 {
        &[&TLS13][..]
    } else {
        &[&TLS13, &TLS12]
    };
    let builder = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)
        .map_err(setup)?;
    let builder = trusting(builder, egress)?;
    let mut config = match &egress.client_certificate {
        None => builder.with_no_client_auth(),
        Some(certificate) => {
            let pem = certificate.read()?;
            let (chain, key) = identity(&pem).ok_or(ConfigError::ClientCertificate)?;
            // What is said of the key could quote it.
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|_| ConfigError::ClientCertificate)?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// The same, with what tells whether a server is to be trusted.
fn trusting(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    egress: &Egress,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let roots = match &egress.roots {
        Some(path) => roots(path)?,
        None => Roots::none(),
    };
    if egress.only_roots {
        return Ok(builder.with_root_certificates(roots.store));
    }
    if roots.certificates.is_empty() {
        return builder.with_platform_verifier().map_err(setup);
    }
    trusting_more(builder, roots.certificates)
}

/// The same, with authorities beside the system's.
#[cfg(not(target_os = "android"))]
fn trusting_more(
    builder: ConfigBuilder<ClientConfig, WantsVerifier>,
    more: Vec<CertificateDer<'static>>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    let provider = Arc::clone(builder.crypto_provider());
    let verifier = Verifier::new_with_extra_roots(more, provider).map_err(setup)?;
    // The only way in for any verifier but the built-in one. This one checks chain, name and time by the system's
    // rules, as `with_platform_verifier` does, which takes no further roots.
    Ok(builder
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier)))
}

/// Android's verifier takes none.
#[cfg(target_os = "android")]
fn trusting_more(
    _: ConfigBuilder<ClientConfig, WantsVerifier>,
    _: Vec<CertificateDer<'static>>,
) -> Result<ConfigBuilder<ClientConfig, WantsClientCert>, Error> {
    Err(Error::Setup(
        "Android trusts no authorities beside the system's: say `only_roots = true`".into(),
    ))
}

/// Authorities of a file.
struct Roots {
    certificates: Vec<CertificateDer<'static>>,
    store: RootCertStore,
}

impl Roots {
    fn none() -> Self {
        Self {
            certificates: Vec::new(),
            store: RootCertStore::empty(),
        }
    }
}

fn roots(path: &Path) -> Result<Roots, ConfigError> {
    let none = || ConfigError::NoRoots {
        path: path.to_owned(),
    };
    let pem = read(path)?;
    let mut roots = Roots::none();
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        let certificate = certificate.map_err(|_| none())?;
        roots.store.add(certificate.clone()).map_err(|_| none())?;
        roots.certificates.push(certificate);
    }
    if roots.certificates.is_empty() {
        return Err(none());
    }
    Ok(roots)
}

/// A certificate chain and its private key, if `pem` holds them and nothing else.
fn identity(pem: &[u8]) -> Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)> {
    let (mut chain, mut key) = (Vec::new(), None);
    for section in <(SectionKind, Vec<u8>)>::pem_slice_iter(pem) {
        let (kind, der) = section.ok()?;
        if kind == SectionKind::Certificate {
            chain.push(der.into());
        } else {
            key = Some(PrivateKeyDer::from_pem(kind, der)?);
        }
    }
    if chain.is_empty() {
        return None;
    }
    Some((chain, key?))
}

/// What a file of certificates holds.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, ConfigError> {
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

fn setup(error: rustls::Error) -> Error {
    Error::Setup(error.into())
}
