//! Texts that a spreadsheet would run: marked on the way out, unmarked on the way in.

/// What a spreadsheet takes for the beginning of a formula.
const BEGINNINGS: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The text, with a `'` before it if it begins like a formula. One that looks marked already gets
/// another, so that [`unmarked`] always gives back what was there.
pub(crate) fn marked(text: String) -> String {
    match is_like_formula(&text) {
        true => format!("'{text}"),
        false => text,
    }
}

/// The text without the `'` of [`marked`].
pub(crate) fn unmarked(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_like_formula(rest) => rest,
        _ => text,
    }
}

fn is_like_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(BEGINNINGS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_marked_is_given_back(text in "['=+@a\t\r-]{0,6}") {
            let marked = marked(text.clone());
            prop_assert_eq!(unmarked(&marked), text);
        }

        #[test]
        fn nothing_marked_begins_like_a_formula(text in "['=+@a\t\r-]{0,6}") {
            prop_assert!(!marked(text).starts_with(BEGINNINGS));
        }
    }
}
