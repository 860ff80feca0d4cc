//! Which form a body has, by its headers.

use axum::http::{HeaderMap, HeaderName, header};

use super::problem::Problem;

/// How the points stand in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// `{"checkIns": […]}`.
    Json,
    /// One point a line.
    Lines,
}

/// How the body is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    /// As it is.
    Plain,
    /// gzip.
    Gzip,
}

/// Reads `Content-Type`; anything but JSON or NDJSON in UTF-8 is refused.
pub(crate) fn format(headers: &HeaderMap) -> Result<Format, Problem> {
    let stated = only(headers, header::CONTENT_TYPE).unwrap_or("");
    let mut parts = stated.split(';').map(str::trim);
    let media_type = parts.next().unwrap_or("").to_ascii_lowercase();
    let format = match media_type.as_str() {
        "application/json" => Format::Json,
        "application/x-ndjson" => Format::Lines,
        _ => {
            let detail = "send application/json or application/x-ndjson";
            return Err(Problem::unsupported("UNSUPPORTED_MEDIA_TYPE", detail));
        }
    };
    for parameter in parts {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let is_charset = name.trim().eq_ignore_ascii_case("charset");
        let value = value.trim().trim_matches('"');
        if is_charset && !value.eq_ignore_ascii_case("utf-8") {
            let detail = "the only charset is utf-8";
            return Err(Problem::unsupported("UNSUPPORTED_CHARSET", detail));
        }
    }
    Ok(format)
}

/// Reads `Content-Encoding`; anything but gzip is refused.
pub(crate) fn packing(headers: &HeaderMap) -> Result<Packing, Problem> {
    if !headers.contains_key(header::CONTENT_ENCODING) {
        return Ok(Packing::Plain);
    }
    let stated = only(headers, header::CONTENT_ENCODING).unwrap_or("unknown");
    match stated.trim().to_ascii_lowercase().as_str() {
        "" | "identity" => Ok(Packing::Plain),
        "gzip" | "x-gzip" => Ok(Packing::Gzip),
        _ => {
            let detail = "the only content encoding is gzip, once";
            Err(Problem::unsupported("UNSUPPORTED_ENCODING", detail))
        }
    }
}

/// The header's text, if it is there exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    if values.next().is_some() {
        return None;
    }
    value.to_str().ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    fn format_of(content_type: &str) -> Result<Format, &'static str> {
        format(&headers(header::CONTENT_TYPE, content_type)).map_err(|problem| problem.code())
    }

    #[test]
    fn json_and_lines_in_utf8_are_taken() {
        assert_eq!(format_of("application/json"), Ok(Format::Json));
        assert_eq!(
            format_of("Application/JSON; charset=\"UTF-8\""),
            Ok(Format::Json)
        );
        assert_eq!(format_of("application/x-ndjson"), Ok(Format::Lines));
    }

    #[test]
    fn other_types_and_charsets_are_named() {
        for other in ["text/plain", "", "application/jsonx", "multipart/form-data"] {
            assert_eq!(format_of(other), Err("UNSUPPORTED_MEDIA_TYPE"), "{other}");
        }
        assert_eq!(
            format_of("application/json; charset=gbk"),
            Err("UNSUPPORTED_CHARSET")
        );
    }

    #[test]
    fn only_gzip_is_unpacked() {
        let packing_of = |value| packing(&headers(header::CONTENT_ENCODING, value));
        assert_eq!(packing(&HeaderMap::new()), Ok(Packing::Plain));
        assert_eq!(packing_of("identity"), Ok(Packing::Plain));
        assert_eq!(packing_of("GZIP"), Ok(Packing::Gzip));
        for other in ["br", "deflate", "gzip, gzip"] {
            assert_eq!(
                packing_of(other).map_err(|problem| problem.code()),
                Err("UNSUPPORTED_ENCODING"),
                "{other}"
            );
        }
    }
}
