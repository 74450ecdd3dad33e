//! Carries SOAP messages by the way that an egress says.

mod direct;

use futures_util::future::Either;
use http::header::ACCEPT;
use http::{HeaderValue, Request, Response};

use direct::Direct;

use crate::hyper::HyperTransport;
use crate::profile::{Egress, Limits};
use crate::{Body, Error, ReqwestTransport, SoapTransport, tls};

/// What carries the messages of a profile: hyper where it leaves directly, reqwest through a proxy or for packed answers.
///
/// The way changes nothing but what a call costs. HTTP/1.1, TLS 1.2 or later, no redirects, no cookies, and no proxy
/// taken from the environment; roots, client certificate and versions of TLS are as an [`Egress`] says.
///
/// A request leaves at most once: what is sent over another connection, because a kept one turned out closed, is a
/// message of which no byte was written.
#[derive(Debug, Clone)]
pub struct EgressTransport(Way);

#[derive(Debug, Clone)]
enum Way {
    Direct(HyperTransport<Direct>),
    Reqwest(ReqwestTransport),
}

impl EgressTransport {
    /// A client of its own that leaves directly. [`Limits::connect`] is kept here, for TCP and TLS together; the rest
    /// is the stack's.
    ///
    /// # Errors
    /// [`Error::Setup`] when the system offers no TLS roots.
    pub fn new(limits: Limits) -> Result<Self, Error> {
        Self::through(&Egress::default(), limits)
    }

    /// The same by another way. Blocks while it reads the files and secrets that are named.
    ///
    /// # Errors
    /// As [`new`](Self::new); [`Error::Config`] when a file or a secret cannot be used.
    pub fn through(egress: &Egress, limits: Limits) -> Result<Self, Error> {
        Ok(Self(if is_direct(egress) {
            let connector = Direct::new(tls::client_config(egress)?, limits.connect);
            Way::Direct(HyperTransport::new(connector))
        } else {
            Way::Reqwest(ReqwestTransport::through(egress, limits)?)
        }))
    }
}

/// Whether hyper alone does all that `egress` says.
fn is_direct(egress: &Egress) -> bool {
    // Each field by its name: a new one has no way before it was decided which can take it.
    let Egress {
        proxy,
        gzip,
        roots: _,
        only_roots: _,
        client_certificate: _,
        only_tls_1_3: _,
        token_direct: _,
    } = egress;
    proxy.is_none() && !gzip
}

impl SoapTransport for EgressTransport {
    type Error = Error;

    fn send(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        match &self.0 {
            Way::Direct(hyper) => {
                // As reqwest does: a gateway sees no difference.
                let accept = request.headers_mut().entry(ACCEPT);
                accept.or_insert(HeaderValue::from_static("*/*"));
                Either::Left(hyper.send(request))
            }
            Way::Reqwest(reqwest) => Either::Right(reqwest.send(request)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Proxy;

    #[test]
    fn what_wants_a_proxy_or_packed_answers_is_reqwest_s_and_the_rest_goes_directly() {
        for (has_proxy, gzip) in [(false, false), (false, true), (true, false), (true, true)] {
            for (only_tls_1_3, token_direct) in [(false, false), (true, true)] {
                let egress = Egress {
                    proxy: has_proxy.then(|| Proxy {
                        url: "http://127.0.0.1:1".parse().unwrap(),
                        username: None,
                        password: None,
                    }),
                    gzip,
                    only_tls_1_3,
                    token_direct,
                    ..Egress::default()
                };
                let transport = EgressTransport::through(&egress, Limits::default()).unwrap();
                let is_direct = matches!(transport.0, Way::Direct(_));
                assert_eq!(is_direct, !has_proxy && !gzip, "{egress:?}");
            }
        }
    }
}
