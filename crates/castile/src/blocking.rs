//! The client for programs without async: each call waits for its answer.
//!
//! ```no_run
//! use castile::blocking::Client;
//! use castile::http::Config;
//!
//! # use castile::model::Operation;
//! # fn example<T: Operation<Fault: std::fmt::Debug + 'static>>(transfer: T) -> Result<(), Box<dyn std::error::Error>> {
//! let profile = Config::discover()?.profile("first-bank-test")?;
//! let client = Client::connect(&profile)?;
//! let response = client.call(&transfer).send()?;
//! # Ok(()) }
//! ```
//!
//! A thread of its own drives connections and timers; the caller's thread waits. Inside of an async runtime that would
//! stop the runtime, and is refused ([`Cause::InsideAsync`]): use [`castile::Client`](crate::Client) there.

mod attached;

use std::io;
use std::thread::JoinHandle;

use castile_http::connect::Switch;
use castile_http::profile::State;
use castile_http::{Profile, SoapTransport};
use castile_model::{Decoded, Operation, Raw};
use http::Uri;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;

use crate::error::Context;
use crate::{Cause, Error, Front, Header, Reply};

pub use attached::{AttachedPart, AttachedParts, StreamedReply};

/// Calls the operations of one gateway address, and waits. Any number of threads may use one client at once.
#[derive(Debug)]
pub struct Client<T> {
    inner: crate::Client<T>,
    engine: Engine,
}

impl Client<Switch<Front>> {
    /// A client for a profile in whatever state it is, as [`castile::Client::connect`](crate::Client::connect).
    ///
    /// # Errors
    /// As there; [`Setup`](castile_http::Error::Setup) when the system starts no thread.
    pub fn connect(profile: &Profile) -> Result<Self, castile_http::Error> {
        let engine = Engine::start().map_err(|error| castile_http::Error::Setup(error.into()))?;
        let entered = engine.handle.enter();
        let inner = crate::Client::connect(profile)?;
        drop(entered);
        Ok(Self { inner, engine })
    }

    /// Makes the calls to come in `state`, as [`castile::Client::switch`](crate::Client::switch).
    ///
    /// # Errors
    /// As there; then nothing has changed.
    pub fn switch(&self, state: State) -> Result<(), castile_http::Error> {
        self.inner.switch(state)
    }
}

impl<T> Client<T>
where
    T: SoapTransport<Error = castile_http::Error>,
{
    /// A client for the gateway at `url`, through a stack made by [`castile_http::stack`].
    ///
    /// # Errors
    /// [`Setup`](castile_http::Error::Setup) when the system starts no thread.
    pub fn new(url: Uri, transport: T) -> Result<Self, castile_http::Error> {
        let engine = Engine::start().map_err(|error| castile_http::Error::Setup(error.into()))?;
        Ok(Self {
            inner: crate::Client::new(url, transport),
            engine,
        })
    }

    /// What fills the `jXchangeHdr` of each request.
    #[must_use]
    pub fn with_header(self, header: Header) -> Self {
        Self {
            inner: self.inner.with_header(header),
            engine: self.engine,
        }
    }

    /// Prepares a call of the operation that `request` belongs to; nothing is sent before [`Call::send`].
    pub fn call<'c, O: Operation>(&'c self, request: &'c O) -> Call<'c, T, O> {
        Call {
            inner: self.inner.call(request),
            engine: &self.engine,
        }
    }

    /// The client underneath: searches and everything else that is async begins here, and ends in
    /// [`wait`](Self::wait).
    pub fn as_async(&self) -> &crate::Client<T> {
        &self.inner
    }

    /// Waits for a future made from [`as_async`](Self::as_async).
    ///
    /// # Errors
    /// [`InsideAsync`] inside of an async runtime; the future was not begun then.
    pub fn wait<F: Future>(&self, future: F) -> Result<F::Output, InsideAsync> {
        self.engine.wait(future)
    }
}

/// A prepared call of one operation, as [`castile::Call`](crate::Call).
#[derive(Debug)]
#[must_use = "nothing is sent before `send`"]
pub struct Call<'c, T, O> {
    inner: crate::Call<'c, T, O>,
    engine: &'c Engine,
}

