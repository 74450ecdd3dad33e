//! Looks at key, assertion and authorization server, and asks for one token.

use std::sync::Arc;
use std::time::SystemTime;

use castile_auth::diagnosis::{Advertised, Certainty, Expected, ReadAssertion, judge};
use castile_auth::keys::{Document, KeySource as _, Rotation};
use castile_auth::ports::TokenHttp;
use castile_auth::{AccessToken, AssertionId, Signer, TokenSource as _};

use super::{Cause, Outside, Report, Scope, ask_server};
use crate::keys::{FileKeys, KeyOptions, Store, fetch_document};
use crate::profile::{Client, Oauth, SecretRef};
use crate::{Error, Profile, connect};

/// A token, unless something speaks against asking for one or the server refused.
pub(super) async fn look(
    profile: &Profile,
    client: &Client,
    oauth: &Oauth,
    scope: &Scope,
    outside: &Outside,
    report: &mut Report,
) -> Result<Option<AccessToken>, Error> {
    if client.has_secret {
        return by_secret(profile, oauth, scope, outside, report).await;
    }
    let (signer, rotation) = match key(client, oauth) {
        Ok(found) => found,
        Err(cause) => {
            report.add(Certainty::Certain, *cause);
            return Ok(None);
        }
    };
    let algorithm = format!("{:?}", signer.algorithm());
    report.fact("algorithm", &*algorithm);
    report.fact("kid", signer.key_id());
    if let Some(rotation) = &rotation {
        report.fact("rotation", rotation.kind().as_str());
    }
    let mut server = Server::default();
    if !scope.offline {
        server = ask(&*outside.ports.http, oauth, outside, report).await;
        compare(&server, oauth, &algorithm, report);
    }
    let document = published(client, rotation.as_ref(), scope, outside, report).await;
    let assertion = match assertion(profile, &*signer, outside).await {
        Ok(assertion) => assertion,
        Err(error) => {
            report.add(Certainty::Certain, Cause::Failed(error));
            return Ok(None);
        }
    };
    let expected = Expected {
        client_id: Some(&client.client_id),
        token_endpoint: oauth.token_endpoint.as_str(),
        issuer: server.advertised.issuer.as_deref(),
        algorithm: None,
        published: document.as_ref(),
        now: server.now.unwrap_or(outside.ports.clock.now()),
        clock_ahead: server.clock_ahead,
        earlier: &[],
    };
    let judged = judge(&assertion, &expected);
    let (sure, open): (Vec<_>, Vec<_>) = judged
        .into_iter()
        .partition(|finding| finding.certainty == Certainty::Certain);
    for finding in sure {
        report.add(finding.certainty, Cause::Assertion(finding.cause));
    }
    if scope.offline {
        return Ok(None);
    }
    if report.is_sure() {
        report.fact("token", "not asked for: the request is sure to be refused");
        return Ok(None);
    }
    // By this key only: an examination makes one request, and does not fall back to another key.
    let source = connect::token_source_by(profile, signer)?;
    match source.token().await.map_err(Error::from) {
        Ok(token) => Ok(granted(token, report)),
        Err(Error::Auth(error)) if error.is_invalid_client() => {
            report.fact("token", "refused");
            for finding in open {
                report.add(finding.certainty, Cause::Assertion(finding.cause));
            }
            Ok(None)
        }
        Err(error) => {
            report.fact("token", "none");
            report.add(Certainty::Certain, Cause::Failed(error));
            Ok(None)
        }
    }
}

/// The key that signs now, and where its rotation stands.
type Signing = (Arc<dyn Signer>, Option<Rotation>);

fn key(client: &Client, oauth: &Oauth) -> Result<Signing, Box<Cause>> {
    let keys_at_fault = |error| Box::new(Cause::Keys(error));
    let (SecretRef::File(path), None) = (&client.key, &client.key_passphrase) else {
        let signer =
            connect::signer(client, oauth).map_err(|error| Box::new(Cause::Failed(error)))?;
        return Ok((signer, None));
    };
    let options = KeyOptions::of(oauth);
    let store = Store::of(path);
    let rotation = store.read_or_settled(&options).map_err(keys_at_fault)?;
    let keys = FileKeys::open(store, options).map_err(keys_at_fault)?;
    Ok((Arc::clone(&keys.active().current), Some(rotation)))
}

/// What a server says of itself.
#[derive(Default)]
struct Server {
    advertised: Advertised,
    now: Option<SystemTime>,
    clock_ahead: Option<i64>,
}

async fn ask(
    http: &dyn TokenHttp,
    oauth: &Oauth,
    outside: &Outside,
    report: &mut Report,
) -> Server {
    let answered = match ask_server(http, &oauth.token_endpoint).await {
        Ok(answered) => answered,
        Err(error) => {
            let error = castile_auth::Error::from(error);
            report.add(Certainty::Certain, Cause::Failed(error.into()));
            return Server::default();
        }
    };
    let here = outside.ports.clock.now();
    let clock_ahead = answered.now.map(|there| {
        let whole = |time: SystemTime| {
            let since = time.duration_since(SystemTime::UNIX_EPOCH);
            since.map_or(0, |since| {
                i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
            })
        };
        whole(here) - whole(there)
    });
    report.fact(
        "clock",
        clock_ahead.map_or_else(
            || String::from("the server sends no Date"),
            |seconds| format!("{seconds} s ahead of the server's"),
        ),
    );
    if answered.advertised.is_none() {
        let status = Some(answered.status);
        report.add(Certainty::Possible, Cause::NoMetadata { status });
    }
    Server {
        advertised: answered.advertised.unwrap_or_default(),
        now: answered.now,
        clock_ahead,
    }
}

