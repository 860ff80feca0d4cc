//! What the demo says when it is ready: links that sign in, tokens, and commands that work when pasted.

use std::{fmt::Write, net::SocketAddr};

use crate::demo::company::{NAME, PASSWORD, Rep, Shop};

/// Somebody who can sign in.
pub(crate) struct Account {
    pub(crate) email: String,
    /// For those who ask by `curl`.
    pub(crate) token: String,
}

/// Those who are shown.
pub(crate) struct Accounts {
    pub(crate) admin: Account,
    pub(crate) manager: Account,
    pub(crate) rep: Account,
}

/// The whole text.
pub(crate) fn welcome(address: SocketAddr, accounts: &Accounts, you: &Rep, shop: &Shop) -> String {
    let Accounts {
        admin,
        manager,
        rep,
    } = accounts;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{NAME} is open: fieldhub listens at http://{address}\n"
    );
    let _ = writeln!(text, "Look at it; each link signs in by itself:");
    for (what, page, who) in [
        (
            "the live map, as a manager of two teams",
            "sign-in",
            manager,
        ),
        ("the same as the administrator", "sign-in", admin),
        (
            "a rep's pocket page, best on a phone's screen",
            "pocket",
            rep,
        ),
    ] {
        let email = &who.email;
        let _ = writeln!(
            text,
            "  {what}:\n    http://{address}/{page}#email={email}&password={PASSWORD}"
        );
    }
    let _ = writeln!(
        text,
        "Everybody signs in with their e-mail address and the password {PASSWORD}.\n"
    );
    let _ = writeln!(text, "Tokens, valid for 30 days:");
    for (who, account) in [("admin", admin), ("manager", manager), ("rep", rep)] {
        let _ = writeln!(text, "  {who:<8}{}", account.token);
    }
    let _ = writeln!(
        text,
        "\nYou are {}. Arrive at {}, and see it on the map:\n\n{}",
        you.name,
        shop.name,
        check_in(address, you, shop)
    );
    let _ = writeln!(
        text,
        "\nAsk for it as the admin:\n\n{}",
        query(address, &admin.token, &shop.id.global())
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
