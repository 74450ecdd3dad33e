//! `castile proxy`: a local address for old clients, until interrupted.

use castile_http::{Config, connect};
use castile_proxy::Settings;
use tokio::net::TcpListener;

use crate::args::Proxy;
use crate::output;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Proxy) -> Result<Exit, Problem> {
    let config = &arguments.profile.config;
    let profile = Config::read(config)
        .and_then(|config| config.profile(&arguments.profile.profile))
        .map_err(|error| Problem::config(&error, config))?;
    let (_, oauth) = profile
        .in_oauth()
        .map_err(|error| Problem::config(&error, config))?;
    output::warn(&profile);
    let listen = arguments.listen;
    super::log_to_stderr();
    super::runtime()?.block_on(async {
        let mut interrupts = super::Interrupts::listen()?;
        // All that can fail, before the address is told.
        if !listen.ip().is_loopback() {
            let error = castile_proxy::Error::Remote { address: listen };
            return Err(Problem::new(error.code(), &error).at(listen));
        }
        let stack =
            connect::raw(&profile).map_err(|error| Problem::profile(&error, &profile, config))?;
        let closed = |error: std::io::Error| Problem::new("proxy-listener", &error).at(listen);
        let listener = TcpListener::bind(listen).await.map_err(closed)?;
        let address = listener.local_addr().map_err(closed)?;
        output::line(format_args!(
            "listening on http://{address} for profile {}",
            profile.name
        ))?;
        let settings = Settings::default();
        castile_proxy::serve_through(listener, stack, &oauth.url, settings, interrupts.next())
            .await
            .map_err(|error| Problem::new(error.code(), &error).at(address))?;
        Ok(Exit::Done)
    })
}
