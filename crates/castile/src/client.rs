//! A service's address and the transport that leads there.

use std::fmt;
use std::sync::Arc;

use castile_http::connect::{Live, Profiles, Switch};
use castile_http::profile::State;
use castile_http::{Error, Profile, SoapTransport};
use castile_model::Operation;
use http::Uri;

use crate::front::{Front, Moving, nowhere};
use crate::{Call, Header};

/// Calls the operations of one gateway address; `Client` alone is what [`connect`](Client::connect) gives.
#[derive(Clone)]
pub struct Client<T = Switch<Front>> {
    transport: T,
    url: Uri,
    header: Arc<Header>,
    /// Where the header depends on the state that a call begins in.
    moving: Option<Moving>,
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
            header: Arc::new(Header::empty()),
            moving: None,
        }
    }

    /// What fills the `jXchangeHdr` of each request, in place of what the profile says.
    #[must_use]
    pub fn with_header(mut self, header: Header) -> Self {
        self.header = Arc::new(header);
        self.moving = None;
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
    ///
    /// It goes by the profile as it is now, whatever is switched or read before it is sent.
    pub fn call<'c, O: Operation>(&'c self, request: &'c O) -> Call<'c, T, O> {
        let (header, pin) = match &self.moving {
            None => (self.header.clone(), None),
            Some(moving) => {
                let (header, pin) = moving.begin(O::SERVICE, O::NAME);
                (header, Some(pin))
            }
        };
        Call::new(&self.transport, &self.url, header, request).pinned(pin)
    }
}

impl Client<Switch<Front>> {
    /// A client for a profile in whatever state it is, with the profile's [`Header`].
    ///
    /// Services and operations for which the profile says something of their own go by that.
    /// Blocks while it reads the key, the password, or both; nothing is sent before the first call.
    ///
    /// # Errors
    /// A profile without what its state needs; a key or password that cannot be read or used; settings that are none;
    /// no TLS roots.
    pub fn connect(profile: &Profile) -> Result<Self, Error> {
        let switch = Switch::new(profile, Front::of)?;
        let mut client = Self::new(nowhere(), switch.clone());
        client.moving = Some(Moving::new(move || switch.now()));
        Ok(client)
    }

    /// Makes the calls to come in `state`, of this client and of its clones; a call ends in the state it began in.
    ///
    /// Blocks while it reads the key, the password, or both.
    ///
    /// # Errors
    /// A profile without what that state needs, and as [`connect`](Self::connect); then nothing has changed.
    pub fn switch(&self, state: State) -> Result<(), Error> {
        self.transport.switch(state)
    }

    /// The state of the calls to come.
    pub fn state(&self) -> State {
        self.transport.now().state()
    }
}

impl Client<Live<Front>> {
    /// A client for the profile `name`, as the configuration says it at any time: after each
    /// [`Profiles::reload`] by what was read.
    ///
    /// # Errors
    /// No such profile, and as [`connect`](Client::connect).
    pub fn follow(profiles: &Profiles, name: &str) -> Result<Self, Error> {
        let live = profiles.connect(name, Front::of)?;
        let mut client = Self::new(nowhere(), live.clone());
        client.moving = Some(Moving::new(move || live.now()));
        Ok(client)
    }

    /// The state of the calls to come.
    pub fn state(&self) -> State {
        self.transport.now().state()
    }
}

impl<T: fmt::Debug> fmt::Debug for Client<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("transport", &self.transport)
            .field("url", &self.url)
            .field("header", &self.header)
            .finish_non_exhaustive()
    }
}
