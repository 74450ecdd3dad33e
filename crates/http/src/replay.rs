//! A request as it was, kept once by all layers that may have to send it again.

use std::sync::Arc;

use bytes::Bytes;
use http::Request;

use crate::Body;

/// A request whose body is in memory.
///
/// It travels as an extension, so that a layer further inside keeps no copy of its own.
#[derive(Clone)]
pub(crate) struct Replay(Arc<Request<Bytes>>);

impl Replay {
    /// What `request` was when a layer outside kept it, between which and here nothing changes it; if none did, what
    /// it is now.
    pub(crate) fn shared(request: &mut Request<Body>) -> Option<Self> {
        let kept = request.extensions().get::<Self>().cloned();
        kept.or_else(|| Self::of(request))
    }

    /// What `request` is now; none if its body is a stream.
    pub(crate) fn of(request: &mut Request<Body>) -> Option<Self> {
        request.extensions_mut().remove::<Self>();
        let mut kept = Request::new(request.body().as_whole()?.clone());
        *kept.method_mut() = request.method().clone();
        *kept.uri_mut() = request.uri().clone();
        *kept.version_mut() = request.version();
        *kept.headers_mut() = request.headers().clone();
        *kept.extensions_mut() = request.extensions().clone();
        let kept = Self(Arc::new(kept));
        request.extensions_mut().insert(kept.clone());
        Some(kept)
    }

    /// What would be sent again.
    pub(crate) fn message(&self) -> &Request<Bytes> {
        &self.0
    }

    /// The same request again.
    pub(crate) fn request(self) -> Request<Body> {
        Arc::unwrap_or_clone(self.0).map(Body::whole)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Effect;

    #[test]
    fn what_is_sent_again_is_what_the_outermost_layer_had() {
        let mut request = Request::post("https://gateway.example/x")
            .header("soapaction", "a")
            .extension(Effect::Write)
            .body(Body::whole("message"))
            .unwrap();
        let outer = Replay::of(&mut request).unwrap();
        request.headers_mut().remove("soapaction");
        *request.body_mut() = Body::whole("other");
        let inner = Replay::shared(&mut request).unwrap();
        for kept in [inner, outer] {
            let again = kept.request();
            assert_eq!(
                (again.method(), again.uri()),
                (request.method(), request.uri())
            );
            assert_eq!(again.headers()["soapaction"], "a");
            assert_eq!(Effect::of(&again), Effect::Write);
            assert_eq!(again.body().as_whole().unwrap(), "message");
            // What is sent again is kept anew.
            assert!(again.extensions().get::<Replay>().is_none());
        }
    }

    #[test]
    fn a_copy_of_ones_own_is_of_the_request_as_it_is() {
        let mut request = Request::new(Body::whole("message"));
        drop(Replay::of(&mut request));
        *request.body_mut() = Body::whole("other");
        let again = Replay::of(&mut request).unwrap().request();
        assert_eq!(again.body().as_whole().unwrap(), "other");
    }

    #[test]
    fn a_stream_goes_out_once() {
        let body = Body::stream(http_body_util::Full::new(Bytes::from_static(b"x")));
        assert!(Replay::of(&mut Request::new(body)).is_none());
    }
}
