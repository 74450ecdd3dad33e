//! What carries a SOAP message to a peer.

use std::future::Future;

use http::{Request, Response};

use crate::Body;

/// Sends one HTTP request and returns the answer, whatever its status.
///
/// A transport follows no redirects and repeats nothing. It knows no types; what may be repeated travels
/// as an [`Effect`](crate::Effect) in the request's extensions. Foreign clients get newtype adapters.
pub trait SoapTransport: Send + Sync {
    /// Why there is no answer.
    type Error: std::error::Error + Send + Sync + 'static;

    /// Sends `request` once.
    fn send(
        &self,
        request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Self::Error>> + Send;
}

impl<T: SoapTransport> SoapTransport for std::sync::Arc<T> {
    type Error = T::Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Self::Error> {
        T::send(self, request).await
    }
}
