//! The HTTP stack as a process: strip, bearer, forward, stream back.
//!
//! An old client talks to this proxy on loopback as it talked to the gateway: user name and password in the message,
//! no token. The proxy sends the message by the state of one profile and streams the answer back: in state `oauth` it cuts
//! the security header out and adds the bearer token, in state `legacy` the message goes out as it came, in state `shadow`
//! some reads are repeated under OAuth afterwards. What it cannot do it says as a SOAP fault that the client can read.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use castile_http::Config;
//! use castile_proxy::{Settings, serve};
//!
//! let profile = Config::discover()?.profile("first-bank-test")?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! serve(listener, &profile, Settings::default(), std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```

mod error;
mod fault;
mod forward;
mod headers;
mod jwks;
mod refuse;
mod serve;
mod settings;
mod watch;

pub use error::Error;
pub use jwks::serve_jwks;
pub use serve::{serve, serve_through};
pub use settings::Settings;
