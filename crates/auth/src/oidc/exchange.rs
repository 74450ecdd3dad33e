//! One authenticated form to the authorization server, sent once more only for a nonce that it asks for.

use http::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use http::{Method, Request, Response, StatusCode};
use serde_json::Value;
use url::Url;

use crate::ports::{TokenHttp, TokenHttpError};
use crate::{AccessToken, ClientAuth, Error, Proof, SenderConstraint, TokenEndpoint};

/// Fields that no error may repeat, although servers do in their descriptions.
const SECRET: [&str; 4] = ["code", "code_verifier", "refresh_token", "token"];

/// What an exchange needs of the client.
#[derive(Clone, Copy)]
pub(super) struct Exchange<'a> {
    pub(super) auth: &'a dyn ClientAuth,
    pub(super) constraint: Option<&'a dyn SenderConstraint>,
    pub(super) http: &'a dyn TokenHttp,
}

impl Exchange<'_> {
    /// Posts `fields` to `url` under a proof for `audience`, the token endpoint; gives the proof back, for what an
    /// error may not repeat.
    pub(super) async fn post(
        self,
        url: &Url,
        audience: &TokenEndpoint,
        fields: &[(&str, &str)],
    ) -> Result<(Response<Vec<u8>>, Proof), Error> {
        let mut repeated = false;
        loop {
            // New for each attempt: its jti is spent, whatever becomes of the request.
            let proof = self.auth.prove(audience).await?;
            let request = form(url, fields, &proof)?;
            let (answer, wants_nonce) = self.send(url, request, None).await?;
            if repeated || !wants_nonce {
                let secrets = fields.iter().filter(|(name, _)| SECRET.contains(name));
                let proof = secrets.fold(proof, |proof, (_, secret)| {
                    proof.with_secret((*secret).to_owned().into())
                });
                return Ok((answer, proof));
            }
            repeated = true;
        }
    }

    /// Gets `url` under `token`.
    pub(super) async fn get(
        self,
        url: &Url,
        token: &AccessToken,
    ) -> Result<Response<Vec<u8>>, Error> {
        let mut repeated = false;
        loop {
            let scheme = self.constraint.map_or("Bearer", |key| key.token_type());
            let text = zeroize::Zeroizing::new(format!("{scheme} {}", token.reveal()));
            let mut credentials = http::HeaderValue::from_str(&text).map_err(unsendable)?;
            credentials.set_sensitive(true);
            let mut request = Request::new(Vec::new());
            *request.uri_mut() = url.as_str().parse().map_err(unsendable)?;
            request
                .headers_mut()
                .insert(http::header::AUTHORIZATION, credentials);
            request
                .headers_mut()
                .insert(ACCEPT, http::HeaderValue::from_static("application/json"));
            let (answer, wants_nonce) = self.send(url, request, Some(token)).await?;
            if repeated || !wants_nonce {
                return Ok(answer);
            }
            repeated = true;
        }
    }

    async fn send(
        self,
        url: &Url,
        mut request: Request<Vec<u8>>,
        token: Option<&AccessToken>,
    ) -> Result<(Response<Vec<u8>>, bool), Error> {
        if let Some(key) = self.constraint {
            let (name, value) = key.prove(request.method(), url, token).await?;
            request.headers_mut().insert(name, value);
        }
        let answer = self.http.send(request).await?;
        let wants_nonce = self
            .constraint
            .is_some_and(|key| heeds(key, url, answer.status(), answer.headers(), answer.body()));
        Ok((answer, wants_nonce))
    }
}

fn heeds(
    key: &dyn SenderConstraint,
    url: &Url,
    status: StatusCode,
    headers: &HeaderMap,
    body: &[u8],
) -> bool {
    let code = match status.is_client_error() {
        true => serde_json::from_slice::<Value>(body).ok(),
        false => None,
    };
    let code = code.as_ref().and_then(|body| body["error"].as_str());
    key.heed(url, status, headers, code)
}

fn form(url: &Url, fields: &[(&str, &str)], proof: &Proof) -> Result<Request<Vec<u8>>, Error> {
    // Room for everything at once, so that no half-written copy of a secret is left behind.
    let length = |(name, value): (&str, &str)| 3 * (name.len() + value.len()) + 2;
    let room = fields.iter().copied().map(length).sum::<usize>()
        + proof.fields().map(length).sum::<usize>();
    let mut form = url::form_urlencoded::Serializer::new(String::with_capacity(room));
    let proved: Vec<_> = proof.fields().map(|(name, _)| name).collect();
    // The proof may name the client itself; a parameter may not stand twice.
    form.extend_pairs(fields.iter().filter(|(name, _)| !proved.contains(name)));
    form.extend_pairs(proof.fields());
    let request = Request::builder()
        .method(Method::POST)
        .uri(url.as_str())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(ACCEPT, "application/json");
    proof
        .headers()
        .fold(request, |request, (name, value)| {
            request.header(name, value)
        })
        .body(form.finish().into_bytes())
        .map_err(unsendable)
}

fn unsendable(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    TokenHttpError::Unreachable(Box::new(error)).into()
}
