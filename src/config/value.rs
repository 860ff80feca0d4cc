//! What a setting's text may be; each fault is said in words that follow "FIELDHUB_X is …:".

use std::net::{IpAddr, SocketAddr};

use api::edge::{Manifest, Unlisted};
use api::people::MapDatum;
use axum::http::HeaderValue;
use chrono::Weekday;
use chrono_tz::Tz;
use ingest::phones::mqtt::Broker;
use ipnet::IpNet;
use percent_encoding::percent_decode_str;
use reqwest::Url;
use secrecy::SecretString;

use crate::config::{Backend, LogFormat, Mode, store::PhotoPlace};

/// A signing secret shorter than this can be guessed from one token.
const LEAST_SECRET_BYTES: usize = 32;

type Fault<T> = Result<T, String>;

pub(super) fn database_url(text: &str) -> Fault<(Backend, SecretString)> {
    if let Some(path) = text
        .strip_prefix("sqlite://")
        .or_else(|| text.strip_prefix("sqlite:"))
    {
        let file = path.split('?').next().unwrap_or_default();
        if file.is_empty() {
            return Err("names no file, as in sqlite://fieldhub.db".to_owned());
        }
        if text.contains(":memory:") || text.contains("mode=memory") {
            return Err("a database in memory forgets what it acknowledged".to_owned());
        }
        return Ok((Backend::Sqlite, SecretString::from(text)));
    }
    let url = Url::parse(text).map_err(|error| format!("not a URL ({error})"))?;
    if !matches!(url.scheme(), "postgres" | "postgresql") {
        return Err(format!(
            "{}:// is neither sqlite:// nor postgres://",
            url.scheme()
        ));
    }
    if url.path().trim_matches('/').is_empty() {
        return Err("names no database after the host".to_owned());
    }
    Ok((Backend::Postgres, SecretString::from(text)))
}

pub(super) fn redis_url(text: &str) -> Fault<SecretString> {
    let url = Url::parse(text).map_err(|error| format!("not a URL ({error})"))?;
    match url.scheme() {
        "redis" | "rediss" | "redis+unix" | "unix" => Ok(SecretString::from(text)),
        other => Err(format!("{other}:// is not redis://")),
    }
}

/// The address of a raster tile or of a PMTiles file. Its host is what the pages are allowed to
/// load tiles from.
pub(super) fn tiles(text: &str) -> Fault<String> {
    let url = Url::parse(text).map_err(|error| format!("not a URL ({error})"))?;
    let absent = ["{z}", "{x}", "{y}"]
        .into_iter()
        .find(|part| !text.contains(part));
    if let Some(absent) = absent
        && !url.path().ends_with(".pmtiles")
    {
        return Err(format!("{absent} is not in it, nor is it a .pmtiles file"));
    }
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(text.to_owned()),
        other => Err(format!("{other}:// is neither http:// nor https://")),
    }
}

pub(super) fn map_datum(text: &str) -> Fault<MapDatum> {
    match text.to_ascii_uppercase().as_str() {
        "WGS84" => Ok(MapDatum::Wgs84),
        "GCJ02" => Ok(MapDatum::Gcj02),
        _ => Err("neither WGS84 nor GCJ02".to_owned()),
    }
}

pub(super) fn count(text: &str) -> Fault<u32> {
    match text.parse() {
        Ok(0) => Err("must be at least 1".to_owned()),
        Ok(number) => Ok(number),
        Err(_) => Err("not a whole number".to_owned()),
    }
}

/// A folder, or a bucket with what the names of all pictures in it begin with.
pub(super) fn photos(text: &str) -> Fault<PhotoPlace> {
    let Some((scheme, rest)) = text.split_once("://") else {
        return folder(text);
    };
    match scheme {
        "file" => folder(rest),
        "s3" => {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            if bucket.is_empty() {
                return Err("names no bucket, as in s3://fieldhub-photos".to_owned());
            }
            Ok(PhotoPlace::Bucket {
                name: bucket.to_owned(),
                prefix: prefix.trim_matches('/').to_owned(),
            })
        }
        other => Err(format!("{other}:// is neither a folder nor s3://")),
    }
}

fn folder(text: &str) -> Fault<PhotoPlace> {
    match text {
        "" => Err("names no folder".to_owned()),
        _ => Ok(PhotoPlace::Folder(text.into())),
    }
}

pub(super) fn days(text: &str) -> Fault<u32> {
    match count(text)? {
        days @ 1..=3_650 => Ok(days),
        _ => Err("more than ten years (3650 days)".to_owned()),
    }
}

pub(super) fn time_zone(text: &str) -> Fault<Tz> {
    text.parse()
        .map_err(|_| "not the name of a time zone".to_owned())
}

