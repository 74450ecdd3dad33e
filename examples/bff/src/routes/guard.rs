//! Who may pass: a user, with an institution, with a scope, from a page of ours.

use std::collections::HashMap;
use std::sync::Arc;

use axum::body::Body;
use castile::auth::oidc::UserTokens;
use http::HeaderMap;
use http::header::ORIGIN;

use super::App;
use crate::Institution;
use crate::problem::Problem;
use crate::visits::User;

/// Bytes of a form or a JSON body that are read.
const LONGEST: usize = 16 * 1024;

/// A user of an institution, with tokens that are good now.
pub(super) struct Admitted {
    pub(super) user: User,
    pub(super) institution: Institution,
    pub(super) tokens: Arc<UserTokens>,
}

impl App {
    pub(super) fn user(&self, headers: &HeaderMap) -> Result<(User, String), Problem> {
        let look =
            |visit: &mut crate::visits::Visit| Some((visit.user.clone()?, visit.csrf.clone()));
        self.visits
            .with(self.id(headers), self.now(), look)
            .flatten()
            .ok_or(Problem::SignedOut)
    }

    /// The user behind a request to a route that needs `scope`.
    pub(super) async fn admit(
        &self,
        headers: &HeaderMap,
        scope: Option<&'static str>,
    ) -> Result<Admitted, Problem> {
        let (user, _) = self.user(headers)?;
        let institution = user.institution.clone().ok_or(Problem::NoInstitution)?;
        let tokens = user.session.tokens().await?;
        let granted = tokens.access_token.scope().unwrap_or_default();
        match scope {
            Some(scope) if !granted.split(' ').any(|one| one == scope) => {
                Err(Problem::Scope(scope))
            }
            _ => Ok(Admitted {
                user,
                institution,
                tokens,
            }),
        }
    }

    /// The fields of a form that a page of ours sent.
    pub(super) async fn form(
        &self,
        headers: &HeaderMap,
        body: Body,
    ) -> Result<HashMap<String, String>, Problem> {
        let body = axum::body::to_bytes(body, LONGEST)
            .await
            .map_err(|_| Problem::Unreadable)?;
        let form: HashMap<String, String> =
            url::form_urlencoded::parse(&body).into_owned().collect();
        let sent = headers
            .get("x-csrf-token")
            .and_then(|value| value.to_str().ok())
            .or(form.get("csrf").map(String::as_str))
            .unwrap_or_default();
        let ours = self
            .visits
            .with(self.id(headers), self.now(), |visit| visit.csrf.clone())
            .ok_or(Problem::SignedOut)?;
        let equal =
            aws_lc_rs::constant_time::verify_slices_are_equal(sent.as_bytes(), ours.as_bytes());
        // Browsers send it with each POST.
        let own = self.settings.origin.origin().ascii_serialization();
        let foreign = headers
            .get(ORIGIN)
            .is_some_and(|origin| origin != own.as_str());
        match equal {
            Ok(()) if !foreign => Ok(form),
            _ => Err(Problem::Csrf),
        }
    }
}
