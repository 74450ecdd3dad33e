//! `castile proxy`: a local address for old clients, until interrupted.

use castile_http::Config;
use castile_proxy::Settings;
use tokio::net::TcpListener;

use crate::args::Proxy;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Proxy) -> Result<Exit, Problem> {
    let profile = Config::read(&arguments.profile.config)
        .and_then(|config| config.profile(&arguments.profile.profile))
        .map_err(|error| Problem::new(error.code(), &error))?;
    let listen = arguments.listen;
    super::log_to_stderr();
    super::runtime()?.block_on(async {
        let unusable = |error: std::io::Error| Problem::new("proxy-listener", &error).at(listen);
        let listener = TcpListener::bind(listen).await.map_err(unusable)?;
        let address = listener.local_addr().map_err(unusable)?;
        anstream::println!("listening on http://{address} for profile {}", profile.name);
        let stop = async {
            // Without signal handlers the process can still be ended from outside.
            if super::interrupted().await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        castile_proxy::serve(listener, &profile, Settings::default(), stop)
            .await
            .map_err(|error| Problem::new(error.code(), &error).at(address))?;
        Ok(Exit::Done)
    })
}
