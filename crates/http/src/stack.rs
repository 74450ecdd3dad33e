//! The one place where the order of the layers is written.

use std::sync::Arc;
use std::time::Duration;

use castile_auth::TokenSource;
use castile_auth::ports::Sleep;
use url::Url;

use crate::profile::Limits;
use crate::{AnswerLimit, Bearer, Deadline, Error, Origin, SoapTransport};

/// The stack of the typed client: time limit, answer limit, bearer, transport.
pub type Typed<T> = Deadline<AnswerLimit<Bearer<T>>>;

/// What the layers of a stack are set to.
#[derive(Clone)]
#[non_exhaustive]
pub struct Plan {
    /// The only origin that may see the token.
    pub origin: Origin,
    /// Where tokens come from.
    pub source: Arc<dyn TokenSource>,
    /// How the time limit waits.
    pub sleep: Arc<dyn Sleep>,
    /// For the whole exchange; 60 s by default.
    pub total: Duration,
    /// The longest answer in bytes; 64 MiB by default.
    pub answer_limit: usize,
    /// Whether writes are repeated once after any 401. Off by default.
    pub repeat_writes_on_401: bool,
}

impl Plan {
    /// The defaults for a service at `url`.
    ///
    /// # Errors
    /// [`Error::InsecureOrigin`] unless `url` is https, or http on loopback.
    pub fn new(
        url: &Url,
        source: Arc<dyn TokenSource>,
        sleep: Arc<dyn Sleep>,
    ) -> Result<Self, Error> {
        Ok(Self {
            origin: Origin::of_url(url).ok_or(Error::InsecureOrigin)?,
            source,
            sleep,
            total: Limits::default().total,
            answer_limit: 64 * 1024 * 1024,
            repeat_writes_on_401: false,
        })
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("origin", &self.origin)
            .field("total", &self.total)
            .field("answer_limit", &self.answer_limit)
            .field("repeat_writes_on_401", &self.repeat_writes_on_401)
            .finish_non_exhaustive()
    }
}

/// For messages without a security header, whole in memory.
///
/// # Errors
/// [`Error::InsecureOrigin`].
pub fn typed<T>(plan: Plan, transport: T) -> Result<Typed<T>, Error>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let (total, sleep, limit) = (plan.total, plan.sleep.clone(), plan.answer_limit);
    let bearer = bearer(plan, transport)?;
    Ok(Deadline::new(AnswerLimit::new(bearer, limit), total, sleep))
}

fn bearer<T>(plan: Plan, transport: T) -> Result<Bearer<T>, Error> {
    Bearer::new(
        transport,
        plan.source,
        plan.origin,
        plan.repeat_writes_on_401,
    )
}
