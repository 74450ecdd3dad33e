//! Both transports of this crate, for tests of what they have in common.

use castile_http::profile::{Egress, Limits};
use castile_http::{Body, EgressTransport, Error, ReqwestTransport, SoapTransport};
use http::{Request, Response};

/// A transport of a profile.
#[derive(Debug)]
pub(crate) enum Way {
    Egress(EgressTransport),
    Reqwest(ReqwestTransport),
}

impl Way {
    /// One of each, which leave directly.
    pub(crate) fn both(limits: Limits) -> [Self; 2] {
        Self::both_by(&Egress::default(), limits).unwrap()
    }

    /// One of each by this way.
    pub(crate) fn both_by(egress: &Egress, limits: Limits) -> Result<[Self; 2], Error> {
        Ok([
            Self::Egress(EgressTransport::through(egress, limits)?),
            Self::Reqwest(ReqwestTransport::through(egress, limits)?),
        ])
    }
}

impl SoapTransport for Way {
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        match self {
            Self::Egress(transport) => transport.send(request).await,
            Self::Reqwest(transport) => transport.send(request).await,
        }
    }
}
