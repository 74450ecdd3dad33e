//! How the connections of a profile leave the house.

use std::fmt;
use std::path::PathBuf;

use url::Url;

use super::table::Table;
use super::{ConfigError, SecretRef};

/// How connections to the gateway leave, and those to the token endpoint unless said otherwise.
///
/// By default: directly, TLS 1.2 or later with the system's roots, no client certificate, nothing packed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Egress {
    /// The HTTP proxy that https connections go through (`CONNECT`); http on loopback goes directly.
    pub proxy: Option<Proxy>,
    /// PEM certificates of authorities that are trusted.
    pub roots: Option<PathBuf>,
    /// Whether [`roots`](Self::roots) stand in place of the system's, not beside them.
    pub only_roots: bool,
    /// Where the client certificate lies: PEM, certificate chain and private key in one.
    pub client_certificate: Option<SecretRef>,
    /// Whether TLS 1.2 is refused, too.
    pub only_tls_1_3: bool,
    /// Whether the gateway is told that answers may be packed by gzip. [`Limits::answer`](super::Limits) bounds them
    /// unpacked.
    pub gzip: bool,
    /// Whether the token endpoint is reached directly, by the system's roots and without client certificate.
    pub token_direct: bool,
}

impl Egress {
    /// How token requests leave.
    #[must_use]
    pub fn of_tokens(&self) -> Self {
        if self.token_direct {
            Self::default()
        } else {
            self.clone()
        }
    }
}

/// An HTTP proxy. `Debug` does not show the user name.
#[derive(Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Proxy {
    /// Its address, http or https.
    pub url: Url,
    /// The user name it asks for.
    pub username: Option<String>,
    /// Where the password lies.
    pub password: Option<SecretRef>,
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy")
            .field("url", &self.url.as_str())
            .field("has_username", &self.username.is_some())
            .field("password", &self.password)
            .finish()
    }
}

pub(super) fn egress(table: &Table<'_>) -> Result<Egress, ConfigError> {
    Ok(Egress {
        proxy: proxy(table)?,
        roots: table.path("roots")?,
        only_roots: match table.find("only_roots") {
            Some(found) if found.switch()? => {
                table.need("roots", "`only_roots` trusts nothing else")?;
                true
            }
            _ => false,
        },
        client_certificate: table.secret("client_certificate")?,
        only_tls_1_3: table.find("tls").map(|found| found.str()).transpose()? == Some("1.3"),
        gzip: table.switch("gzip")?,
        token_direct: table.switch("token_direct")?,
    })
}

fn proxy(table: &Table<'_>) -> Result<Option<Proxy>, ConfigError> {
    let (username, password) = (
        table.text("proxy_username")?,
        table.secret("proxy_password")?,
    );
    let Some(found) = table.find("proxy") else {
        return match table
            .find("proxy_username")
            .or(table.find("proxy_password"))
        {
            Some(stranded) => Err(stranded.bad("left out where there is no `proxy`")),
            None => Ok(None),
        };
    };
    if let (Some(_), None) | (None, Some(_)) = (&username, &password) {
        return Err(found.bad("given `proxy_username` and `proxy_password`, or neither"));
    }
    Ok(Some(Proxy {
        url: found.proxy_url()?,
        username,
        password,
    }))
}
