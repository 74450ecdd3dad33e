//! Which addresses a host has, and which of them lie in a private network.

use std::io;
use std::net::{IpAddr, ToSocketAddrs as _};

/// Looks up a host and port. Blocks.
pub type Resolve = fn(&str, u16) -> io::Result<Vec<IpAddr>>;

/// By the system's resolver.
///
/// # Errors
/// What the system says.
pub fn resolve(host: &str, port: u16) -> io::Result<Vec<IpAddr>> {
    let addresses = (host, port).to_socket_addrs()?;
    Ok(addresses.map(|address| address.ip()).collect())
}