impl<'c, T, O> Call<'c, T, O>
where
    T: SoapTransport<Error = castile_http::Error>,
    O: Operation,
{
    /// Changes what [`castile::Call`](crate::Call) can change: `.with(|call| call.header(block))`.
    pub fn with(
        mut self,
        change: impl FnOnce(crate::Call<'c, T, O>) -> crate::Call<'c, T, O>,
    ) -> Self {
        self.inner = change(self.inner);
        self
    }

    /// Adds a header block to the request.
    pub fn header(self, block: Raw) -> Self {
        self.with(|call| call.header(block))
    }

    /// Sends the request even if it lacks what the contract requires.
    pub fn unchecked(self) -> Self {
        self.with(crate::Call::unchecked)
    }

    /// The `jXLogTrackingId` that goes with the request, unless the request has one itself.
    pub fn tracking_id(&self) -> Option<&str> {
        self.inner.tracking_id()
    }

    /// Sends the request, waits, and returns the response.
    ///
    /// # Errors
    /// See [`Error`]; [`Cause::InsideAsync`] inside of an async runtime.
    pub fn send(self) -> Result<O::Response, Error<O::Fault>> {
        self.send_decoded().map(Decoded::into_value)
    }

    /// The same, with what was odd about the response.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_decoded(self) -> Result<Decoded<O::Response>, Error<O::Fault>> {
        self.send_whole().map(|reply| reply.response)
    }

    /// The same, with the header blocks of the answer.
    ///
    /// # Errors
    /// As [`send`](Self::send).
    pub fn send_whole(self) -> Result<Reply<O::Response>, Error<O::Fault>> {
        let context = self.context();
        match self.engine.wait(self.inner.send_whole()) {
            Ok(answer) => answer,
            Err(InsideAsync) => Err(Error::new(Cause::InsideAsync, context)),
        }
    }

    fn context(&self) -> Context {
        Context::of::<O>(self.inner.tracking_id().map(str::to_owned))
    }
}

/// A blocking call was made inside of an async runtime. Nothing was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a blocking call inside of an async runtime would stop it")]
pub struct InsideAsync;

impl InsideAsync {
    /// The stable code that `castile explain` knows.
    pub fn code(&self) -> &'static str {
        "call-inside-async"
    }
}

/// A runtime whose connections and timers one thread drives, while whoever waits runs the future.
#[derive(Debug)]
struct Engine {
    handle: Handle,
    /// Ends the thread when it is dropped.
    _stop: oneshot::Sender<()>,
    /// Left to itself: whoever drops a client does not wait.
    _thread: JoinHandle<()>,
}

impl Engine {
    fn start() -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new()
            .name("castile-blocking".to_owned())
            .spawn(move || {
                // Either way it is over.
                let _ = runtime.block_on(stopped);
            })?;
        Ok(Self {
            handle,
            _stop: stop,
            _thread: thread,
        })
    }

    fn wait<F: Future>(&self, future: F) -> Result<F::Output, InsideAsync> {
        if Handle::try_current().is_ok() {
            return Err(InsideAsync);
        }
        Ok(self.handle.block_on(future))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use castile_http::{Answer, Body, Error};
    use castile_jx::inquiry::Ping;
    use http::{Request, Response, StatusCode};

    use super::*;

    /// Refuses after a while, by a timer that somebody must drive.
    struct Late;

    impl SoapTransport for Late {
        type Error = Error;

        async fn send(&self, _: Request<Body>) -> Result<Response<Body>, Error> {
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut answer = Response::new(Body::whole(""));
            *answer.status_mut() = StatusCode::FORBIDDEN;
            Ok(answer)
        }
    }

    fn client() -> Client<Late> {
        let url = Uri::from_static("https://gateway.example/svc");
        Client::new(url, Late).unwrap()
    }

    fn call(client: &Client<Late>) -> &'static str {
        let error = client
            .call(&Ping::default())
            .unchecked()
            .send()
            .unwrap_err();
        if let Cause::Status { answer, .. } = error.cause() {
            assert_eq!(*answer, Answer::Forbidden);
        }
        error.code()
    }

    #[test]
    fn calls_wait_for_their_answers_from_any_number_of_threads() {
        let client = client();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| call(&client))).collect();
            for thread in threads {
                assert_eq!(thread.join().unwrap(), "gateway-forbidden");
            }
        });
        let ping = Ping::default();
        let waited = client.wait(client.as_async().call(&ping).unchecked().send());
        assert_eq!(waited.unwrap().unwrap_err().code(), "gateway-forbidden");
    }

    #[test]
    fn inside_of_a_runtime_nothing_is_sent_and_nothing_stops() {
        let client = client();
        let runtime = Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            assert_eq!(call(&client), "call-inside-async");
            let waited = client.wait(async {});
            assert_eq!(waited.unwrap_err().code(), "call-inside-async");
            // A client that is made, or dropped, here is none the worse for it.
            drop(self::client());
        });
        assert_eq!(call(&client), "gateway-forbidden");
    }
}
