//! Reads a request's body up to a bound, so that no caller can fill the memory.

use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;

/// Bytes beyond the bound that are still taken off the wire, unkept, so that a caller who writes
/// before reading sees the answer and not a broken connection.
const DRAINED: usize = 64 * 1024 * 1024;

/// The body, or `None` if it is longer than `limit` bytes or breaks off.
pub(crate) async fn read(mut body: Body, limit: usize) -> Option<Bytes> {
    let mut kept = BytesMut::new();
    let mut seen = 0;
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else {
            continue;
        };
        seen += data.len();
        if seen > DRAINED {
            return None;
        }
        if seen <= limit {
            kept.extend_from_slice(&data);
        } else {
            kept.clear();
        }
    }
    (seen <= limit).then(|| kept.freeze())
}
