//! Serves the JWKS document over plain HTTP.

use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use castile_http::keys::JwksHandler;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// More connections wait; an authorization server needs one.
const CONNECTIONS: usize = 64;
const HEAD_TIME: Duration = Duration::from_secs(5);
const HEAD_BYTES: usize = 8 * 1024;
/// How long to wait after the system refused a connection.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);
/// How long answers under way may take at the end.
const DRAIN: Duration = Duration::from_secs(5);

/// Serves what `handler` publishes until `shutdown` completes; then lets the answers under way end.
///
/// The document is public, so the address may be one that other machines reach. Authorization servers fetch over https:
/// let a web server that has a certificate stand in front.
pub async fn serve_jwks<F>(listener: TcpListener, handler: JwksHandler, shutdown: F)
where
    F: Future<Output = ()>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(HEAD_BYTES)
        .half_close(false);
    let handler = Arc::new(handler);
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            // The semaphore is never closed.
            let permit = connections.clone().acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, socket) = tokio::select! {
            () = &mut shutdown => break,
            (permit, accepted) = next => match accepted {
                Ok((socket, _)) => (permit, socket),
                Err(error) => {
                    tracing::warn!(%error, "no connection accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        let handler = Arc::clone(&handler);
        let service = service_fn(move |request| {
            let handler = Arc::clone(&handler);
            async move {
                let answer = handler.answer(&request);
                tracing::info!(status = answer.status().as_u16(), "asked for the keys");
                Ok::<_, Infallible>(answer)
            }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(socket), service));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "connection ended");
            }
            drop(permit);
        });
    }
    drop(listener);
    // What does not end by then is cut off.
    let _ = tokio::time::timeout(DRAIN, graceful.shutdown()).await;
}
