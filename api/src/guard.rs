//! Which verbs: the roles that may use a field. Which rows is `visible_to`'s to say.
//!
//! ```text
//! #[graphql(guard = "guard::manager_or_admin()")]
//! async fn assign_customer(…)
//! ```

use async_graphql::{Context, Guard};
use entity::viewer::Role;

use crate::context::Request;
use crate::error::Error;

/// The roles that may use a field.
pub struct RoleGuard {
    roles: &'static [Role],
    who: &'static str,
}

/// For anybody who signed in.
pub fn signed_in() -> RoleGuard {
    RoleGuard {
        roles: &[Role::Admin, Role::Manager, Role::Rep],
        who: "",
    }
}

/// For managers and administrators.
pub fn manager_or_admin() -> RoleGuard {
    RoleGuard {
        roles: &[Role::Admin, Role::Manager],
        who: "only managers and administrators may do this",
    }
}

/// For administrators.
pub fn admin() -> RoleGuard {
    RoleGuard {
        roles: &[Role::Admin],
        who: "only administrators may do this",
    }
}

impl Guard for RoleGuard {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        let viewer = ctx.viewer()?;
        if self.roles.contains(&viewer.role) {
            Ok(())
        } else {
            Err(Error::forbidden(self.who).into())
        }
    }
}
