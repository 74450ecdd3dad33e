//! What operations do to the books, where a configuration knows better than contract and name.

use std::collections::BTreeMap;
use std::pin::pin;
use std::sync::Arc;

use http::{Request, Response};

use crate::confirmed::ByHeaders;
use crate::{Body, Effect, Error, OperationName, Progress, SoapTransport};

/// Effects by the names of operations; what it does not name keeps the effect it has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects(BTreeMap<String, Effect>);

impl Effects {
    /// From now on every operation of this name has this effect, whatever service it is of.
    ///
    /// [`Effect::Read`] for what a contract calls a write lets it be repeated: say so only of what changes nothing.
    pub fn set(&mut self, operation: impl Into<String>, effect: Effect) {
        self.0.insert(operation.into(), effect);
    }

    /// The effect of `operation`, which is `known` unless something else was set.
    pub fn of(&self, operation: &str, known: Effect) -> Effect {
        self.0.get(operation).copied().unwrap_or(known)
    }

    /// All that was set, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, Effect)> {
        self.0.iter().map(|(name, effect)| (&**name, *effect))
    }

    /// The same with all that `nearer` sets in place of it.
    #[must_use]
    pub fn with(mut self, nearer: Self) -> Self {
        self.0.extend(nearer.0);
        self
    }
}

/// Gives each request the effect that is set for its operation ([`OperationName`]), before anything else looks at it.
///
/// Where headers alone named the operation, a read by that name is one only if the body agrees
/// ([`Confirm`](crate::Confirm)).
/// Whoever made the request finds the effect in its [`Progress`].
#[derive(Debug, Clone)]
pub struct Classify<T> {
    inner: T,
    effects: Arc<Effects>,
}

impl<T> Classify<T> {
    /// These effects for what goes to `inner`.
    pub fn new(inner: T, effects: Arc<Effects>) -> Self {
        Self { inner, effects }
    }
}

impl<T> SoapTransport for Classify<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        async move {
            let known = Effect::of(&request);
            let mut effect = known;
            if let Some(operation) = OperationName::carried(&mut request) {
                effect = self.effects.of(operation.name(), known);
                if effect != known {
                    request.extensions_mut().insert(effect);
                    // Nobody but its headers said that it is this operation.
                    if operation.service().is_none() {
                        request.extensions_mut().insert(ByHeaders);
                    }
                }
            }
            Progress::carried(&mut request).affect(effect);
            let sent = pin!(self.inner.send(request));
            sent.await.map_err(Into::into)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::Mutex;

    use super::*;

    #[derive(Default)]
    struct Seen(Mutex<Vec<Effect>>);

    impl SoapTransport for Seen {
        type Error = Infallible;

        async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Infallible> {
            self.0.lock().unwrap().push(Effect::of(&request));
            Ok(Response::new(Body::whole("")))
        }
    }

    #[tokio::test]
    async fn what_is_set_counts_whoever_named_the_operation() {
        let mut effects = Effects::default();
        effects.set("AcctInq", Effect::Write);
        effects.set("OddAdd", Effect::Read);
        let seen = Arc::new(Seen::default());
        let layer = Classify::new(Arc::clone(&seen), Arc::new(effects));
        let request = |action: &str, effect| {
            Request::post("http://x/")
                .header("soapaction", action)
                .extension(effect)
                .body(Body::whole(""))
                .unwrap()
        };
        layer
            .send(request("u/AcctInq", Effect::Read))
            .await
            .unwrap();
        layer
            .send(request("u/OddAdd", Effect::Write))
            .await
            .unwrap();
        layer
            .send(request("u/CustInq", Effect::Read))
            .await
            .unwrap();
        let mut typed = request("u/strange-action", Effect::Read);
        typed
            .extensions_mut()
            .insert(OperationName::new("Inquiry", "AcctInq"));
        layer.send(typed).await.unwrap();
        use Effect::{Read, Write};
        assert_eq!(*seen.0.lock().unwrap(), [Write, Read, Read, Write]);
    }
}