pub(super) fn currency(text: &str) -> Fault<String> {
    match text.parse::<domain::money::Currency>() {
        Ok(currency) => Ok(currency.code().to_owned()),
        Err(_) => Err("not a currency code of ISO 4217".to_owned()),
    }
}

pub(super) fn week_day(text: &str) -> Fault<Weekday> {
    text.parse().map_err(|_| "not a day of the week".to_owned())
}

pub(super) fn address(text: &str) -> Fault<SocketAddr> {
    text.parse()
        .map_err(|_| "not an IP address and a port".to_owned())
}

pub(super) fn mode(text: &str) -> Fault<Mode> {
    match text {
        "production" => Ok(Mode::Production),
        "development" => Ok(Mode::Development),
        _ => Err("neither production nor development".to_owned()),
    }
}

pub(super) fn manifest(path: &str) -> Fault<Manifest> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot be read ({error})"))?;
    Manifest::read(&text)
}

pub(super) fn unlisted(text: &str) -> Fault<Unlisted> {
    match text {
        "off" => Ok(Unlisted::Run),
        "log" => Ok(Unlisted::Log),
        "enforce" => Ok(Unlisted::Refuse),
        _ => Err("neither off, log nor enforce".to_owned()),
    }
}

pub(super) fn log_format(text: &str) -> Fault<LogFormat> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("neither text nor json".to_owned()),
    }
}

pub(super) fn signing_secret(text: &str) -> Fault<SecretString> {
    if text.len() < LEAST_SECRET_BYTES {
        return Err(format!(
            "has {} bytes of the {LEAST_SECRET_BYTES} it needs",
            text.len()
        ));
    }
    Ok(SecretString::from(text))
}

pub(super) fn web_url(text: &str) -> Fault<String> {
    let url = Url::parse(text).map_err(|error| format!("not a URL ({error})"))?;
    match url.scheme() {
        "https" => Ok(url.into()),
        "http" if is_loopback(&url) => Ok(url.into()),
        "http" => Err("keys fetched over plain http can be swapped; use https".to_owned()),
        other => Err(format!("{other}:// is not https://")),
    }
}

fn is_loopback(url: &Url) -> bool {
    url.host_str().is_some_and(|host| {
        host == "localhost"
            || host
                .trim_matches(['[', ']'])
                .parse::<IpAddr>()
                .is_ok_and(|ip| ip.is_loopback())
    })
}

pub(super) fn origins(text: &str) -> Fault<Vec<HeaderValue>> {
    items(text).map(origin).collect()
}

fn origin(text: &str) -> Fault<HeaderValue> {
    let url = Url::parse(text).map_err(|_| format!("{text:?} is not an origin"))?;
    let origin = url.origin().ascii_serialization();
    if !matches!(url.scheme(), "http" | "https") || origin != text {
        return Err(format!(
            "{text:?} is not an origin: scheme, host and port, nothing after"
        ));
    }
    HeaderValue::from_str(text).map_err(|_| format!("{text:?} cannot stand in a header"))
}

pub(super) fn networks(text: &str) -> Fault<Vec<IpNet>> {
    items(text)
        .map(|item| {
            item.parse::<IpNet>()
                .or_else(|_| item.parse::<IpAddr>().map(IpNet::from))
                .map_err(|_| format!("{item:?} is neither an address nor a network"))
        })
        .collect()
}

/// A broker; what is not in the address is as OwnTracks and brokers have it by default.
pub(super) fn mqtt(text: &str) -> Fault<Broker> {
    let url = Url::parse(text).map_err(|error| format!("no address ({error})"))?;
    match url.scheme() {
        "mqtt" => {}
        "mqtts" => {
            return Err(
                "TLS is not spoken: let a broker beside the hub bridge to yours".to_owned(),
            );
        }
        _ => return Err("begins with mqtt://".to_owned()),
    }
    let host = url.host_str().filter(|host| !host.is_empty());
    let host = host.ok_or("names no host, as in mqtt://127.0.0.1:1883")?;
    let plain = |text: &str| {
        let decoded = percent_decode_str(text).decode_utf8();
        decoded
            .map(String::from)
            .map_err(|_| "is not UTF-8".to_owned())
    };
    let name = plain(url.username())?;
    let password = plain(url.password().unwrap_or_default())?;
    let prefix = plain(url.path().trim_matches('/'))?;
    if url.fragment().is_some() || prefix.contains(['+', '#']) {
        return Err("the topic must hold no + and no #: the hub adds its own".to_owned());
    }
    let mut client_id = "fieldhub".to_owned();
    for (key, value) in url.query_pairs() {
        match &*key {
            "client_id" if !value.is_empty() => client_id = value.into_owned(),
            _ => return Err("knows only ?client_id=NAME".to_owned()),
        }
    }
    Ok(Broker {
        host: host.trim_matches(['[', ']']).to_owned(),
        port: url.port().unwrap_or(1883),
        credentials: (!name.is_empty()).then_some((name, password)),
        client_id,
        prefix: if prefix.is_empty() {
            "owntracks".to_owned()
        } else {
            prefix
        },
    })
}

