//! A typed client of an institution, at its gateway or at a false one.

use std::sync::Arc;

use castile::http::connect::Switch;
use castile::http::stack::{Plan, Typed};
use castile::http::{Config, EgressTransport, Profile, connect, stack};
use castile::{Client, Front};

use crate::Institution;

/// The typed client as a user makes it.
pub type ConnectedClient = Client<Switch<Front>>;

/// The typed client over a stack of the test's own making.
pub type TypedClient = Client<Typed<EgressTransport>>;

impl Institution {
    /// The profile `bank`, with the gateway's address replaced by `url`; tokens come from the sandbox as before.
    ///
    /// # Panics
    /// When `url` is no address that a profile may have.
    pub fn profile_at(&self, url: &str) -> Arc<Profile> {
        let text = std::fs::read_to_string(self.config()).expect("the profile's own file");
        let text = text.replace(&self.sandbox().gateway_url("ServiceGateway"), url);
        Config::parse(&text, self.config())
            .and_then(|config| config.profile("bank"))
            .expect("a profile of our own making")
    }

    /// The typed client of this institution.
    ///
    /// # Panics
    /// When the system offers no TLS roots.
    pub fn client(&self) -> ConnectedClient {
        Client::connect(self.profile()).expect("a usable profile")
    }

    /// The typed client with another gateway and another plan.
    ///
    /// # Panics
    /// As [`profile_at`](Self::profile_at) and [`client`](Self::client).
    pub fn client_at(&self, url: &str, change: impl FnOnce(&mut Plan)) -> TypedClient {
        let profile = self.profile_at(url);
        let source = connect::token_source(&profile).expect("a usable key");
        let mut plan = connect::plan(&profile, Arc::new(source)).expect("state oauth");
        // What arrives is counted: who wants reads repeated says so.
        plan.retry = None;
        change(&mut plan);
        let transport = EgressTransport::new(Default::default()).expect("TLS roots");
        Client::new(
            url.parse().expect("a profile's address"),
            stack::typed(plan, transport),
        )
    }
}
