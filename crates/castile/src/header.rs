//! What every request of a profile says in its `jXchangeHdr`.

mod ids;

use std::fmt;
use std::sync::Arc;

use castile_auth::ports::Random;
use castile_http::{Attempts, Profile};
use castile_model::Fill;

use ids::Ids;

/// Fills the `jXchangeHdr` of requests: values of the profile, and an id of its own for each attempt.
///
/// What a request says itself stays.
#[derive(Clone)]
pub struct Header {
    fill: Fill,
    ids: Option<Arc<Ids>>,
}

impl Header {
    const ELEMENT: &'static str = "jXchangeHdr";
    pub(crate) const TRACKING_ID: &'static str = "jXLogTrackingId";

    /// Fills nothing.
    pub fn empty() -> Self {
        Self {
            fill: Fill::of(Self::ELEMENT),
            ids: None,
        }
    }

    /// The institution, the environment and the header values of a profile's endpoint in use.
    pub fn of(profile: &Profile) -> Self {
        let values = profile.header();
        let own = [
            ("JxVer", &values.jx_ver),
            ("AuditUsrId", &values.audit_usr_id),
            ("AuditWsId", &values.audit_ws_id),
            ("ValidConsmName", &values.valid_consm_name),
            ("ValidConsmProd", &values.valid_consm_prod),
        ];
        let mut fill = Fill::of(Self::ELEMENT)
            .with("InstRtId", &profile.inst_rt_id)
            .with("InstEnv", &profile.inst_env);
        for (name, value) in own {
            if let Some(value) = value {
                fill = fill.with(name, value);
            }
        }
        Self { fill, ids: None }
    }

    /// Another value for an element of `jXchangeHdr`.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.fill = self.fill.with(name, value.into());
        self
    }

    /// Gives each attempt of a call a `jXLogTrackingId` made of 122 random bits (RFC 9562 section 5.4).
    ///
    /// A request that has one itself keeps it, whenever it is sent.
    /// It is a trace through the logs of the gateway, not a guard against doing a thing twice.
    #[must_use]
    pub fn with_tracking(mut self, random: Arc<dyn Random>) -> Self {
        self.ids = Some(Arc::new(Ids::new(random)));
        self
    }

    /// The values for one call, and its `jXLogTrackingId`: without one the gateway makes an id of its own.
    pub(crate) fn for_call(&self) -> (Fill, Option<String>) {
        match self.ids.as_deref().and_then(Ids::next) {
            Some(id) => (self.fill.clone().offer(Self::TRACKING_ID, &id), Some(id)),
            None => (self.fill.clone(), None),
        }
    }

    /// Attempts of a message that holds `id`: under an id each if it is one that was made here.
    pub(crate) fn attempts(&self, id: String, made: Option<&str>) -> Attempts {
        match self.ids.clone().filter(|_| made == Some(id.as_str())) {
            Some(ids) => Attempts::renewed(id, move || ids.next()),
            None => Attempts::under(id),
        }
    }
}

impl Default for Header {
    fn default() -> Self {
        Self::empty()
    }
}

impl fmt::Debug for Header {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Header")
            .field("fill", &self.fill)
            .finish_non_exhaustive()
    }
}
