//! The room of learning: courses, who should take them, who did.

mod courses;
mod enrolling;
mod recording;

use serde_json::{Value, json};

use super::people::company::{Company, with};

impl Company {
    /// A course with a code, as it was made.
    async fn course(&self, code: &str, more: Value) -> Value {
        let input = with(
            &json!({ "code": code, "title": format!("On {code}") }),
            more,
        );
        let shape = "course { id code title description validForDays passScore archivedAt }";
        let made = self.verb(&self.admin, "createCourse", shape, input).await;
        assert_eq!(made["userErrors"], json!([]));
        made["course"].clone()
    }
}
