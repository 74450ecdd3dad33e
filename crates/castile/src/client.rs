//! A service's address and the transport that leads there.

use std::sync::Arc;

use castile_http::connect;
use castile_http::stack::Typed;
use castile_http::{Error, OsRandom, Profile, ReqwestTransport, SoapTransport};
use castile_model::Operation;
use http::Uri;

use crate::{Call, Header};

/// Calls the operations of one gateway address.
#[derive(Debug, Clone)]
pub struct Client<T> {
    transport: T,
    url: Uri,
    header: Header,
}

impl<T> Client<T>
where
    T: SoapTransport<Error = castile_http::Error>,
{
    /// A client for the gateway at `url`, through a stack made by [`castile_http::stack`].
    pub fn new(url: Uri, transport: T) -> Self {
        Self {
            transport,
            url,
            header: Header::empty(),
        }
    }

    /// What fills the `jXchangeHdr` of each request.
    #[must_use]
    pub fn with_header(mut self, header: Header) -> Self {
        self.header = header;
        self
    }

    #[cfg(feature = "yaserde")]
    pub(crate) fn transport(&self) -> &T {
        &self.transport
    }

    #[cfg(feature = "yaserde")]
    pub(crate) fn url(&self) -> &Uri {
        &self.url
    }

    /// Prepares a call of the operation that `request` belongs to; nothing is sent before [`Call::send`].
    pub fn call<'c, O: Operation>(&'c self, request: &'c O) -> Call<'c, T, O> {
        Call::new(&self.transport, &self.url, &self.header, request)
    }
}

impl Client<Typed<ReqwestTransport>> {
    /// A client for a profile in state `oauth`, with a token cache of its own and the profile's [`Header`].
    ///
    /// Blocks while it reads the key; nothing is sent before the first call.
    ///
    /// # Errors
    /// Another state, a key that cannot be read or used, settings that are none, no TLS roots.
    pub fn connect(profile: &Profile) -> Result<Self, Error> {
        let (_, oauth) = profile.in_oauth()?;
        let url = oauth
            .url
            .as_str()
            .parse()
            .map_err(|_| Error::InsecureOrigin)?;
        let header = Header::of(profile).with_tracking(Arc::new(OsRandom));
        Ok(Self::new(url, connect::typed(profile)?).with_header(header))
    }
}
