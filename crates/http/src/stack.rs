//! The one place where the order of the layers is written.

use std::sync::Arc;
use std::time::Duration;

use castile_auth::TokenSource;
use castile_auth::ports::Sleep;
use castile_envelope::Policy;
use url::Url;

use crate::journal::WriteLog;
use crate::profile::Limits;
use crate::{
    AnswerLimit, Bearer, Classify, Confirm, Deadline, Effects, Error, Guard, Institution,
    Journaled, Login, Origin, Retry, RetryPolicy, Rewrite, SoapTransport, Traced, Watched,
    WsSecurity,
};

/// The stack of the typed client: spans and metrics, effects, time limit, answer limit, guard, repetition of reads, bearer, journal,
/// transport.
pub type Typed<T> = Traced<Classify<Deadline<AnswerLimit<Guard<Retry<Bearer<Journaled<T>>>>>>>>;

/// The same for callers who make their envelopes themselves: spans and metrics, effects, time limit, effects by the body, answer
/// limit, guard, repetition of reads, bearer, journal, transport.
pub type TypedConfirmed<T> =
    Traced<Classify<Deadline<Confirm<AnswerLimit<Guard<Retry<Bearer<Journaled<T>>>>>>>>>;

/// The stack of the proxy and of untyped callers: spans and metrics, effects, time limit, rewriting, effects by the body, answer
/// limit, guard, bearer, journal, transport.
pub type Raw<T> =
    Traced<Classify<Deadline<Rewrite<Confirm<AnswerLimit<Guard<Bearer<Journaled<T>>>>>>>>>;

/// The stack of the typed client by the old model: spans and metrics, effects, time limit, answer limit, guard, repetition of reads,
/// login, journal, transport.
pub type TypedLegacy<T> =
    Traced<Classify<Deadline<AnswerLimit<Guard<Retry<WsSecurity<Journaled<T>>>>>>>>;

/// The same for the proxy and untyped callers: spans and metrics, effects, time limit, effects by the body, answer limit, guard,
/// login, journal, transport.
pub type RawLegacy<T> =
    Traced<Classify<Deadline<Confirm<AnswerLimit<Guard<WsSecurity<Journaled<T>>>>>>>>;

/// What the layers of a stack are set to.
#[derive(Clone)]
#[non_exhaustive]
pub struct Plan {
    origin: Origin,
    /// Where tokens come from.
    pub source: Arc<dyn TokenSource>,
    /// How the time limit waits.
    pub sleep: Arc<dyn Sleep>,
    /// For the whole exchange; 60 s by default.
    pub total: Duration,
    /// The longest message in bytes that is held in memory while it is rewritten; 1 MiB by default.
    ///
    /// Such a message can be sent again after a 401. A longer one is streamed: it is as long as it likes, and
    /// goes out once at most.
    pub replay_limit: usize,
    /// The longest answer in bytes; 64 MiB by default.
    pub answer_limit: usize,
    /// What may be cut.
    pub policy: Policy,
    /// Whether writes are repeated once after any 401. Off by default.
    pub repeat_writes_on_401: bool,
    /// For whom messages and tokens must be; without it neither is looked at. None by default.
    pub institution: Option<Arc<Institution>>,
    /// How the typed client repeats reads that failed; none by default.
    pub retry: Option<RetryPolicy>,
    /// What operations do to the books where that is not what their contract or their name says; nothing by default.
    pub effects: Arc<Effects>,
    /// Where writes are noted before they go out; nowhere by default.
    pub journal: Option<Arc<dyn WriteLog>>,
    /// What spans and metrics tell; without a clock nothing is timed.
    pub watched: Watched,
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
        let origin = Origin::of_url(url).filter(Origin::is_confidential);
        Ok(Self {
            origin: origin.ok_or(Error::InsecureOrigin)?,
            source,
            sleep,
            total: Limits::default().total,
            replay_limit: 1024 * 1024,
            answer_limit: 64 * 1024 * 1024,
            policy: Policy::default(),
            repeat_writes_on_401: false,
            institution: None,
            retry: None,
            effects: Arc::default(),
            journal: None,
            watched: Watched::default(),
        })
    }

    /// The only origin that may see the token.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl std::fmt::Debug for Plan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plan")
            .field("origin", &self.origin)
            .field("total", &self.total)
            .field("replay_limit", &self.replay_limit)
            .field("answer_limit", &self.answer_limit)
            .field("policy", &self.policy)
            .field("repeat_writes_on_401", &self.repeat_writes_on_401)
            .field("institution", &self.institution)
            .field("retry", &self.retry)
            .field("effects", &self.effects)
            .field("has_journal", &self.journal.is_some())
            .finish_non_exhaustive()
    }
}

/// What the layers of a stack by the old model are set to.
#[derive(Clone)]
#[non_exhaustive]
pub struct LegacyPlan {
    origin: Origin,
    /// What is added to messages that have no security header; without it every message goes out as it came. None by
    /// default.
    pub login: Option<Login>,
    /// How the time limit waits.
    pub sleep: Arc<dyn Sleep>,
    /// For the whole exchange; 60 s by default.
    pub total: Duration,
    /// The longest answer in bytes; 64 MiB by default.
    pub answer_limit: usize,
    /// For whom messages must be; without it they are not looked at. None by default.
    pub institution: Option<Arc<Institution>>,
    /// How the typed client repeats reads that failed; none by default.
    pub retry: Option<RetryPolicy>,
    /// As in [`Plan::effects`].
    pub effects: Arc<Effects>,
    /// As in [`Plan::journal`].
    pub journal: Option<Arc<dyn WriteLog>>,
    /// As in [`Plan::watched`].
    pub watched: Watched,
}

