//! Reads a request's body up to a bound, so that no caller can fill the memory.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

use crate::Cause;

/// Bytes beyond the bound that are still taken off the wire, unkept, so that a caller who writes
/// before reading sees the answer and not a broken connection.
const DRAINED: usize = 64 * 1024 * 1024;

/// The body, unless it is longer than `limit` bytes or breaks off.
pub(crate) async fn read(mut body: Body, limit: usize) -> Result<Bytes, Cause> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Cause::BrokenOff)?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen > DRAINED {
            return Err(Cause::TooLarge { limit });
        }
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else {
            kept.clear();
        }
    }
    if seen > limit {
        return Err(Cause::TooLarge { limit });
    }
    Ok(kept.freeze())
}
