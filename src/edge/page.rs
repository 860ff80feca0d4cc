//! `/`: a plain page with links, until the live map stands here.

use axum::response::Html;

/// The page.
pub(crate) async fn home() -> Html<&'static str> {
    Html(include_str!("page.html"))
}
