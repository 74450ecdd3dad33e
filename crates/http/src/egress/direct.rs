//! Connects directly, by TCP and TLS within one time limit.

use std::error::Error as StdError;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use ::hyper_util::client::legacy::connect::HttpConnector;
use ::hyper_util::rt::TokioIo;
use ::tokio::net::TcpStream;
use ::tokio::time::timeout;
use http::Uri;
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use rustls::ClientConfig;
use tower_service::Service;

use crate::BodyError;
use crate::hyper::{ConnectTimedOut, causes};

/// After so long without a word the peer is asked whether it is still there, and again after as long.
const KEEPALIVE: Duration = Duration::from_secs(15);

/// So often it is asked before the connection is given up.
const KEEPALIVE_RETRIES: u32 = 3;

/// How long sent bytes may stay unacknowledged before the connection is given up.
#[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);

/// A connector for https, and for http on loopback. All settings of TCP are those that reqwest has by default.
#[derive(Debug, Clone)]
pub(super) struct Direct {
    https: HttpsConnector<HttpConnector>,
    limit: Duration,
}

impl Direct {
    /// A connection takes no longer than `limit`, from looking up the name to the end of the TLS handshake.
    pub(super) fn new(tls: ClientConfig, limit: Duration) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(Some(KEEPALIVE));
        tcp.set_keepalive_interval(Some(KEEPALIVE));
        tcp.set_keepalive_retries(Some(KEEPALIVE_RETRIES));
        #[cfg(any(target_os = "android", target_os = "fuchsia", target_os = "linux"))]
        tcp.set_tcp_user_timeout(Some(UNACKNOWLEDGED));
        // Shared among the addresses of a name, so that one that is silent leaves time for the next.
        tcp.set_connect_timeout(Some(limit));
        Self {
            https: HttpsConnector::from((tcp, tls)),
            limit,
        }
    }
}

impl Service<Uri> for Direct {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BodyError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BodyError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BodyError>> {
        self.https.poll_ready(context)
    }

    fn call(&mut self, target: Uri) -> Self::Future {
        let (connecting, limit) = (self.https.call(target), self.limit);
        Box::pin(async move {
            match timeout(limit, connecting).await {
                Ok(Ok(connection)) => Ok(connection),
                Ok(Err(error)) if !is_time_out(&*error) => Err(error),
                Ok(Err(_)) | Err(_) => Err(ConnectTimedOut { limit }.into()),
            }
        })
    }
}

/// Whether TCP gave up by itself, by its share of the limit or by a limit of the system's.
fn is_time_out(error: &(dyn StdError + 'static)) -> bool {
    causes(error)
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == io::ErrorKind::TimedOut)
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use rustix::net::sockopt;

    use super::*;
    use crate::profile::Egress;

    #[tokio::test]
    async fn tcp_has_the_settings_that_reqwest_gives_it() {
        let listener = ::tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.unwrap();
        let target = format!("http://{}", listener.local_addr().unwrap());
        let tls = crate::tls::client_config(&Egress::default()).unwrap();
        let mut connector = Direct::new(tls, Duration::from_secs(10));
        let connection = connector.call(target.parse().unwrap()).await.unwrap();
        let MaybeHttpsStream::Http(connection) = connection else {
            panic!("no TLS was asked for");
        };
        let socket = connection.inner();
        assert!(socket.nodelay().unwrap());
        assert!(sockopt::socket_keepalive(socket).unwrap());
        assert_eq!(sockopt::tcp_keepidle(socket).unwrap(), KEEPALIVE);
        assert_eq!(sockopt::tcp_keepintvl(socket).unwrap(), KEEPALIVE);
        assert_eq!(sockopt::tcp_keepcnt(socket).unwrap(), KEEPALIVE_RETRIES);
        let unacknowledged = u128::from(sockopt::tcp_user_timeout(socket).unwrap());
        assert_eq!(unacknowledged, UNACKNOWLEDGED.as_millis());
    }
}
