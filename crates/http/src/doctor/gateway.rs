//! Goes on to the gateway: address, TLS, `Ping`, a search.

use std::sync::Arc;

use bytes::Bytes;
use castile_auth::diagnosis::Certainty;
use castile_auth::ports::BoxFuture;
use castile_auth::{AccessToken, TokenSource};
use http::StatusCode;

use super::{Cause, Outside, Report, Scope, is_private};
use crate::profile::Oauth;
use crate::{Body, Effect, EgressTransport, Error, Profile, SoapTransport as _, connect, stack};

const PING: &str = "http://jackhenry.com/ws/Ping";
const PING_ENVELOPE: &str = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
     <Ping xmlns=\"http://jackhenry.com/jxchange/TPG/2008\"><PingRq>castile doctor</PingRq></Ping>\
     </s:Body></s:Envelope>";

pub(super) async fn look(
    profile: &Profile,
    oauth: &Oauth,
    scope: &Scope,
    outside: &Outside,
    token: Option<Arc<AccessToken>>,
    report: &mut Report,
) -> Result<(), Error> {
    match &profile.egress.proxy {
        Some(_) => report.fact("address", "not looked up: the proxy does that"),
        None if !has_address(oauth, outside, report) => return Ok(()),
        None => {}
    }
    let Some(token) = token else {
        report.fact("ping", "not sent: there is no token");
        return Ok(());
    };
    let host = oauth.url.host_str().unwrap_or_default();
    // One token for the whole examination: what the gateway refuses is a finding, not a reason to fetch another.
    let plan = connect::plan(profile, Arc::new(One(token)))?;
    let gateway = stack::raw(plan, connect::transport(profile)?);
    let search = scope.search.as_ref();
    let messages = [
        Some(("Ping", PING, Bytes::from_static(PING_ENVELOPE.as_bytes()))),
        search.map(|search| ("the search", &*search.action, search.envelope.clone())),
    ];
    for (what, action, envelope) in messages.into_iter().flatten() {
        let request = http::Request::post(oauth.url.as_str())
            .header("content-type", "text/xml; charset=utf-8")
            .header("soapaction", format!("\"{action}\""))
            .extension(Effect::Read)
            .body(Body::whole(envelope));
        let request = request.map_err(|error| Error::Setup(error.into()))?;
        match exchange(&gateway, request).await {
            Ok((status, body)) => match verdict(what, status, &body) {
                None => report.fact("gateway", format!("answered {what}")),
                Some(cause) => {
                    report.add(Certainty::Certain, cause);
                    return Ok(());
                }
            },
            Err(error) => {
                let cause = if is_tls(&error) {
                    let host = host.to_owned();
                    Cause::Tls {
                        host,
                        source: error,
                    }
                } else {
                    Cause::Failed(error)
                };
                report.add(Certainty::Certain, cause);
                return Ok(());
            }
        }
    }
    Ok(())
}

fn has_address(oauth: &Oauth, outside: &Outside, report: &mut Report) -> bool {
    let host = oauth.url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = oauth.url.port_or_known_default().unwrap_or(443);
    let addresses = (outside.resolve)(bare, port).unwrap_or_default();
    let Some(first) = addresses.first() else {
        let host = host.to_owned();
        report.add(Certainty::Certain, Cause::NoAddress { host });
        return false;
    };
    report.fact("address", first.to_string());
    if let Some(address) = addresses.iter().find(|address| is_private(**address)) {
        let cause = Cause::PrivateAddress {
            host: host.to_owned(),
            address: *address,
        };
        report.add(Certainty::Likely, cause);
    }
    true
}

async fn exchange(
    gateway: &stack::Raw<EgressTransport>,
    request: http::Request<Body>,
) -> Result<(StatusCode, Bytes), Error> {
    let answer = gateway.send(request).await?;
    let status = answer.status();
    Ok((status, answer.into_body().bytes(Effect::Read).await?))
}

/// What an answer to a message with a new token means; `None` when all is well.
fn verdict(what: &'static str, status: StatusCode, body: &[u8]) -> Option<Cause> {
    const READ: usize = 64 * 1024;
    let text = String::from_utf8_lossy(&body[..body.len().min(READ)]).to_ascii_lowercase();
    let is_fault = text.contains(":fault>") || text.contains("<fault>") || text.contains(":fault ");
    let is_denied = is_fault
        && ["failedauthentication", "access is denied", "access denied"]
            .iter()
            .any(|words| text.contains(words));
    let status_number = status.as_u16();
    match status_number {
        401 => Some(Cause::TokenRefused),
        403 => Some(Cause::AccessDenied),
        502 => Some(Cause::Country),
        _ if is_denied => Some(Cause::AccessDenied),
        _ if is_fault => Some(Cause::Fault {
            what,
            status: status_number,
        }),
        200 => None,
        _ => Some(Cause::Status {
            what,
            status: status_number,
        }),
    }
}

/// Whether a connection failed while TLS was being agreed; the library below says so in its words only.
fn is_tls(error: &Error) -> bool {
    let Error::Connect(source) = error else {
        return false;
    };
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(source.as_ref());
    while let Some(error) = cause {
        let text = error.to_string().to_ascii_lowercase();
        if ["certificate", "tls", "handshake"]
            .iter()
            .any(|word| text.contains(word))
        {
            return true;
        }
        cause = error.source();
    }
    false
}

/// The one token of an examination.
struct One(Arc<AccessToken>);

impl TokenSource for One {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile_auth::Error>> {
        Box::pin(std::future::ready(Ok((*self.0).clone())))
    }

    fn reject(&self, _: &AccessToken) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(status: u16, body: &str) -> Option<&'static str> {
        let status = StatusCode::from_u16(status).unwrap();
        verdict("Ping", status, body.as_bytes()).map(|cause| cause.code())
    }

    #[test]
    fn refusals_are_told_apart() {
        let fault = |text: &str| format!("<s:Fault><faultcode>{text}</faultcode></s:Fault>");
        assert_eq!(code(200, "<PingResponse/>"), None);
        assert_eq!(code(401, ""), Some("cause-token-refused-by-gateway"));
        assert_eq!(code(403, ""), Some("cause-access-denied"));
        for words in [
            "a:FailedAuthentication",
            "Access Denied",
            "Access is denied.",
        ] {
            for status in [200, 500] {
                assert_eq!(code(status, &fault(words)), Some("cause-access-denied"));
            }
        }
        assert_eq!(code(500, &fault("s:Client")), Some("cause-gateway-fault"));
        assert_eq!(code(502, "<html>"), Some("cause-country"));
        assert_eq!(code(503, ""), Some("cause-gateway-status"));
    }

    #[test]
    fn a_private_address_is_the_old_way() {
        for (address, private) in [
            ("10.1.2.3", true),
            ("172.16.0.1", true),
            ("172.32.0.1", false),
            ("192.168.1.1", true),
            ("100.64.0.1", true),
            ("100.128.0.1", false),
            ("169.254.1.1", true),
            ("127.0.0.1", false),
            ("8.8.8.8", false),
            ("fd00::1", true),
            ("fe80::1", true),
            ("::ffff:10.0.0.1", true),
            ("2001:4860::1", false),
            ("::1", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }
}
