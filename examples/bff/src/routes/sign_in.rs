//! The way in: without an institution, then for the one chosen.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use castile::auth::oidc::{Pending, Session};
use http::HeaderMap;

use super::App;
use crate::problem::Problem;
use crate::visits::{Away, User, Visit};
use crate::{Institution, cookie, page};

/// `GET /`.
pub(super) async fn home(State(app): State<Arc<App>>, headers: HeaderMap) -> Response {
    match app.user(&headers) {
        Err(_) => app.html(page::welcome()),
        Ok((user, csrf)) => match &user.institution {
            None => app.see_other("/institutions", None),
            Some(institution) => app.html(page::home(&csrf, &user.subject, institution)),
        },
    }
}

/// `GET /login`: away to the provider, without an institution.
pub(super) async fn login(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let (url, pending) = send_away(&app, None, None).await?;
    let away = Some(Away {
        pending,
        chosen: None,
    });
    let id = app.visits.open(
        Visit {
            away,
            ..Visit::default()
        },
        app.now(),
    )?;
    Ok(app.see_other(&url, Some(cookie::set(&app.settings.origin, &id))))
}

/// `GET /callback`: back from the provider.
pub(super) async fn callback(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let id = app.id(&headers).ok_or(Problem::SignedOut)?;
    // Taken out, so that a callback counts once.
    let look = |visit: &mut Visit| Some((visit.away.take()?, visit.user.clone()));
    let (away, before) = app
        .visits
        .with(Some(id), app.now(), look)
        .flatten()
        .ok_or(Problem::SignedOut)?;
    let party = &app.settings.party;
    let tokens = party
        .complete(away.pending, &query.unwrap_or_default())
        .await?;
    let subject = tokens.identity.subject().to_owned();
    let session = Session::new(Arc::clone(party), tokens);
    let settled = settle(&session, &subject, away.chosen, before.as_ref()).await;
    if let Some(before) = before {
        // Its tokens are for no institution; nobody needs them any more, and nobody waits for it.
        let _ = before.session.end().await;
    }
    let institution = match settled {
        Ok(institution) => institution,
        Err(problem) => {
            app.visits.close(id);
            let _ = session.end().await;
            return Err(problem);
        }
    };
    app.visits.close(id);
    let next = if institution.is_some() {
        "/"
    } else {
        "/institutions"
    };
    let user = Some(User {
        session,
        subject,
        institution,
    });
    // A new number for the signed-in visit: the old one may have been planted.
    let id = app.visits.open(
        Visit {
            user,
            ..Visit::default()
        },
        app.now(),
    )?;
    Ok(app.see_other(next, Some(cookie::set(&app.settings.origin, &id))))
}

/// The institution that `/me` confirms, if one was chosen.
async fn settle(
    session: &Session,
    subject: &str,
    chosen: Option<Institution>,
    before: Option<&User>,
) -> Result<Option<Institution>, Problem> {
    if before.is_some_and(|before| before.subject != subject) {
        return Err(Problem::OtherUser);
    }
    let Some(chosen) = chosen else {
        return Ok(None);
    };
    let info = session.user_info().await?;
    match info.institution_id() == Some(&chosen.id) {
        true => Ok(Some(chosen)),
        false => Err(Problem::InstitutionDiffers),
    }
}

/// `GET /institutions`: what there is to choose.
pub(super) async fn offer(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (user, csrf) = app.user(&headers)?;
    let institutions = app.settings.directory.institutions(&user.subject).await;
    Ok(app.html(page::choose(&csrf, &institutions)))
}

/// `POST /institutions`: away again, for the one chosen.
pub(super) async fn choose(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let form = app.form(&headers, body).await?;
    let (user, _) = app.user(&headers)?;
    let offered = app.settings.directory.institutions(&user.subject).await;
    let chosen = offered
        .into_iter()
        .find(|one| form.get("institution") == Some(&one.id))
        .ok_or(Problem::InstitutionUnknown)?;
    let (url, pending) = send_away(&app, Some(&chosen), Some(&user.subject)).await?;
    let away = Away {
        pending,
        chosen: Some(chosen),
    };
    app.visits
        .with(app.id(&headers), app.now(), |visit| visit.away = Some(away))
        .ok_or(Problem::SignedOut)?;
    Ok(app.see_other(&url, None))
}

async fn send_away(
    app: &App,
    institution: Option<&Institution>,
    login_hint: Option<&str>,
) -> Result<(String, Pending), Problem> {
    let id = institution.map(|one| one.id.as_str());
    let request = app.settings.request(id, login_hint)?;
    let party = &app.settings.party;
    let (url, pending) = party.push(&request).await?.redirect(party.steady())?;
    Ok((url.into(), pending))
}
