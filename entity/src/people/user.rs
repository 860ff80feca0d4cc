//! A person who can sign in: a rep, a manager or an administrator.

use sea_orm::Select;
use sea_orm::entity::prelude::*;

use crate::id::{TeamId, UserId};
use crate::relation::belongs_to;
use crate::scope::rows;
use crate::viewer::Role;
use crate::viewer::Scope;

/// One user. The table is `user_account`, because `user` is a word of SQL.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "user_account")]
pub struct Model {
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UserId,
    /// Their address, unique, by which they sign in.
    pub email: String,
    /// Their name, as people read it.
    pub name: String,
    /// How to call them.
    pub phone: Option<String>,
    /// What they may do.
    pub role: Role,
    /// The team they belong to.
    pub team_id: Option<TeamId>,
    /// The Argon2 hash of their password; none if they sign in elsewhere.
    pub password_hash: Option<String>,
    /// Who they are to an outside identity provider, unique.
    pub subject: Option<String>,
    /// Raised to end every credential issued so far.
    pub token_version: i32,
    /// When they were added.
    pub created_at: DateTimeUtc,
    /// Since when they may not sign in.
    pub deactivated_at: Option<DateTimeUtc>,
}

belongs_to! {
    Team(TeamId) => crate::people::team
}

impl ActiveModelBehavior for ActiveModel {}

impl Entity {
    /// The viewer; for a manager also the members of their teams and of all below.
    pub fn visible_to(scope: &Scope) -> Select<Self> {
        rows::<Self>().filter(scope.reps(Column::Id))
    }
}
