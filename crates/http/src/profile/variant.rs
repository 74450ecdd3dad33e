//! What differs inside a profile by service and operation.

use std::sync::Arc;

use super::{ConfigError, Profile, State};

/// The settings of the services and operations for which a profile makes a difference.
#[derive(Debug, Clone, Default)]
pub struct Variants {
    /// Each service that is named, with the operations that are said to be its own.
    pub(super) services: Vec<(String, Vec<String>)>,
    /// Each operation that is named.
    pub(super) operations: Vec<String>,
    /// For each service and none, for each operation and none; without the first pair, which is the profile itself.
    pub(super) profiles: Vec<Arc<Profile>>,
}

/// Which of a profile's settings a call goes by; the same for all calls that go by the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Route(usize);

impl Route {
    /// Its number among [`Profile::routes`].
    pub fn index(self) -> usize {
        self.0
    }
}

impl Variants {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.profiles.is_empty()
    }

    /// The services that are named, each with the operations that are said to be its own.
    pub fn services(&self) -> impl Iterator<Item = (&str, &[String])> {
        let services = self.services.iter();
        services.map(|(name, operations)| (&**name, &**operations))
    }

    /// The operations that are named.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.operations.iter().map(|name| &**name)
    }

    /// The same in another state.
    pub(crate) fn with_state(&self, state: State) -> Result<Self, ConfigError> {
        let profiles = self.profiles.iter();
        let profiles = profiles.map(|variant| variant.with_state(state).map(Arc::new));
        Ok(Self {
            profiles: profiles.collect::<Result<_, _>>()?,
            ..self.clone()
        })
    }

    /// `None` when it depends on the service, and the service is not known.
    fn route(&self, service: Option<&str>, operation: &str) -> Option<Route> {
        let service = match service {
            Some(service) => self.services.iter().position(|(name, _)| name == service),
            None => {
                let lists = |listed: &[String]| listed.iter().any(|name| name == operation);
                let at = self.services.iter().position(|(_, listed)| lists(listed));
                if at.is_none() && self.services.iter().any(|(_, listed)| listed.is_empty()) {
                    return None;
                }
                at
            }
        };
        let operation = self.operations.iter().position(|name| name == operation);
        let number = |at: Option<usize>| at.map_or(0, |at| at + 1);
        let columns = self.operations.len() + 1;
        Some(Route(number(service) * columns + number(operation)))
    }
}

impl Profile {
    /// The settings of an operation: this profile, with what it says of the service and of the operation.
    ///
    /// The institution is the same for all of them.
    pub fn for_operation(&self, service: &str, operation: &str) -> &Self {
        let route = self.route(Some(service), operation);
        route.map_or(self, |route| self.on(route))
    }

    /// By which settings an operation goes; `None` when that depends on its service, and that is not known.
    ///
    /// Without a service, the one is taken that lists the operation.
    pub fn route(&self, service: Option<&str>, operation: &str) -> Option<Route> {
        self.variants.route(service, operation)
    }

    /// The settings of a route of this profile.
    pub fn on(&self, route: Route) -> &Self {
        let variant = route
            .0
            .checked_sub(1)
            .and_then(|at| self.variants.profiles.get(at));
        variant.map_or(self, |variant| variant)
    }

    /// The settings of each route: first the profile itself.
    pub fn routes(&self) -> impl Iterator<Item = &Self> {
        let variants = self.variants.profiles.iter().map(|variant| &**variant);
        std::iter::once(self).chain(variants)
    }
}
