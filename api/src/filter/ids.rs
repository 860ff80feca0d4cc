//! The kinds of ids that filters take: how each is read, and which rows have one.

use entity::customers::{customer, segment};
use entity::field::planned_visit;
use entity::id::{CourseId, CustomerId, DeviceId, PlannedVisitId, SegmentId, TeamId, UserId};
use entity::learning::course;
use entity::people::{device, team, user};
use entity::viewer::Scope;
use sea_orm::{ColumnTrait, Condition, EntityTrait, Select};

use super::Filtering;
use crate::error::Result;
use crate::input;

/// The ids of one table.
#[derive(Debug)]
pub struct Ids<E: EntityTrait, Id> {
    /// The rows that a viewer may see.
    visible: fn(&Scope) -> Select<E>,
    /// Reads a public id.
    pub(super) read: fn(&str) -> Option<Id>,
}

impl<E: EntityTrait, Id> Ids<E, Id> {
    /// True where a column holds the id of a row that the viewer may see.
    pub fn seen(&self, at: Filtering<'_>, column: impl ColumnTrait) -> Result<Condition> {
        let visible = (self.visible)(at.scope);
        Ok(at.scope.within(column, visible, input::key::<E>()?))
    }
}

macro_rules! ids {
    ($($(#[$meaning:meta])* $name:ident = $table:ident, $id:ident;)+) => {$(
        $(#[$meaning])*
        pub const $name: Ids<$table::Entity, $id> = Ids {
            visible: $table::Entity::visible_to,
            read: $id::from_global,
        };
    )+};
}

ids! {
    /// Of users.
    USERS = user, UserId;
    /// Of teams.
    TEAMS = team, TeamId;
    /// Of devices.
    DEVICES = device, DeviceId;
    /// Of customers.
    CUSTOMERS = customer, CustomerId;
    /// Of classes of customers.
    SEGMENTS = segment, SegmentId;
    /// Of planned visits.
    PLANNED_VISITS = planned_visit, PlannedVisitId;
    /// Of courses.
    COURSES = course, CourseId;
}
