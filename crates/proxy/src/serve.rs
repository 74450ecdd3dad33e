//! Listens, bounds what comes in, and ends in good order.

use std::convert::Infallible;
use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use castile_http::connect::{self, Switch};
use castile_http::{Blame, Body, Profile, SoapTransport, actions};
use http::{HeaderMap, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tracing::Instrument as _;

use crate::fault::{Fault, Party, Version};
use crate::forward::forward;
use crate::{Error, Settings, refuse};

/// How long to wait after the system refused a connection: it is out of files or memory, not of clients.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `profile` in its state until `shutdown` completes; then lets the requests under way end.
///
/// Blocks for a moment at the start, to read the profile's key, password, or both. Where the state is to change while
/// it runs, [`serve_through`] takes a [`Switch`], or what a configuration that is read anew gives.
///
/// # Errors
/// An address that other machines reach, unless allowed; a profile that cannot be served; a broken listener.
pub async fn serve<F>(
    listener: TcpListener,
    profile: &Profile,
    settings: Settings,
    shutdown: F,
) -> Result<(), Error>
where
    F: Future<Output = ()>,
{
    let stack = Switch::raw(profile)?;
    if let Some(journal) = connect::journal(profile)? {
        journal.ready().await.map_err(castile_http::Error::from)?;
    }
    let span = tracing::info_span!("proxy", profile = profile.name);
    serve_through(listener, stack, settings, shutdown)
        .instrument(span)
        .await
}

/// Serves through a stack that knows where messages go: a [`Switch`], or what
/// [`Profiles::connect`](castile_http::connect::Profiles::connect) gives.
///
/// # Errors
/// As [`serve`].
pub async fn serve_through<T, F>(
    listener: TcpListener,
    stack: T,
    settings: Settings,
    shutdown: F,
) -> Result<(), Error>
where
    T: SoapTransport + 'static,
    T::Error: Into<castile_http::Error>,
    F: Future<Output = ()>,
{
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() && !settings.allow_remote {
        return Err(Error::Remote { address });
    }
    let desk = Arc::new(Desk {
        stack,
        requests: Semaphore::new(settings.requests),
        allow_remote: settings.allow_remote,
        served: AtomicU64::new(0),
    });
    tracing::info!(%address, "listening");
    accept(listener, desk, &settings, shutdown).await;
    Ok(())
}

async fn accept<T, F>(listener: TcpListener, desk: Arc<Desk<T>>, settings: &Settings, shutdown: F)
where
    T: SoapTransport + 'static,
    T::Error: Into<castile_http::Error>,
    F: Future<Output = ()>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(settings.head_time)
        .max_header_size(settings.head_bytes)
        .max_buf_size(settings.head_bytes.max(8192))
        .half_close(false);
    let connections = Arc::new(Semaphore::new(settings.connections));
    let graceful = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let next = async {
            // The semaphore is never closed.
            let permit = connections.clone().acquire_owned().await.ok();
            (permit, listener.accept().await)
        };
        let (permit, socket, peer) = tokio::select! {
            () = &mut shutdown => break,
            (permit, accepted) = next => match accepted {
                Ok((socket, peer)) => (permit, socket, peer),
                Err(error) => {
                    tracing::warn!(%error, "no connection accepted");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            },
        };
        // Small messages should not wait for each other.
        let _ = socket.set_nodelay(true);
        let desk = desk.clone();
        let service = service_fn(move |request| {
            let desk = desk.clone();
            async move { Ok::<_, Infallible>(desk.answer(request, peer).await) }
        });
        let connection = graceful.watch(http.serve_connection(TokioIo::new(socket), service));
        tokio::spawn(
            async move {
                if let Err(error) = connection.await {
                    // hyper's messages hold no bytes of the request.
                    tracing::debug!(%error, "connection ended");
                }
                drop(permit);
            }
            .in_current_span(),
        );
    }
    drop(listener);
    tracing::info!("shutting down");
    if tokio::time::timeout(settings.drain, graceful.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("requests under way were cut off");
    }
}

/// Where requests are answered.
struct Desk<T> {
    stack: T,
    requests: Semaphore,
    allow_remote: bool,
    served: AtomicU64,
}

impl<T> Desk<T>
where
    T: SoapTransport,
    T::Error: Into<castile_http::Error>,
{
    async fn answer(&self, request: Request<Incoming>, peer: SocketAddr) -> Response<Body> {
        let number = self.served.fetch_add(1, Ordering::Relaxed) + 1;
        let operation = operation(request.headers());
        let span = tracing::info_span!("request", number, operation, %peer);
        let version = Version::of(request.headers());
        let outcome = self.outcome(request).instrument(span.clone()).await;
        let _entered = span.entered();
        match outcome {
            Ok(answer) => {
                tracing::info!(status = answer.status().as_u16(), "forwarded");
                answer
            }
            Err(fault) => {
                let Fault {
                    status,
                    code,
                    outcome_unknown,
                    cause,
                    ..
                } = &fault;
                tracing::warn!(
                    status = status.as_u16(),
                    code,
                    outcome_unknown,
                    cause = cause.as_deref(),
                    "{}",
                    fault.text
                );
                fault.answer(version)
            }
        }
    }

    async fn outcome(&self, request: Request<Incoming>) -> Result<Response<Body>, Fault> {
        let (parts, body) = request.into_parts();
        if let Some(fault) = refuse::reason(&parts, self.allow_remote) {
            return Err(fault);
        }
        let Ok(_permit) = self.requests.try_acquire() else {
            return Err(busy());
        };
        let request = Request::from_parts(parts, Body::stream(body));
        forward(&self.stack, request).await
    }
}

fn busy() -> Fault {
    Fault {
        status: StatusCode::SERVICE_UNAVAILABLE,
        party: Party::Server,
        code: "proxy-busy",
        blame: Blame::Caller,
        text: "too many requests at once".to_owned(),
        cause: None,
        outcome_unknown: false,
    }
}

/// The name in the action, if it is one: what else a client writes there is not for a log.
fn operation(headers: &HeaderMap) -> Option<String> {
    let action = actions(headers).next()?;
    let name = action.rsplit('/').next()?;
    let is_name = (1..=64).contains(&name.len()) && name.chars().all(|c| c.is_ascii_alphanumeric());
    is_name.then(|| name.to_owned())
}
