//! The address of a token endpoint, as safe to send an assertion to as its text can show.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use url::{Host, Url};

use crate::SettingError;

/// The URL of a token endpoint (RFC 6749 section 3.2): `https`, or `http` on loopback.
///
/// Keeps the text as it was written, because the `aud` of an assertion is compared with it character by
/// character.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TokenEndpoint {
    text: String,
    url: Url,
}

impl TokenEndpoint {
    /// Reads a URL.
    ///
    /// # Errors
    /// Not a URL with a host; another scheme than `https`, except `http` to `localhost`, 127.0.0.0/8 or `::1`;
    /// user information; a fragment (RFC 6749 section 3.2 forbids it).
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        let text = text.trim();
        let url = Url::parse(text).map_err(SettingError::EndpointUnreadable)?;
        // First, so that no later message can show the password.
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SettingError::EndpointUserInfo);
        }
        let host = url.host().ok_or(SettingError::EndpointWithoutHost)?;
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&host) => {}
            scheme => {
                return Err(SettingError::EndpointInsecure {
                    scheme: scheme.to_owned(),
                    host: host.to_string(),
                });
            }
        }
        if url.fragment().is_some() {
            return Err(SettingError::EndpointFragment);
        }
        Ok(Self {
            text: text.to_owned(),
            url,
        })
    }

    /// The URL as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL in parts.
    pub fn url(&self) -> &Url {
        &self.url
    }
}

impl FromStr for TokenEndpoint {
    type Err = SettingError;

    fn from_str(text: &str) -> Result<Self, SettingError> {
        Self::parse(text)
    }
}

impl fmt::Display for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for TokenEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenEndpoint({})", self.text)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => name.eq_ignore_ascii_case("localhost"),
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> &'static str {
        TokenEndpoint::parse(text)
            .map(|_| "accepted")
            .unwrap_or_else(|error| error.code())
    }

    #[test]
    fn https_and_loopback_are_accepted_and_kept_as_written() {
        for text in [
            "https://login.jackhenry.com/a/oidc-provider/api/v0/token",
            "https://LOGIN.example:443/token",
            "http://localhost:4000/token",
            "http://127.0.0.1:4000/token",
            "http://[::1]:4000/token",
        ] {
            assert_eq!(TokenEndpoint::parse(text).expect("accepted").as_str(), text);
        }
    }

    #[test]
    fn what_could_give_the_assertion_away_is_refused() {
        assert_eq!(
            code("http://login.jackhenry.com/token"),
            "token-endpoint-insecure"
        );
        assert_eq!(
            code("http://localhost.example/token"),
            "token-endpoint-insecure"
        );
        assert_eq!(code("ftp://127.0.0.1/token"), "token-endpoint-insecure");
        assert_eq!(code("https://u:pw@host/token"), "token-endpoint-userinfo");
        assert_eq!(code("https://host/token#x"), "token-endpoint-fragment");
        assert_eq!(code("/token"), "token-endpoint-unreadable");
        assert_eq!(code("data:text"), "token-endpoint-unreadable");
    }
}