fn items(text: &str) -> impl Iterator<Item = &str> {
    text.split(',')
        .map(str::trim)
        .filter(|item| !item.is_empty())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("mysql://h/d", "mysql:// is neither sqlite:// nor postgres://")]
    #[case("fieldhub.db", "not a URL (relative URL without a base)")]
    #[case("postgres://host", "names no database after the host")]
    #[case("sqlite://", "names no file, as in sqlite://fieldhub.db")]
    #[case("sqlite::memory:", "a database in memory forgets what it acknowledged")]
    fn a_wrong_database_url_is_told_its_fault(#[case] text: &str, #[case] fault: &str) {
        assert_eq!(database_url(text).map(|_| ()).unwrap_err(), fault);
    }

    #[rstest]
    #[case("gs://bucket", "gs:// is neither a folder nor s3://")]
    #[case("s3:///photos", "names no bucket, as in s3://fieldhub-photos")]
    #[case("file://", "names no folder")]
    fn a_wrong_place_of_photos_is_told_its_fault(#[case] text: &str, #[case] fault: &str) {
        assert_eq!(photos(text).unwrap_err(), fault);
    }

    #[test]
    fn photos_lie_in_a_folder_or_in_a_bucket() {
        for folder in ["file:///srv/photos", "/srv/photos"] {
            assert_eq!(photos(folder), Ok(PhotoPlace::Folder("/srv/photos".into())));
        }
        let bucket = |name: &str, prefix: &str| PhotoPlace::Bucket {
            name: name.to_owned(),
            prefix: prefix.to_owned(),
        };
        assert_eq!(photos("s3://acme"), Ok(bucket("acme", "")));
        assert_eq!(photos("s3://acme/a/b/"), Ok(bucket("acme", "a/b")));
    }

    #[rstest]
    #[case("localhost")]
    #[case("localhost:80")]
    #[case("127.0.0.1")]
    #[case("127.0.0.1:65536")]
    fn an_address_needs_an_ip_and_a_port(#[case] text: &str) {
        assert!(address(text).is_err());
    }

    #[rstest]
    #[case("https://a.example/")]
    #[case("a.example")]
    #[case("*")]
    #[case("ftp://a.example")]
    fn an_origin_is_scheme_host_and_port(#[case] text: &str) {
        assert!(origins(text).is_err(), "{text}");
    }

    #[test]
    fn a_broker_is_as_brokers_are_unless_told() {
        let broker = mqtt("mqtt://127.0.0.1").unwrap();
        assert_eq!((broker.host.as_str(), broker.port), ("127.0.0.1", 1883));
        assert_eq!(
            (broker.credentials, broker.prefix.as_str()),
            (None, "owntracks")
        );
        let text = "mqtt://hub:p%40ss@[::1]:1884/$share/hubs/acme/owntracks?client_id=hub-2";
        let broker = mqtt(text).unwrap();
        assert_eq!((broker.host.as_str(), broker.port), ("::1", 1884));
        assert_eq!(
            broker.credentials,
            Some(("hub".to_owned(), "p@ss".to_owned()))
        );
        assert_eq!(broker.prefix, "$share/hubs/acme/owntracks");
        assert_eq!(broker.client_id, "hub-2");
    }

    #[rstest]
    #[case("127.0.0.1:1883")]
    #[case("http://127.0.0.1")]
    #[case("mqtts://127.0.0.1")]
    #[case("mqtt://")]
    #[case("mqtt://127.0.0.1/owntracks/#")]
    #[case("mqtt://127.0.0.1/?id=hub")]
    fn a_wrong_broker_is_refused(#[case] text: &str) {
        assert!(mqtt(text).is_err(), "{text}");
    }

    #[test]
    fn lists_are_split_at_commas() {
        assert_eq!(
            origins("https://a.example, http://b.example:81")
                .unwrap()
                .len(),
            2
        );
        assert_eq!(networks("10.0.0.0/8,::1").unwrap().len(), 2);
        assert!(networks("10.0.0.0/33").is_err());
    }

    #[test]
    fn keys_are_not_fetched_over_plain_http_from_afar() {
        assert!(web_url("http://login.example.com/jwks").is_err());
        assert!(web_url("http://127.0.0.1:9/jwks").is_ok());
    }

    #[test]
    fn a_short_secret_is_refused() {
        let fault = signing_secret("short").map(|_| ()).unwrap_err();
        assert_eq!(fault, "has 5 bytes of the 32 it needs");
    }
}
