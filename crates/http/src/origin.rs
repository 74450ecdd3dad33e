//! Where a bearer token may go: scheme, host and port, compared exactly.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use http::Uri;
use url::{Host, Url};

use crate::Error;

/// The origin of a URL (RFC 6454): scheme, host and port.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Normalised, with the port always written.
    text: Box<str>,
    confidential: bool,
}

impl Origin {
    /// The origin of an http or https URL; `None` for any other.
    pub fn of_url(url: &Url) -> Option<Self> {
        let confidential = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url.host()?),
            _ => return None,
        };
        let (scheme, host, port) = (url.scheme(), url.host()?, url.port_or_known_default()?);
        Some(Self {
            text: format!("{scheme}://{host}:{port}").into(),
            confidential,
        })
    }

    /// The origin of an absolute request target; `None` for any other, and for one with user information.
    pub fn of_uri(uri: &Uri) -> Option<Self> {
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        // The URL parser normalises the host (case, IDNA, forms of IP addresses) as the socket will see it.
        let url = Url::parse(&format!("{}://{authority}/", uri.scheme_str()?)).ok()?;
        Self::of_url(&url)
    }

    /// Refuses a request target of another origin.
    pub(crate) fn check(&self, uri: &Uri) -> Result<(), Error> {
        if self.is_written_in(uri) {
            return Ok(());
        }
        let found = Self::of_uri(uri);
        // A connection looks up the name as it is written, and another spelling of an address may be another name.
        let is_same_name = uri
            .host()
            .is_some_and(|host| host.eq_ignore_ascii_case(self.host()));
        if found.as_ref() == Some(self) && is_same_name {
            return Ok(());
        }
        Err(Error::Origin {
            allowed: self.clone(),
            found: found.filter(|found| found != self),
        })
    }

    /// Whether a target says it in normal form, as nearly all do: that needs no parser.
    fn is_written_in(&self, uri: &Uri) -> bool {
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return false;
        };
        let host_and_port = self.text.strip_prefix(scheme);
        let host_and_port = host_and_port.and_then(|rest| rest.strip_prefix("://"));
        let rest = host_and_port.and_then(|rest| rest.strip_prefix(authority.as_str()));
        rest.is_some_and(|rest| match scheme {
            "https" => matches!(rest, "" | ":443"),
            _ => matches!(rest, "" | ":80"),
        })
    }

    /// The host, as it stands in a URL.
    pub fn host(&self) -> &str {
        let (_, authority) = self.text.split_once("://").unwrap_or(("", &self.text));
        authority
            .rsplit_once(':')
            .map_or(authority, |(host, _)| host)
    }

    /// The port.
    pub fn port(&self) -> u16 {
        let port = self.text.rsplit_once(':');
        port.and_then(|(_, port)| port.parse().ok()).unwrap_or(443)
    }

    /// Whether a secret may be sent there: https, or http on loopback.
    pub fn is_confidential(&self) -> bool {
        self.confidential
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
    }
}

/// Whether an address cannot be reached over the internet: RFC 1918, RFC 6598, RFC 4193, link-local.
///
/// Loopback is neither: sandboxes live there.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_link_local()
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_private(IpAddr::V4(address)),
            None => address.is_unique_local() || address.is_unicast_link_local(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<Origin> {
        Origin::of_uri(&text.parse().unwrap())
    }

    #[test]
    fn an_origin_is_scheme_host_and_port_and_no_more() {
        let origin = of("https://Gateway.Example/a?b").unwrap();
        assert_eq!(Some(&origin), of("https://gateway.example:443/c").as_ref());
        assert_eq!(origin.to_string(), "https://gateway.example:443");
        let check = |origin: &Origin, target: &str| origin.check(&target.parse().unwrap());
        for same in [
            "https://gateway.example/x",
            "https://gateway.example:443/x",
            "https://GATEWAY.example:443/x",
        ] {
            assert!(check(&origin, same).is_ok(), "{same}");
        }
        for other in [
            "http://gateway.example/",
            "https://gateway.example:8443/",
            "https://gateway.example.evil/",
            "https://evil.gateway.example/",
            "https://gateway.example./",
        ] {
            assert_ne!(Some(&origin), of(other).as_ref(), "{other}");
            let refusal = check(&origin, other).unwrap_err();
            assert_eq!(refusal.code(), "origin-refused", "{other}");
        }
        for (origin, other) in [
            ("http://a:80/", "http://a:8/"),
            ("http://a:80/", "http://a:443/"),
            ("http://a:443/", "http://a/"),
            ("https://a:80/", "https://a/"),
            ("http://[::1]:80/", "http://[::1]:8080/"),
            ("http://127.0.0.1:80/", "http://0x7f000001:80/"),
            ("http://127.0.0.1:80/", "http://127.0.0.1.:80/"),
            ("http://[::1]:80/", "http://[0:0::1]:80/"),
        ] {
            assert!(check(&of(origin).unwrap(), other).is_err(), "{other}");
            assert!(check(&of(origin).unwrap(), origin).is_ok(), "{origin}");
        }
    }

    #[test]
    fn a_target_without_authority_or_with_user_information_has_no_origin() {
        for target in [
            "/path",
            "*",
            "https://user@gateway.example/",
            "ftp://gateway.example/",
        ] {
            assert_eq!(of(target), None, "{target}");
        }
    }

    #[test]
    fn only_https_and_loopback_are_confidential() {
        for yes in [
            "https://gateway.example/",
            "http://127.0.0.1:8080/",
            "http://[::1]/",
            "http://localhost/",
        ] {
            assert!(of(yes).unwrap().is_confidential(), "{yes}");
        }
        for no in [
            "http://gateway.example/",
            "http://10.0.0.1/",
            "http://localhost.example/",
            "http://0.0.0.0/",
        ] {
            assert!(!of(no).unwrap().is_confidential(), "{no}");
        }
    }
}
