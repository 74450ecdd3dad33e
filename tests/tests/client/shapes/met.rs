//! What a call meets on its way: a gateway that answers by script, one that is silent at some step, or none.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use castile::auth::ports::{BoxFuture, Sleep};
use castile::auth::{AccessToken, TokenSource};
use castile::http::TokioSleep;
use castile_tests::{Institution, Reply, Scripted, TypedClient};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

/// What the calls meet.
pub(super) enum Meets {
    Answer(Reply),
    /// The time is up while the token is fetched.
    NoToken,
    /// The time is up while the connection is made.
    NoHandshake,
    /// The time is up when the request has arrived.
    NoAnswer,
    /// Nobody listens.
    Refusal,
}

/// A client that meets it, and how many requests have reached the gateway.
pub(super) struct Scene {
    pub(super) client: TypedClient,
    pub(super) arrivals: Box<dyn Fn() -> usize>,
}

impl Scene {
    pub(super) async fn of(bank: &Institution, meets: &Meets) -> Self {
        match meets {
            Meets::Answer(reply) => answered(bank, reply.clone(), |_| Arc::new(TokioSleep)).await,
            Meets::NoAnswer => {
                let until_arrival = |gateway: Arc<Scripted>| {
                    let arrived =
                        move |call| -> BoxFuture<'static, ()> { Box::pin(gateway.arrived(call)) };
                    Arc::new(Until::new(arrived)) as Arc<dyn Sleep>
                };
                answered(bank, Reply::Silence, until_arrival).await
            }
            Meets::NoToken => without_token(bank).await,
            Meets::NoHandshake => without_handshake(bank).await,
            Meets::Refusal => refused(bank),
        }
    }
}

async fn answered(
    bank: &Institution,
    reply: Reply,
    sleep: impl FnOnce(Arc<Scripted>) -> Arc<dyn Sleep>,
) -> Scene {
    let gateway = Arc::new(Scripted::start(vec![reply]).await);
    let client = bank.client_at(gateway.url(), |plan| plan.sleep = sleep(gateway.clone()));
    Scene {
        client,
        arrivals: Box::new(move || gateway.arrivals().len()),
    }
}

async fn without_token(bank: &Institution) -> Scene {
    let gateway = Scripted::start(vec![Reply::Close]).await;
    let asked = watch::Sender::new(0);
    let client = bank.client_at(gateway.url(), |plan| {
        plan.sleep = until_counted(asked.subscribe());
        plan.source = Arc::new(Silent(asked));
    });
    Scene {
        client,
        arrivals: Box::new(move || gateway.arrivals().len()),
    }
}

async fn without_handshake(bank: &Institution) -> Scene {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
    let url = format!("https://{}/svc", listener.local_addr().expect("bound"));
    let accepted = watch::Sender::new(0);
    let sleep = until_counted(accepted.subscribe());
    tokio::spawn(async move {
        // They stay open, and nothing is said on them.
        let mut held = Vec::new();
        while let Ok((socket, _)) = listener.accept().await {
            held.push(socket);
            accepted.send_modify(|count| *count += 1);
        }
    });
    Scene {
        client: bank.client_at(&url, |plan| plan.sleep = sleep),
        arrivals: Box::new(|| 0),
    }
}

fn refused(bank: &Institution) -> Scene {
    // Bound, so that nobody else takes the port, and not listened on.
    let held = TcpSocket::new_v4().expect("a socket");
    let free = "127.0.0.1:0".parse().expect("an address");
    held.bind(free).expect("loopback");
    let url = format!("http://{}/svc", held.local_addr().expect("bound"));
    let client = bank.client_at(&url, |_| {});
    Scene {
        client,
        arrivals: Box::new(move || {
            let _ = &held;
            0
        }),
    }
}

/// Is asked for tokens and gives none.
struct Silent(watch::Sender<usize>);

impl TokenSource for Silent {
    fn token(&self) -> BoxFuture<'_, Result<AccessToken, castile::auth::Error>> {
        self.0.send_modify(|count| *count += 1);
        Box::pin(std::future::pending())
    }

    fn reject(&self, _: &AccessToken) {}
}

/// A time limit that is over when a thing has happened once more, however fast or slow the machine is.
struct Until<F> {
    calls: AtomicUsize,
    happened: F,
}

impl<F: Fn(usize) -> BoxFuture<'static, ()> + Send + Sync> Until<F> {
    fn new(happened: F) -> Self {
        Self {
            calls: AtomicUsize::new(0),
            happened,
        }
    }
}

impl<F: Fn(usize) -> BoxFuture<'static, ()> + Send + Sync> Sleep for Until<F> {
    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        (self.happened)(self.calls.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

fn until_counted(count: watch::Receiver<usize>) -> Arc<dyn Sleep> {
    Arc::new(Until::new(move |call| {
        let mut count = count.clone();
        Box::pin(async move {
            // It fails only when the test is over.
            let _ = count.wait_for(|counted| *counted >= call).await;
        })
    }))
}
