//! What the demo says when it is ready: where it listens, tokens, and commands that work when pasted.

use std::{fmt::Write, net::SocketAddr};

use crate::demo::company::{NAME, Rep, Shop};

/// The tokens to be shown.
pub(crate) struct Tokens {
    pub(crate) admin: String,
    pub(crate) manager: String,
    pub(crate) rep: String,
}

/// The whole text.
pub(crate) fn welcome(address: SocketAddr, tokens: &Tokens, you: &Rep, shop: &Shop) -> String {
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{NAME} is open: fieldhub listens at http://{address}\n"
    );
    let _ = writeln!(text, "Tokens, valid for 30 days:");
    for (who, token) in [
        ("admin", &tokens.admin),
        ("manager", &tokens.manager),
        ("rep", &tokens.rep),
    ] {
        let _ = writeln!(text, "  {who:<8}{token}");
    }
    let _ = writeln!(
        text,
        "\nYou are {}. Arrive at {}:\n\n{}",
        you.name,
        shop.name,
        check_in(address, you, shop)
    );
    let _ = writeln!(
        text,
        "\nAsk for it as the admin:\n\n{}",
        query(address, &tokens.admin, &shop.id.global())
    );
    let _ = writeln!(
        text,
        "\nThe other reps are on their way. Ctrl-C stops; the next start goes on with the same data."
    );
    text
}

/// A check-in by the phone of the one rep who does not move by themselves.
fn check_in(address: SocketAddr, you: &Rep, shop: &Shop) -> String {
    format!(
        r#"curl -sS http://{address}/v1/check-ins \
  -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \
  -d '{{"checkIns":[{{"id":"curl-'$(date +%s)'","kind":"ARRIVE","recordedAt":"'$(date -u +%Y-%m-%dT%H:%M:%SZ)'","latitude":{latitude:.6},"longitude":{longitude:.6},"accuracyM":8,"customerId":"{customer}"}}]}}'"#,
        token = you.token,
        latitude = shop.place.latitude,
        longitude = shop.place.longitude,
        customer = shop.id.global(),
    )
}

/// The visits at that customer, and who is there.
fn query(address: SocketAddr, token: &str, customer: &str) -> String {
    format!(
        r#"curl -sS http://{address}/graphql \
  -H 'Authorization: Bearer {token}' -H 'Content-Type: application/json' \
  -d '{{"query":"{{ node(id: \"{customer}\") {{ ... on Customer {{ name visits(first: 3, orderBy: {{arrivedAt: DESC}}) {{ nodes {{ arrivedAt leftAt rep {{ name presence {{ state }} }} }} }} }} }} }}"}}'"#
    )
}
