//! What the server knows of each browser: in memory, within a bound, for a while.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use castile::auth::oidc::{Pending, Session};

use crate::Institution;
use crate::problem::Problem;

/// How long a visit is kept that nobody continues.
const IDLE: Duration = Duration::from_secs(30 * 60);
/// Visits that are kept at most.
const MOST: usize = 10_000;

/// All visits, by the value of the cookie.
#[derive(Default)]
pub(crate) struct Visits(Mutex<HashMap<String, Visit>>);

/// One browser.
#[derive(Default)]
pub(crate) struct Visit {
    /// What a form or script must send along with what changes something.
    pub(crate) csrf: String,
    /// The sign-in that is under way.
    pub(crate) away: Option<Away>,
    pub(crate) user: Option<User>,
    pub(crate) seen: Duration,
}

/// A user who is at the identity provider.
pub(crate) struct Away {
    pub(crate) pending: Pending,
    /// The institution that was chosen, the second time.
    pub(crate) chosen: Option<Institution>,
}

/// A user who is signed in.
#[derive(Clone)]
pub(crate) struct User {
    pub(crate) session: Session,
    pub(crate) subject: String,
    /// The one that `/me` confirmed.
    pub(crate) institution: Option<Institution>,
}

impl Visits {
    /// A new visit; the id is for the cookie.
    pub(crate) fn open(&self, mut visit: Visit, now: Duration) -> Result<String, Problem> {
        let id = random()?;
        visit.csrf = random()?;
        visit.seen = now;
        let mut visits = self.lock();
        if visits.len() >= MOST {
            visits.retain(|_, visit| now.saturating_sub(visit.seen) < IDLE);
        }
        if visits.len() >= MOST {
            return Err(Problem::Busy);
        }
        visits.insert(id.clone(), visit);
        Ok(id)
    }

    /// Looks at a visit, and keeps it alive.
    pub(crate) fn with<T>(
        &self,
        id: Option<&str>,
        now: Duration,
        look: impl FnOnce(&mut Visit) -> T,
    ) -> Option<T> {
        let mut visits = self.lock();
        let visit = visits.get_mut(id?)?;
        if now.saturating_sub(visit.seen) >= IDLE {
            visits.remove(id?);
            return None;
        }
        visit.seen = now;
        Some(look(visit))
    }

    /// Ends a visit. A sign-in ends the one before: whoever knew the old id is not signed in with it.
    pub(crate) fn close(&self, id: &str) -> Option<Visit> {
        self.lock().remove(id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Visit>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// 256 random bits.
pub(crate) fn random() -> Result<String, Problem> {
    let mut bytes = [0; 32];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| Problem::Busy)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
