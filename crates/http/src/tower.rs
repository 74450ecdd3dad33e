//! The stacks as tower layers: around any HTTP service that takes and gives [`Body`].

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use crate::stack::{self, Plan, Raw, TypedConfirmed};
use crate::{Body, Error, SoapTransport};

/// Puts the stack of [`stack::typed_confirmed`] around a service.
///
/// The service must follow no redirects and repeat nothing: a layer outside it cannot see to that.
#[derive(Debug, Clone)]
pub struct TypedLayer(pub Plan);

impl<S> Layer<S> for TypedLayer
where
    ServiceTransport<S>: SoapTransport<Error: Into<Error>>,
{
    type Service = TransportService<TypedConfirmed<ServiceTransport<S>>>;

    fn layer(&self, service: S) -> Self::Service {
        let transport = ServiceTransport(service);
        TransportService::new(stack::typed_confirmed(self.0.clone(), transport))
    }
}

/// Puts the stack of [`stack::raw`] around a service, as [`TypedLayer`] does.
#[derive(Debug, Clone)]
pub struct RawLayer(pub Plan);

impl<S> Layer<S> for RawLayer
where
    ServiceTransport<S>: SoapTransport<Error: Into<Error>>,
{
    type Service = TransportService<Raw<ServiceTransport<S>>>;

    fn layer(&self, service: S) -> Self::Service {
        TransportService::new(stack::raw(self.0.clone(), ServiceTransport(service)))
    }
}

/// A tower service as a transport.
#[derive(Debug, Clone)]
pub struct ServiceTransport<S>(pub S);

impl<S> SoapTransport for ServiceTransport<S>
where
    S: Service<Request<Body>, Response = Response<Body>> + Clone + Send + Sync,
    S::Error: std::error::Error + Send + Sync + 'static,
    S::Future: Send,
{
    type Error = S::Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, S::Error> {
        let mut service = self.0.clone();
        poll_fn(|context| service.poll_ready(context)).await?;
        service.call(request).await
    }
}

/// A transport as a tower service. Always ready: time and size are bounded by the stack.
#[derive(Debug)]
pub struct TransportService<T>(Arc<T>);

impl<T> TransportService<T> {
    /// A service over `transport`, shared by its clones.
    pub fn new(transport: T) -> Self {
        Self(Arc::new(transport))
    }
}

impl<T> Clone for TransportService<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: SoapTransport + 'static> Service<Request<Body>> for TransportService<T> {
    type Response = Response<Body>;
    type Error = T::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, T::Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), T::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let transport = self.0.clone();
        Box::pin(async move { transport.send(request).await })
    }
}
