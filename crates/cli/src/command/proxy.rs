//! `castile proxy`: local addresses for old clients, one a profile, until interrupted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use castile_http::connect::{self, Live, Pool, Profiles, RawStated, Routed};
use castile_http::profile::State;
use castile_http::{Error, Profile, TokioSleep};
use castile_proxy::Settings;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tracing::Instrument as _;

use crate::args::Proxy;
use crate::output;
use crate::problem::{Exit, Problem};

/// How often the files of the configuration are looked at.
const LOOK: Duration = Duration::from_secs(1);

pub(super) fn run(arguments: &Proxy) -> Result<Exit, Problem> {
    let config = &arguments.config;
    let profiles = Profiles::read(config).map_err(|error| Problem::config(&error, config))?;
    let profiles = Arc::new(profiles);
    super::log_to_stderr();
    super::runtime()?.block_on(async {
        let mut interrupts = super::Interrupts::listen()?;
        let reloads = Reloads::listen()?;
        // All that can fail, before an address is told.
        let mut desks = Vec::new();
        for (name, listen) in &arguments.profile {
            let listen = listen.unwrap_or(arguments.listen);
            desks.push(Desk::open(&profiles, name, listen, arguments).await?);
        }
        for desk in &desks {
            output::line(format_args!(
                "listening on http://{} for profile {}, in state {}",
                desk.address,
                desk.name,
                desk.live.now().state(),
            ))?;
        }
        let (stop, stopped) = watch::channel(());
        let mut serving = JoinSet::new();
        for desk in desks {
            serving.spawn(desk.serve(stopped.clone()));
        }
        drop(stopped);
        let told = |outcome| tell(outcome);
        tokio::spawn(profiles.watch(LOOK, Arc::new(TokioSleep), told));
        tokio::spawn(reloads.follow(profiles.clone()));
        let ended = tokio::select! {
            () = interrupts.next() => None,
            ended = serving.join_next() => ended,
        };
        // Fails only if all have ended already.
        let _ = stop.send(());
        let mut outcome = ended.map_or(Ok(()), joined);
        while let Some(ended) = serving.join_next().await {
            outcome = outcome.and(joined(ended));
        }
        outcome.map(|()| Exit::Done)
    })
}

fn joined(ended: Result<Result<(), Problem>, tokio::task::JoinError>) -> Result<(), Problem> {
    ended.unwrap_or_else(|error| Err(Problem::new("cli-runtime", &error)))
}

/// One profile at one address.
struct Desk {
    name: String,
    address: SocketAddr,
    listener: TcpListener,
    live: Live<Routed<RawStated>>,
}

impl Desk {
    async fn open(
        profiles: &Profiles,
        name: &str,
        listen: SocketAddr,
        arguments: &Proxy,
    ) -> Result<Self, Problem> {
        let config = &arguments.config;
        let profile = profiles
            .config()
            .profile(name)
            .map_err(|error| Problem::config(&error, config))?;
        output::warn(&profile);
        if !listen.ip().is_loopback() {
            let error = castile_proxy::Error::Remote { address: listen };
            return Err(Problem::new(error.code(), &error).at(listen));
        }
        let in_profile = |error: Error| Problem::profile(&error, &profile, config);
        let make = |pool: &Pool, profile: &Arc<Profile>| pool.raw_routed(profile);
        let live = profiles.connect(name, make).map_err(in_profile)?;
        if let Some(journal) = connect::journal(&profile).map_err(in_profile)? {
            journal
                .ready()
                .await
                .map_err(Error::from)
                .map_err(in_profile)?;
        }
        let closed = |error: std::io::Error| Problem::new("proxy-listener", &error).at(listen);
        let listener = TcpListener::bind(listen).await.map_err(closed)?;
        Ok(Self {
            name: name.to_owned(),
            address: listener.local_addr().map_err(closed)?,
            listener,
            live,
        })
    }

    async fn serve(self, mut stopped: watch::Receiver<()>) -> Result<(), Problem> {
        let address = self.address;
        let shutdown = async move {
            // Ends when told, and when whoever could tell is gone.
            let _ = stopped.changed().await;
        };
        let span = tracing::info_span!("proxy", profile = self.name);
        span.in_scope(|| tell_way(self.live.now().profile()));
        castile_proxy::serve_through(self.listener, self.live, Settings::default(), shutdown)
            .instrument(span)
            .await
            .map_err(|error| Problem::new(error.code(), &error).at(address))
    }
}

/// Where the messages of a profile go, without what else its address says.
fn tell_way(profile: &Profile) {
    let old = profile.legacy.as_ref().map(|legacy| &legacy.url);
    let new = profile.oauth.as_ref().map(|oauth| &oauth.url);
    let url = match profile.state {
        State::Oauth => new,
        State::Legacy | State::Shadow => old,
    };
    let gateway = url.map(|url| url.origin().ascii_serialization());
    tracing::info!(state = %profile.state, gateway, "ready");
}

/// SIGHUP, which asks a service to read its configuration anew; other systems have none, and files are looked at anyway.
struct Reloads {
    #[cfg(unix)]
    signal: tokio::signal::unix::Signal,
}

impl Reloads {
    fn listen() -> Result<Self, Problem> {
        Self::new().map_err(|error| Problem::new("cli-runtime", &error))
    }

    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            signal: signal(SignalKind::hangup())?,
        })
    }

    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, reason = "it can fail on Unix")]
    fn new() -> std::io::Result<Self> {
        Ok(Self {})
    }

    #[cfg(unix)]
    async fn follow(mut self, profiles: Arc<Profiles>) {
        while self.signal.recv().await.is_some() {
            let profiles = profiles.clone();
            let reload = move || profiles.reload();
            if let Ok(outcome) = tokio::task::spawn_blocking(reload).await {
                tell(outcome);
            }
        }
    }

    #[cfg(not(unix))]
    async fn follow(self, _: Arc<Profiles>) {}
}

fn tell(outcome: Result<(), Error>) {
    match outcome {
        Ok(()) => tracing::info!("the configuration was read anew"),
        Err(error) => tracing::warn!(
            code = error.code(),
            %error,
            "the configuration stays as it was"
        ),
    }
}
