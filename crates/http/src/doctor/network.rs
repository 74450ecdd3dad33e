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

/// Whether an address cannot be reached over the internet: RFC 1918, RFC 6598, RFC 4193, link-local.
///
/// Loopback is neither: sandboxes live there.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            let [first, second, ..] = address.octets();
            address.is_private()
                || address.is_link_local()
                || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => is_private(IpAddr::V4(address)),
            None => address.is_unique_local() || address.is_unicast_link_local(),
        },
    }
}
