//! Refuses a message that is for another institution than the profile under whose token it would go.

mod body;
mod token;

use std::pin::pin;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use castile_envelope::{Address, Document, mentions_address};
use http::{HeaderMap, Request, Response};

use crate::rewrite::{chunk, content_type};
use crate::{Body, Error, SoapTransport};
use body::Rest;

/// The institution that a profile speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Institution {
    /// The profile, for errors.
    pub profile: String,
    /// `InstRtId`, compared character by character: leading zeros count.
    pub inst_rt_id: String,
    /// `InstEnv`, compared character by character.
    pub inst_env: String,
    /// The values of `OvrrdInstRtId` that a message may carry, besides `inst_rt_id` itself.
    pub overrides: Vec<String>,
    /// The claim `institutionId` of its tokens, if that is known.
    pub institution_id: Option<String>,
}

impl Institution {
    /// An institution in one environment, without overrides.
    pub fn new(
        profile: impl Into<String>,
        inst_rt_id: impl Into<String>,
        inst_env: impl Into<String>,
    ) -> Self {
        Self {
            profile: profile.into(),
            inst_rt_id: inst_rt_id.into(),
            inst_env: inst_env.into(),
            overrides: Vec::new(),
            institution_id: None,
        }
    }

    /// Checks what a message says about whom it is for.
    ///
    /// A message that does not name an institution may pass; one whose header leaves out `InstEnv` only in PROD,
    /// for which the gateway takes it.
    ///
    /// # Errors
    /// [`Error::Institution`] with the first place that names another.
    pub fn check(&self, address: &Address) -> Result<(), Error> {
        let refuse = |other, offset| {
            Err(Error::Institution {
                profile: self.profile.clone(),
                other,
                offset,
            })
        };
        for header in &address.headers {
            let mut ids = header.inst_rt_id.iter();
            if let Some(said) = ids.find(|said| said.value != self.inst_rt_id) {
                return refuse(Other::InstRtId, said.offset);
            }
            let mut environments = header.inst_env.iter();
            if let Some(said) = environments.find(|said| said.value != self.inst_env) {
                return refuse(Other::InstEnv, said.offset);
            }
            if header.inst_env.is_empty() && self.inst_env != PROD {
                return refuse(Other::NoInstEnv, header.offset);
            }
        }
        let listed = |value: &String| *value == self.inst_rt_id || self.overrides.contains(value);
        match address.overrides.iter().find(|said| !listed(&said.value)) {
            Some(said) => refuse(Other::Override, said.offset),
            None => Ok(()),
        }
    }
}

/// What the gateway takes an absent `InstEnv` for.
const PROD: &str = "PROD";

/// In what a message differs from the profile it would be sent under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Other {
    /// `InstRtId` is another.
    InstRtId,
    /// `InstEnv` is another.
    InstEnv,
    /// `InstEnv` is absent or empty, which means PROD.
    NoInstEnv,
    /// An `OvrrdInstRtId` that the profile does not list.
    Override,
    /// A second header, or an override, in a part of a streamed message that comes too late to be checked.
    TooLate,
}

impl std::fmt::Display for Other {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::InstRtId => "InstRtId is another",
            Self::InstEnv => "InstEnv is another",
            Self::NoInstEnv => "InstEnv is not given, which means PROD",
            Self::Override => "OvrrdInstRtId is none that the profile lists",
            Self::TooLate => "what names it comes too late in a streamed message to be checked",
        })
    }
}

/// Lets a request pass if its message is for the institution, or for none in particular.
///
/// A message in memory is judged as a whole. Of a streamed one the beginning is held, up to the end of its
/// `jXchangeHdr` and no further than 128 KiB; what comes behind is watched, and a second header or
/// an override there ends the body in an error, so that the message at the gateway is incomplete.
#[derive(Debug, Clone)]
pub struct Guard<T> {
    inner: T,
    institution: Option<Arc<Institution>>,
}

/// The longest beginning of a streamed message that is held.
const HELD: usize = 128 * 1024;

/// How often the beginning is read, chunk by chunk, before it must double.
pub(crate) const READS: usize = 16;

impl<T> Guard<T> {
    /// A guard in front of `inner`; without an institution everything may pass.
    pub fn new(inner: T, institution: Option<Arc<Institution>>) -> Self {
        Self { inner, institution }
    }

    fn judged(institution: &Institution, headers: &HeaderMap, message: &[u8]) -> Result<(), Error> {
        let document = Document::of(content_type(headers)?)?;
        institution.check(&document.address(message)?)
    }

    async fn guarded(
        institution: &Institution,
        request: Request<Body>,
    ) -> Result<Request<Body>, Error> {
        let (head, mut body) = request.into_parts();
        let document = Document::of(content_type(&head.headers)?)?;
        let mut held = BytesMut::new();
        // At last read again only when twice as much is there: tiny chunks must not cost their number squared. A sender
        // that waits for the gateway with its second or third chunk is not kept waiting.
        let (mut reads, mut enough) = (0, 0);
        while held.len() <= HELD {
            let Some(next) = chunk(&mut body).await? else {
                institution.check(&document.address(&held)?)?;
                return Ok(Request::from_parts(head, Body::whole(held.freeze())));
            };
            held.extend_from_slice(&next);
            if held.len() < enough {
                continue;
            }
            reads += 1;
            if reads >= READS {
                enough = (2 * held.len()).min(HELD + 1);
            }
            let Some(address) = document.address_of_start(&held)? else {
                continue;
            };
            institution.check(&address)?;
            let held: Bytes = held.freeze();
            if mentions_address(held.get(address.end..).unwrap_or_default()) {
                return Err(institution.too_late(address.end));
            }
            let rest = Rest::new(held, address.end, body, institution.clone());
            return Ok(Request::from_parts(head, Body::stream(rest)));
        }
        Err(institution.too_late(held.len()))
    }
}

impl Institution {
    /// Checks the claim of a token, where both the token and the profile have one.
    pub(crate) fn owns(&self, token: &str) -> Result<(), Error> {
        let Some(expected) = &self.institution_id else {
            return Ok(());
        };
        match token::institution_id(token) {
            Some(found) if found != *expected => Err(Error::TokenInstitution {
                profile: self.profile.clone(),
            }),
            _ => Ok(()),
        }
    }

    fn too_late(&self, offset: usize) -> Error {
        Error::Institution {
            profile: self.profile.clone(),
            other: Other::TooLate,
            offset,
        }
    }
}

impl<T> SoapTransport for Guard<T>
where
    T: SoapTransport,
    T::Error: Into<Error>,
{
    type Error = Error;

    fn send(
        &self,
        mut request: Request<Body>,
    ) -> impl Future<Output = Result<Response<Body>, Error>> + Send {
        async move {
            if let Some(institution) = &self.institution {
                match request.body().as_whole() {
                    Some(message) => Self::judged(institution, request.headers(), message)?,
                    // Rare, and more than the rest: it is given room only then.
                    None => request = Box::pin(Self::guarded(institution, request)).await?,
                }
            }
            let sent = pin!(self.inner.send(request));
            sent.await.map_err(Into::into)
        }
    }
}
