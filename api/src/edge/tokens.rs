//! Counting a document's tokens before it is parsed, so that no parser meets a flood.

/// The number of tokens and the deepest nesting of brackets.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tokens {
    pub(super) count: usize,
    pub(super) nesting: usize,
}

/// Counts tokens as the grammar sees them: names, numbers, strings and punctuators.
pub(super) fn count(document: &str) -> Tokens {
    let bytes = document.as_bytes();
    let (mut tokens, mut open, mut at) = (Tokens::default(), 0_usize, 0);
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' => {
                at += 1;
                continue;
            }
            b'#' => {
                at = skip(bytes, at, |byte| byte != b'\n' && byte != b'\r');
                continue;
            }
            b'"' => at = after_string(bytes, at),
            b'.' => at = skip(bytes, at, |byte| byte == b'.'),
            byte if is_word(byte) => at = skip(bytes, at, is_word),
            byte => {
                at += 1;
                match byte {
                    b'{' | b'[' | b'(' => open += 1,
                    b'}' | b']' | b')' => open = open.saturating_sub(1),
                    _ => {}
                }
            }
        }
        tokens.count += 1;
        tokens.nesting = tokens.nesting.max(open);
    }
    tokens
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

fn skip(bytes: &[u8], from: usize, is_part: impl Fn(u8) -> bool) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let length = rest.iter().position(|byte| !is_part(*byte));
    from + length.unwrap_or(rest.len())
}

/// The place after a string or block string that begins at `from`.
fn after_string(bytes: &[u8], from: usize) -> usize {
    let rest = bytes.get(from..).unwrap_or_default();
    let (quote, mut at): (&[u8], usize) = match rest.starts_with(b"\"\"\"") {
        true => (b"\"\"\"", 3),
        false => (b"\"", 1),
    };
    while at < rest.len() {
        let ahead = rest.get(at..).unwrap_or_default();
        if ahead.starts_with(quote) {
            return from + at + quote.len();
        }
        at += match ahead {
            [b'\\', b'"', b'"', b'"', ..] if quote.len() == 3 => 4,
            [b'\\', _, ..] if quote.len() == 1 => 2,
            _ => 1,
        };
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_as_the_grammar_does() {
        let tokens = count("query Q($a: [Int!]) { a(b: \"x } y\") # {{{\n ...f }");
        assert_eq!(
            tokens,
            Tokens {
                count: 21,
                nesting: 2
            }
        );
    }

    #[test]
    fn strings_hide_their_brackets() {
        assert_eq!(count(r#"{a(b:"\"{{{")}"#).nesting, 2);
        assert_eq!(count("{a(b:\"\"\"{{{ \\\"\"\" {{\"\"\")}").nesting, 2);
        assert_eq!(count("\"open {{").count, 1);
    }
}