fn compare_endpoint(server: &Server, oauth: &Oauth, report: &mut Report) {
    let configured = oauth.token_endpoint.as_str();
    if let Some(found) = &server.advertised.token_endpoint
        && found != configured
    {
        let cause = Cause::MetadataDiffers {
            member: "token_endpoint",
            found: short(found),
            configured: configured.to_owned(),
        };
        report.add(Certainty::Likely, cause);
    }
}

fn compare(server: &Server, oauth: &Oauth, algorithm: &str, report: &mut Report) {
    compare_endpoint(server, oauth, report);
    let offers = |list: &Option<Vec<String>>, wanted: &str| {
        list.as_ref()
            .is_none_or(|list| list.iter().any(|one| one == wanted))
    };
    let wanted = [
        (
            "token_endpoint_auth_methods_supported",
            &server.advertised.methods,
            "private_key_jwt",
        ),
        (
            "token_endpoint_auth_signing_alg_values_supported",
            &server.advertised.algorithms,
            algorithm,
        ),
    ];
    for (member, list, wanted) in wanted {
        if !offers(list, wanted) {
            let wanted = wanted.to_owned();
            report.add(Certainty::Likely, Cause::NotOffered { member, wanted });
        }
    }
    for scope in oauth.scope.split(' ') {
        if !offers(&server.advertised.scopes, scope) {
            let cause = Cause::NotOffered {
                member: "scopes_supported",
                wanted: scope.to_owned(),
            };
            report.add(Certainty::Possible, cause);
        }
    }
}

/// The document at the client's JWKS URL, if there is one to look at.
async fn published(
    client: &Client,
    rotation: Option<&Rotation>,
    scope: &Scope,
    outside: &Outside,
    report: &mut Report,
) -> Option<Document> {
    let Some(url) = &client.jwks_url else {
        report.add(Certainty::Possible, Cause::NoJwksUrl);
        return None;
    };
    report.fact("JWKS URL", url.as_str());
    if scope.offline {
        return None;
    }
    let document = match fetch_document(&*outside.ports.http, url.as_str()).await {
        Ok((document, _)) => document,
        Err(error) => {
            report.add(Certainty::Likely, Cause::Keys(error));
            return None;
        }
    };
    // The active key is judged by its signature; the others of a rotation must be there too.
    let others = rotation
        .iter()
        .flat_map(|state| [state.next(), state.previous()]);
    for key in others.flatten() {
        if !document.publishes(&key.public) {
            let kid = key.public.kid().unwrap_or("(none)").to_owned();
            let cause = castile_auth::diagnosis::Cause::KidUnpublished { kid };
            report.add(Certainty::Possible, Cause::Assertion(cause));
        }
    }
    Some(document)
}

/// What would be sent, read as a stranger reads it.
async fn assertion(
    profile: &Profile,
    signer: &dyn Signer,
    outside: &Outside,
) -> Result<ReadAssertion, Error> {
    let (client, oauth) = profile.in_oauth()?;
    let mut id = [0; 16];
    let random = outside.ports.random.fill(&mut id);
    random.map_err(castile_auth::Error::from)?;
    let unsigned = connect::assertion_policy(client, oauth)?.unsigned(
        signer.algorithm(),
        signer.key_id(),
        &oauth.token_endpoint,
        outside.ports.clock.now(),
        AssertionId(id),
    )?;
    let assertion = unsigned.sign(signer).await?;
    // A signer that gives no JWS is at fault, whatever it signs with.
    ReadAssertion::parse(assertion.reveal())
        .map_err(|error| castile_auth::Error::Sign(Arc::new(error)).into())
}

/// A client without a key: there is no assertion to look at.
async fn by_secret(
    profile: &Profile,
    oauth: &Oauth,
    scope: &Scope,
    outside: &Outside,
    report: &mut Report,
) -> Result<Option<AccessToken>, Error> {
    report.fact("proof", "a shared secret");
    if scope.offline {
        return Ok(None);
    }
    let server = ask(&*outside.ports.http, oauth, outside, report).await;
    compare_endpoint(&server, oauth, report);
    match connect::token_source(profile)?.token().await {
        Ok(token) => Ok(granted(token, report)),
        Err(error) => {
            report.add(Certainty::Certain, Cause::Failed(error.into()));
            Ok(None)
        }
    }
}

fn granted(token: AccessToken, report: &mut Report) -> Option<AccessToken> {
    report.fact("token", "granted");
    for scope in token.missing_scope() {
        let scope = scope.to_owned();
        report.add(Certainty::Likely, Cause::ScopeMissing { scope });
    }
    Some(token)
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(120).collect()
}
