//! What a token endpoint's answer means, whatever it looks like.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{CONTENT_TYPE, DATE, HeaderName, RETRY_AFTER};
use http::{HeaderMap, Response};
use serde::Deserialize;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{Grant, date};
use crate::error::AnswerFault;
use crate::ports::{TOKEN_ANSWER_LIMIT, TokenHttpError};
use crate::{Error, Proof};

/// A longer life than this is a mistake of the server, such as milliseconds.
const LONGEST_LIFE: u64 = 366 * 24 * 60 * 60;

/// The members read; others are skipped, not kept.
#[derive(Deserialize)]
struct Members {
    access_token: Option<Value>,
    token_type: Option<Value>,
    expires_in: Option<Value>,
    scope: Option<Value>,
    refresh_token: Option<Value>,
    id_token: Option<Value>,
    error: Option<Value>,
    error_description: Option<Value>,
}

/// All that an answer can bring (RFC 6749 section 5.1, OpenID Connect Core section 3.1.3.3).
pub(crate) struct Tokens {
    pub(crate) grant: Grant,
    pub(crate) refresh_token: Option<Zeroizing<String>>,
    pub(crate) id_token: Option<Zeroizing<String>>,
}

pub(crate) fn read(
    response: Response<Vec<u8>>,
    proof: &Proof,
    token_type: &str,
) -> Result<Tokens, Error> {
    let server_date = server_date(response.headers());
    let mut members = members(response, proof)?;
    let text = |value: Option<Value>| match value {
        Some(Value::String(text)) if !text.is_empty() => Some(Zeroizing::new(text)),
        _ => None,
    };
    Ok(Tokens {
        refresh_token: text(members.refresh_token.take()),
        id_token: text(members.id_token.take()),
        grant: Grant {
            server_date,
            ..grant(members, token_type)?
        },
    })
}

/// The refusal that an answer is, whatever it is; for endpoints that give no tokens.
pub(crate) fn refusal(response: Response<Vec<u8>>, proof: &Proof) -> Error {
    let status = response.status().as_u16();
    match members(response, proof) {
        Err(error) => error,
        Ok(_) => Error::Refused {
            status,
            error: None,
            description: None,
        },
    }
}

fn members(response: Response<Vec<u8>>, proof: &Proof) -> Result<Members, Error> {
    let (head, body) = response.into_parts();
    let body = Zeroizing::new(body);
    let status = head.status.as_u16();
    if body.len() > TOKEN_ANSWER_LIMIT {
        return Err(TokenHttpError::TooLarge {
            limit: TOKEN_ANSWER_LIMIT,
        }
        .into());
    }
    match status {
        300..=399 => return Err(Error::Redirected { status }),
        429 => {
            return Err(Error::Throttled {
                status,
                retry_after: retry_after(&head.headers),
            });
        }
        500..=599 => {
            return Err(Error::Server {
                status,
                retry_after: retry_after(&head.headers),
            });
        }
        _ => {}
    }
    let json = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body);
    // A list would also do for a struct.
    let is_object = json.trim_ascii_start().first() == Some(&b'{');
    let members: Members = match serde_json::from_slice(json) {
        Ok(members) if is_object => members,
        _ => {
            return Err(Error::NotJson {
                status,
                content_type: content_type(&head.headers),
            });
        }
    };
    if members.error.is_some() || !matches!(status, 200 | 201) {
        return Err(Error::Refused {
            status,
            error: members.error.and_then(error_code),
            description: members
                .error_description
                .and_then(|text| description(text, proof)),
        });
    }
    Ok(members)
}

/// Whether `text` is a scope (RFC 6749 section 3.3).
pub(crate) fn is_scope(text: &str) -> bool {
    text.split(' ').all(|token| {
        !token.is_empty()
            && token
                .bytes()
                .all(|byte| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e))
    })
}

fn grant(members: Members, token_type: &str) -> Result<Grant, AnswerFault> {
    let access_token = match members.access_token {
        Some(Value::String(text)) if !text.is_empty() => Zeroizing::new(text),
        _ => return Err(AnswerFault::NoToken),
    };
    if !access_token.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(AnswerFault::TokenCharacters);
    }
    match members.token_type {
        Some(Value::String(text)) if text.trim().eq_ignore_ascii_case(token_type) => {}
        _ => return Err(AnswerFault::TokenType),
    }
    Ok(Grant {
        access_token,
        expires_in: members.expires_in.map(expires_in).transpose()?,
        scope: match members.scope {
            Some(Value::String(text)) if is_scope(text.trim()) => Some(text.trim().to_owned()),
            _ => None,
        },
        server_date: None,
    })
}

/// Seconds as a number or as text: Jack Henry's schema declares text.
fn expires_in(value: Value) -> Result<Duration, AnswerFault> {
    let seconds = match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            // `600.0` is a number of seconds too; the cast is exact in the range that is accepted.
            number
                .as_f64()
                .filter(|seconds| seconds.fract() == 0.0 && (0.0..1e12).contains(seconds))
                .map(|seconds| seconds as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    seconds
        .filter(|seconds| (1..=LONGEST_LIFE).contains(seconds))
        .map(Duration::from_secs)
        .ok_or(AnswerFault::ExpiresIn)
}

/// The code in its registered form: Jack Henry's examples write `invalid client`.
fn error_code(value: Value) -> Option<String> {
    let Value::String(text) = value else {
        return None;
    };
    let code = text
        .split_ascii_whitespace()
        .collect::<Vec<_>>()
        .join("_")
        .to_ascii_lowercase();
    let is_code = (1..=64).contains(&code.len())
        && code
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
    is_code.then_some(code)
}

/// The description, unless it could repeat a secret: the assertion, any part of it, any other token.
fn description(value: Value, proof: &Proof) -> Option<String> {
    let Value::String(text) = value else {
        return None;
    };
    let text = text.trim();
    let secrets = || proof.secrets();
    let is_safe = (1..=200).contains(&text.len())
        && text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
        && !text.contains("eyJ")
        && !secrets().any(|secret| text.contains(secret))
        && secrets()
            .flat_map(|secret| secret.split('.'))
            .all(|part| part.len() < 8 || !text.contains(part))
        && text
            .split(|letter: char| !letter.is_ascii_alphanumeric() && !"-_".contains(letter))
            .all(|word| word.len() < 16 || !secrets().any(|secret| secret.contains(word)));
    is_safe.then(|| text.to_owned())
}

fn content_type(headers: &HeaderMap) -> Option<String> {
    let text = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    let media_type = text.split(';').next()?.trim().to_ascii_lowercase();
    let is_media_type = (1..=100).contains(&media_type.len())
        && media_type
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/+-._".contains(&byte));
    is_media_type.then_some(media_type)
}

fn server_date(headers: &HeaderMap) -> Option<SystemTime> {
    let seconds = date::seconds(headers.get(DATE)?.to_str().ok()?.trim())?;
    UNIX_EPOCH.checked_add(Duration::from_secs(seconds))
}

/// `Retry-After` (RFC 9110 section 10.2.3): seconds, or a date that is read against the answer's own `Date`.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: HeaderName| headers.get(name)?.to_str().ok().map(str::trim);
    let asked = text(RETRY_AFTER)?;
    let seconds = match asked.parse() {
        Ok(seconds) => seconds,
        Err(_) => date::seconds(asked)?.saturating_sub(date::seconds(text(DATE)?)?),
    };
    Some(Duration::from_secs(seconds))
}