impl LegacyPlan {
    /// The defaults for a service at `url`.
    ///
    /// # Errors
    /// [`Error::InsecureOrigin`] unless `url` is https, or http on loopback.
    pub fn new(url: &Url, sleep: Arc<dyn Sleep>) -> Result<Self, Error> {
        let origin = Origin::of_url(url).filter(Origin::is_confidential);
        Ok(Self {
            origin: origin.ok_or(Error::InsecureOrigin)?,
            login: None,
            sleep,
            total: Limits::default().total,
            answer_limit: 64 * 1024 * 1024,
            institution: None,
            retry: None,
            effects: Arc::default(),
            journal: None,
            watched: Watched::default(),
        })
    }
}

impl std::fmt::Debug for LegacyPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LegacyPlan")
            .field("origin", &self.origin)
            .field("login", &self.login)
            .field("total", &self.total)
            .field("answer_limit", &self.answer_limit)
            .field("institution", &self.institution)
            .field("retry", &self.retry)
            .field("effects", &self.effects)
            .field("has_journal", &self.journal.is_some())
            .finish_non_exhaustive()
    }
}

/// For messages without a security header, whole in memory, from a caller who knows its operation.
pub fn typed<T>(plan: Plan, transport: T) -> Typed<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let inner = repeating(plan.clone(), transport);
    outermost(plan, inner)
}

/// For messages without a security header of which headers alone may say what they do.
pub fn typed_confirmed<T>(plan: Plan, transport: T) -> TypedConfirmed<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let inner = repeating(plan.clone(), transport);
    let inner = Confirm::new(inner, plan.effects.clone());
    outermost(plan, inner)
}

/// For messages as old clients make them.
pub fn raw<T>(plan: Plan, transport: T) -> Raw<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let institution = plan.institution.clone();
    let inner = journaled(transport, plan.journal.clone(), institution.as_deref());
    let inner = Bearer::planned(plan.clone(), inner);
    let inner = Guard::new(inner, institution);
    let inner = AnswerLimit::new(inner, plan.answer_limit);
    let inner = Confirm::new(inner, plan.effects.clone());
    let inner = Rewrite::new(inner, plan.policy.clone(), plan.replay_limit);
    outermost(plan, inner)
}

/// By the old model, for messages without a security header, whole in memory.
pub fn typed_legacy<T>(plan: LegacyPlan, transport: T) -> TypedLegacy<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let (origin, told) = (plan.origin.clone(), plan.institution.clone());
    let inner = journaled(transport, plan.journal, plan.institution.as_deref());
    let inner = WsSecurity::to_confidential(inner, plan.origin, plan.login);
    let inner = Retry::new(inner, plan.retry, plan.sleep.clone());
    let inner = Guard::new(inner, plan.institution);
    let inner = AnswerLimit::new(inner, plan.answer_limit);
    let inner = Deadline::new(inner, plan.total, plan.sleep);
    let inner = Classify::new(inner, plan.effects);
    Traced::new(inner, plan.watched, origin, told.as_deref())
}

/// By the old model, for messages as old clients make them.
pub fn raw_legacy<T>(plan: LegacyPlan, transport: T) -> RawLegacy<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let (origin, told) = (plan.origin.clone(), plan.institution.clone());
    let inner = journaled(transport, plan.journal, plan.institution.as_deref());
    let inner = WsSecurity::to_confidential(inner, plan.origin, plan.login);
    let inner = Guard::new(inner, plan.institution);
    let inner = AnswerLimit::new(inner, plan.answer_limit);
    let inner = Confirm::new(inner, plan.effects.clone());
    let inner = Deadline::new(inner, plan.total, plan.sleep);
    let inner = Classify::new(inner, plan.effects);
    Traced::new(inner, plan.watched, origin, told.as_deref())
}

/// From the answer limit inwards, with repetition of reads.
fn repeating<T>(plan: Plan, transport: T) -> AnswerLimit<Guard<Retry<Bearer<Journaled<T>>>>>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let (sleep, limit) = (plan.sleep.clone(), plan.answer_limit);
    let (institution, retry) = (plan.institution.clone(), plan.retry.clone());
    let inner = journaled(transport, plan.journal.clone(), institution.as_deref());
    let inner = Bearer::planned(plan, inner);
    let inner = Retry::new(inner, retry, sleep);
    let inner = Guard::new(inner, institution);
    AnswerLimit::new(inner, limit)
}

/// What is the same around every stack of the new model.
///
/// Nothing that decides by the effect stands outside of what gives it by configuration: that has the first word, the body
/// the last.
fn outermost<T>(plan: Plan, inner: T) -> Traced<Classify<Deadline<T>>>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    let inner = Deadline::new(inner, plan.total, plan.sleep);
    let inner = Classify::new(inner, plan.effects);
    Traced::new(
        inner,
        plan.watched,
        plan.origin,
        plan.institution.as_deref(),
    )
}

fn journaled<T>(
    transport: T,
    log: Option<Arc<dyn WriteLog>>,
    institution: Option<&Institution>,
) -> Journaled<T> {
    let profile = institution.map(|institution| institution.profile.as_str().into());
    Journaled::new(transport, log, profile)
}
