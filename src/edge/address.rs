//! Who called: the address of the client, behind the proxies that are believed.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{ConnectInfo, Request, State},
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use ipnet::IpNet;

/// Puts the client's address (`IpAddr`) into the request's extensions.
pub(crate) async fn client(
    State(trusted): State<Arc<[IpNet]>>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<std::net::SocketAddr>>();
    if let Some(ConnectInfo(peer)) = peer {
        let address = client_address(peer.ip(), request.headers(), &trusted);
        request.extensions_mut().insert(address);
    }
    next.run(request).await
}

/// The nearest address that no trusted proxy has: read from the right, since a client may write
/// what it likes on the left.
fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let mut nearest = peer.to_canonical();
    let hops: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .collect();
    for hop in hops.into_iter().rev() {
        if !is_within(trusted, nearest) {
            break;
        }
        let Ok(address) = hop.parse::<IpAddr>() else {
            break;
        };
        nearest = address.to_canonical();
    }
    nearest
}

/// Whether one of the networks holds the address.
pub(crate) fn is_within(networks: &[IpNet], address: IpAddr) -> bool {
    networks
        .iter()
        .any(|network| network.contains(&address.to_canonical()))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nobody_is_trusted("192.0.2.1", "198.51.100.7", "", "192.0.2.1")]
    #[case::a_trusted_proxy("10.0.0.1", "198.51.100.7", "10.0.0.0/8", "198.51.100.7")]
    #[case::a_forged_hop("10.0.0.1", "1.1.1.1, 198.51.100.7", "10.0.0.0/8", "198.51.100.7")]
    #[case::two_proxies("10.0.0.1", "198.51.100.7, 10.0.0.2", "10.0.0.0/8", "198.51.100.7")]
    #[case::not_an_address("10.0.0.1", "unknown", "10.0.0.0/8", "10.0.0.1")]
    #[case::mapped("::ffff:10.0.0.1", "198.51.100.7", "10.0.0.0/8", "198.51.100.7")]
    fn the_client_is_the_nearest_untrusted_address(
        #[case] peer: &str,
        #[case] forwarded: &str,
        #[case] trusted: &str,
        #[case] client: &str,
    ) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted: Vec<IpNet> = trusted
            .split_whitespace()
            .map(|n| n.parse().unwrap())
            .collect();
        let found = client_address(peer.parse().unwrap(), &headers, &trusted);
        assert_eq!(found.to_string(), client);
    }
}
