//! Which media type the client wants to read, and whether it sent one we read.

use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_TYPE};

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Media {
    /// `application/json`: the status is 200 whenever the request itself could be read.
    Json,
    /// `application/graphql-response+json`: the status tells of a document that was refused.
    GraphqlResponse,
}

impl Media {
    pub(super) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    const fn subtype(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::GraphqlResponse => "graphql-response+json",
        }
    }
}

/// The media type that fits the `Accept` headers best; none if nothing fits.
pub(super) fn wanted(headers: &HeaderMap) -> Option<Media> {
    let ranges: Vec<Range> = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter(|range| !range.trim().is_empty())
        .filter_map(Range::read)
        .collect();
    if !headers.contains_key(ACCEPT) {
        return Some(Media::Json);
    }
    let (json, _) = quality(&ranges, Media::Json);
    let (graphql, is_named) = quality(&ranges, Media::GraphqlResponse);
    if graphql > 0.0 && (graphql > json || (graphql >= json && is_named)) {
        Some(Media::GraphqlResponse)
    } else {
        (json > 0.0).then_some(Media::Json)
    }
}

/// How much a type is wanted, by the most specific range that covers it, and whether that
/// range names it.
fn quality(ranges: &[Range], media: Media) -> (f32, bool) {
    ranges
        .iter()
        .filter_map(|range| Some((range.specificity(media)?, range.quality)))
        .max_by(|left, right| left.0.cmp(&right.0).then(left.1.total_cmp(&right.1)))
        .map_or((0.0, false), |(specificity, quality)| {
            (quality, specificity == 2)
        })
}

struct Range {
    kind: String,
    subtype: String,
    quality: f32,
}

impl Range {
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let (kind, subtype) = parts.next()?.split_once('/')?;
        let mut range = Self {
            kind: kind.trim().to_ascii_lowercase(),
            subtype: subtype.trim().to_ascii_lowercase(),
            quality: 1.0,
        };
        for parameter in parts {
            let (name, value) = parameter.split_once('=')?;
            match name.trim().to_ascii_lowercase().as_str() {
                "q" => range.quality = value.trim().parse::<f32>().ok()?.clamp(0.0, 1.0),
                "charset" if !is_utf8(value) => return None,
                _ => {}
            }
        }
        Some(range)
    }

    fn specificity(&self, media: Media) -> Option<u8> {
        match (self.kind.as_str(), self.subtype.as_str()) {
            ("*", "*") => Some(0),
            ("application", "*") => Some(1),
            ("application", subtype) if subtype == media.subtype() => Some(2),
            _ => None,
        }
    }
}

/// Whether a body is JSON in UTF-8, sent plainly. This is also the guard against forged forms:
/// a browser sends no such body to another site without asking first.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let is_plain = headers
        .get_all(CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    let Some(Ok(content_type)) = headers.get(CONTENT_TYPE).map(|value| value.to_str()) else {
        return false;
    };
    let mut parts = content_type.split(';').map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_read = parts.all(|parameter| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => is_utf8(value),
        _ => true,
    });
    is_plain && is_json && is_read
}

fn is_utf8(charset: &str) -> bool {
    let charset = charset.trim().trim_matches('"');
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &str) -> Option<Media> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, value.parse().unwrap());
        wanted(&headers)
    }

    #[test]
    fn a_client_without_a_wish_reads_json() {
        assert_eq!(wanted(&HeaderMap::new()), Some(Media::Json));
        assert_eq!(accept("*/*"), Some(Media::Json));
        assert_eq!(accept("application/*"), Some(Media::Json));
    }

    #[test]
    fn the_greater_quality_wins() {
        let both = "application/graphql-response+json;q=0.2, application/json;q=0.9";
        assert_eq!(accept(both), Some(Media::Json));
        let usual = "application/graphql-response+json, application/json;q=0.9";
        assert_eq!(accept(usual), Some(Media::GraphqlResponse));
        assert_eq!(
            accept("application/json, application/graphql-response+json"),
            Some(Media::GraphqlResponse)
        );
        assert_eq!(
            accept("application/json;q=0, */*"),
            Some(Media::GraphqlResponse)
        );
    }

    #[test]
    fn what_nobody_here_writes_is_refused() {
        assert_eq!(accept("text/html"), None);
        assert_eq!(accept("application/json;q=0"), None);
        assert_eq!(accept("application/json; charset=latin1"), None);
        assert_eq!(accept(""), None);
    }
}
