//! Where messages may be posted to: an administrator's typing must not lead the hub to services
//! inside its own house.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The most characters of an address.
const LONGEST: usize = 2_000;

/// Networks that are not the public Internet: the IANA registries of special addresses
/// (<https://www.iana.org/assignments/iana-ipv4-special-registry>), and multicast.
const SPECIAL_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    (Ipv4Addr::BROADCAST, 32),
];
/// The unicast addresses of the Internet, and what of them is special.
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// The addresses that may be reached: the public Internet over HTTPS, and the company's own
/// networks that are named here, over HTTP too.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    own: Arc<[IpNet]>,
}

impl Reach {
    /// The public Internet and these networks.
    pub fn with(own: impl IntoIterator<Item = IpNet>) -> Reach {
        Reach {
            own: own.into_iter().collect(),
        }
    }

    /// Reads an address to post to. The error says what is wrong with it; a host's name is not
    /// resolved here.
    pub fn read(&self, text: &str) -> Result<Url, String> {
        if text.chars().count() > LONGEST {
            return Err(format!("an address has at most {LONGEST} characters"));
        }
        let url = Url::parse(text).map_err(|error| {
            format!("this is no address, such as https://example.com/hook ({error})")
        })?;
        let is_plain = match url.scheme() {
            "https" => false,
            "http" if !self.own.is_empty() => true,
            "http" => return Err("use https: http is for the networks that the hub's setting FIELDHUB_WEBHOOK_NETWORKS names".to_owned()),
            other => return Err(format!("use https, not {other}")),
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(
                "an address must not hold a name or a password: check the signature instead"
                    .to_owned(),
            );
        }
        match literal(&url) {
            Some(address) if !self.allows(address, is_plain) => Err(refused(is_plain)),
            _ => Ok(url),
        }
    }

    /// Whether an address may be reached, in plain HTTP or not.
    fn allows(&self, address: IpAddr, is_plain: bool) -> bool {
        let address = address.to_canonical();
        self.own.iter().any(|network| network.contains(&address))
            || (!is_plain && is_public(address))
    }

    /// Resolves names to the allowed ones of their addresses.
    pub(super) fn resolver(&self, is_plain: bool) -> Arc<impl Resolve + 'static> {
        Arc::new(Resolver {
            reach: self.clone(),
            is_plain,
        })
    }
}

struct Resolver {
    reach: Reach,
    is_plain: bool,
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let (reach, is_plain) = (self.reach.clone(), self.is_plain);
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found
                .filter(|address| reach.allows(address.ip(), is_plain))
                .collect();
            if allowed.is_empty() {
                return Err(refused(is_plain).into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

fn refused(is_plain: bool) -> String {
    let which = if is_plain {
        "http is for"
    } else {
        "a host that is not on the public Internet must be in"
    };
    format!("{which} the networks that the hub's setting FIELDHUB_WEBHOOK_NETWORKS names")
}

/// The address, where the host is one.
fn literal(url: &Url) -> Option<IpAddr> {
    let host = url.host_str()?;
    let bare = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).parse().ok()
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4
            .iter()
            .any(|(network, bits)| Ipv4Net::new_assert(*network, *bits).contains(&address)),
        IpAddr::V6(address) => {
            let is_in = |(network, bits): &(Ipv6Addr, u8)| {
                Ipv6Net::new_assert(*network, *bits).contains(&address)
            };
            is_in(&GLOBAL_V6) && !SPECIAL_V6.iter().any(is_in)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_reached_and_over_https() {
        let reach = Reach::default();
        for address in [
            "https://example.com/hook?key=1",
            "https://93.184.215.14/",
            "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]:8443/x",
        ] {
            assert!(reach.read(address).is_ok(), "{address}");
        }
        for address in [
            "http://example.com/",
            "ftp://example.com/",
            "file:///etc/passwd",
            "example.com",
            "",
            "https://name:word@example.com/",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.1.2.3/",
            "https://100.100.100.200/latest",
            "https://169.254.169.254/latest/meta-data",
            "https://192.168.0.1/",
            "https://0.0.0.0/",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fd00::1]/",
            "https://[fe80::1]/",
            "https://[64:ff9b::a00:1]/",
            "https://[2002:a00:1::]/",
        ] {
            assert!(reach.read(address).is_err(), "{address}");
        }
    }

    #[test]
    fn a_network_of_the_house_is_reached_where_it_is_named() {
        let reach = Reach::with(["10.1.0.0/16".parse().unwrap()]);
        assert!(reach.read("http://10.1.2.3:8000/hook").is_ok());
        assert!(reach.read("https://10.1.2.3/hook").is_ok());
        assert!(reach.read("https://10.2.2.3/hook").is_err());
        assert!(reach.read("http://93.184.215.14/").is_err());
    }

    #[tokio::test]
    async fn a_name_that_leads_into_the_house_is_refused_when_it_is_resolved() {
        let name = || "localhost".parse::<Name>().unwrap();
        let resolved = Reach::default().resolver(false).resolve(name()).await;
        assert!(
            resolved.is_err_and(|error| error.to_string().contains("FIELDHUB_WEBHOOK_NETWORKS"))
        );
        let house = Reach::with(["127.0.0.0/8".parse().unwrap()]);
        let found = house.resolver(true).resolve(name()).await.unwrap();
        assert!(found.count() > 0);
    }
}
