//! A proxy in this process, and an old client's way through it.

use std::sync::Arc;

use castile::http::Profile;
use castile_proxy::{Error, Settings};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running proxy for one profile.
#[derive(Debug)]
pub struct Proxied {
    url: String,
    http: reqwest::Client,
    stop: oneshot::Sender<()>,
    done: JoinHandle<Result<(), Error>>,
}

impl Proxied {
    /// Starts a proxy on a free port.
    ///
    /// # Panics
    /// When the machine has no loopback or no TLS roots.
    pub async fn start(profile: &Arc<Profile>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("loopback");
        let url = format!("http://{}/", listener.local_addr().expect("bound"));
        let (stop, stopped) = oneshot::channel::<()>();
        let profile = Arc::clone(profile);
        let done = tokio::spawn(async move {
            let stopped = async {
                // Told, or the test is over: both mean stop.
                let _ = stopped.await;
            };
            castile_proxy::serve(listener, &profile, Settings::default(), stopped).await
        });
        let http = reqwest::Client::builder().no_proxy().build();
        Self {
            url,
            http: http.expect("TLS roots"),
            stop,
            done,
        }
    }

    /// A message as an old client sends it.
    pub fn post(&self, action: &str, message: impl Into<String>) -> reqwest::RequestBuilder {
        self.http
            .post(&self.url)
            .header("content-type", "text/xml; charset=utf-8")
            .header(
                "soapaction",
                format!("\"http://jackhenry.com/ws/{action}\""),
            )
            .body(message.into())
    }

    /// Ends the proxy, after what is under way.
    ///
    /// # Panics
    /// When it did not run to this point, or does not end well.
    pub async fn end(self) {
        // Kept connections would hold up the end.
        drop(self.http);
        self.stop.send(()).expect("the proxy still runs");
        let ended = self.done.await.expect("no panic");
        ended.expect("a clean end");
    }
}
