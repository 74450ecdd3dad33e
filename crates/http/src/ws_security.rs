//! Sends each message by the old model: with user name and password in it, and without a token.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use castile_envelope::{Document, Insertion, Refusal, Security, UsernameToken};
use http::header::{self, AUTHORIZATION, HOST};
use http::{HeaderMap, Request, Response};
use zeroize::Zeroizing;

use crate::guard::READS;
use crate::rewrite::{chunk, content_type, keep_digests_true};
use crate::{Body, Error, Origin, Phase, Progress, SoapTransport};

/// The longest beginning of a streamed message that is held until Body begins.
const HELD: usize = 128 * 1024;

/// A user name and its password. `Debug` shows neither.
#[derive(Clone)]
pub struct Login {
    username: String,
    password: Arc<Zeroizing<String>>,
}

impl Login {
    /// They stand in the message as `wsse:UsernameToken` with the password as text, as jXchange took it before OAuth.
    pub fn new(username: impl Into<String>, password: Zeroizing<String>) -> Self {
        Self {
            username: username.into(),
            password: Arc::new(password),
        }
    }

    fn token(&self) -> UsernameToken<'_> {
        UsernameToken {
            username: &self.username,
            password: &self.password,
            created: None,
            must_understand: false,
        }
    }
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Login")
    }
}

/// Adds the login to each message that has no security header; one that has its own goes out as it came, and so does
/// every message where there is no login.
///
/// Of a streamed message the beginning is held until Body begins, and no further than 128 KiB; behind that it passes
/// as it comes. Whatever `Authorization` came with the request stays behind: the old model has none.
#[derive(Debug, Clone)]
pub struct WsSecurity<T> {
    inner: T,
    origin: Origin,
    login: Option<Login>,
}

impl<T> WsSecurity<T> {
    /// Messages to `origin` through `inner`.
    ///
    /// # Errors
    /// [`Error::InsecureOrigin`] unless `origin` is https, or http on loopback.
    pub fn new(inner: T, origin: Origin, login: Option<Login>) -> Result<Self, Error> {
        if !origin.is_confidential() {
            return Err(Error::InsecureOrigin);
        }
        Ok(Self::to_confidential(inner, origin, login))
    }

    pub(crate) fn to_confidential(inner: T, origin: Origin, login: Option<Login>) -> Self {
        Self {
            inner,
            origin,
            login,
        }
    }

    async fn with_login(login: &Login, headers: &HeaderMap, mut body: Body) -> Result<Body, Error> {
        let document = Document::of(content_type(headers)?)?;
        if let Some(message) = body.as_whole() {
            return match document.security(message, &login.token())? {
                Security::Own => Ok(body),
                Security::Missing(insertion) => {
                    keep_digests_true(headers)?;
                    Ok(Body::whole(secret(&insertion, message)))
                }
                Security::Undecided => Err(truncated(message.len())),
            };
        }
        let mut held = BytesMut::new();
        // As the guard reads.
        let (mut reads, mut enough) = (0, 0);
        while held.len() <= HELD {
            let next = chunk(&mut body).await?;
            let ended = next.is_none();
            held.extend_from_slice(&next.unwrap_or_default());
            if held.len() < enough && !ended {
                continue;
            }
            reads += 1;
            if reads >= READS {
                enough = (2 * held.len()).min(HELD + 1);
            }
            match document.security(&held, &login.token())? {
                Security::Undecided if ended => return Err(truncated(held.len())),
                Security::Undecided => {}
                Security::Own => return Ok(Body::joined(held.freeze(), body)),
                Security::Missing(insertion) => {
                    keep_digests_true(headers)?;
                    return Ok(Body::joined(secret(&insertion, &held), body));
                }
            }
        }
        Err(Error::Envelope(Refusal::HeaderTooLarge {
            offset: held.len(),
            limit: HELD,
        }))
    }
}

/// The bytes with the password in them, wiped from memory once they are sent.
fn secret(insertion: &Insertion<'_>, message: &[u8]) -> Bytes {
    Bytes::from_owner(Zeroizing::new(insertion.apply(message)))
}

fn truncated(offset: usize) -> Error {
    Error::Envelope(Refusal::Truncated { offset })
}

impl<T> SoapTransport for WsSecurity<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    async fn send(&self, request: Request<Body>) -> Result<Response<Body>, Error> {
        self.origin.check(request.uri())?;
        let progress = Progress::of(&request);
        progress.reach(Phase::Request);
        let (mut parts, mut body) = request.into_parts();
        parts.headers.remove(HOST);
        parts.headers.remove(AUTHORIZATION);
        if let Some(login) = &self.login {
            body = Self::with_login(login, &parts.headers, body).await?;
            // The transport counts anew.
            parts.headers.remove(header::CONTENT_LENGTH);
            parts.headers.remove(header::TRANSFER_ENCODING);
        }
        parts.extensions.insert(progress.clone());
        progress.reach(Phase::Answer);
        let request = Request::from_parts(parts, body);
        let answer = self.inner.send(request).await.map_err(Into::into)?;
        tracing::debug!(status = answer.status().as_u16(), "answered");
        Ok(answer)
    }
}

#[cfg(test)]
mod tests;
