//! Which customer a check-in that names none is at: the nearest of those the rep looks after.

use std::collections::HashMap;

use domain::distance;
use domain::position::Position;
use entity::customers::customer;
use entity::id::{CustomerId, UserId};
use entity::people::{team, user};
use entity::viewer::{Role, Scope, TeamNode, scope_of};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, QueryFilter};

use crate::import::{ImportError, fences};

/// No customer is farther from a check-in at it, in metres.
const REACH_M: f64 = 300.0;
/// A degree of latitude is never shorter, in metres.
const DEGREE_M: f64 = 110_000.0;

/// Where the customers of reps are.
pub(super) struct Nearby {
    tree: Vec<TeamNode>,
    places: HashMap<UserId, Vec<(CustomerId, Position)>>,
}

impl Nearby {
    pub(super) async fn new(txn: &DatabaseTransaction) -> Result<Self, ImportError> {
        let teams = team::Entity::visible_to(&Scope::All).all(txn).await?;
        let node = |team: team::Model| TeamNode {
            id: team.id,
            parent: team.parent_id,
            manager: team.manager_id,
        };
        Ok(Self {
            tree: teams.into_iter().map(node).collect(),
            places: HashMap::new(),
        })
    }

    /// Reads where the customers are that a rep, their team or a team above looks after.
    pub(super) async fn load(
        &mut self,
        txn: &DatabaseTransaction,
        rep: UserId,
    ) -> Result<(), ImportError> {
        if self.places.contains_key(&rep) {
            return Ok(());
        }
        let user = user::Entity::visible_to(&Scope::All)
            .filter(user::Column::Id.eq(rep))
            .one(txn)
            .await?;
        let team = user.and_then(|user| user.team_id);
        let backend = txn.get_database_backend();
        let scope = scope_of(backend, rep, Role::Rep, team, &self.tree);
        let customers = customer::Entity::visible_to(&scope).all(txn).await?;
        let ids: Vec<CustomerId> = customers.iter().map(|customer| customer.id).collect();
        let centres = fences::centres(txn, &ids).await?;
        let place = |one: customer::Model| {
            let own = one.latitude.zip(one.longitude);
            let own = own.and_then(|(latitude, longitude)| Position::new(latitude, longitude).ok());
            Some((one.id, own.or_else(|| centres.get(&one.id).copied())?))
        };
        let places = customers.into_iter().filter_map(place).collect();
        self.places.insert(rep, places);
        Ok(())
    }

    /// The nearest customer of a rep whose customers are loaded, within 300 m.
    pub(super) fn find(&self, rep: UserId, place: Position) -> Option<CustomerId> {
        let near = self.places.get(&rep)?.iter().filter_map(|(customer, at)| {
            if (at.latitude() - place.latitude()).abs() > REACH_M / DEGREE_M {
                return None;
            }
            let metres = distance::metres(*at, place);
            (metres <= REACH_M).then_some((metres, *customer))
        });
        let nearest = near.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        nearest.map(|(_, customer)| customer)
    }
}
