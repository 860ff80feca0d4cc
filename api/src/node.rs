//! Everything that has a global id, found again by it.

use async_graphql::{Context, ID, Interface, Object};
use entity::id::split_global;

use crate::customers::{Assignment, Contact, Customer, Segment};
use crate::error::{Error, Result};
use crate::field::{CheckIn, Geofence, Photo, PlannedVisit, Visit, VisitRule, find_check_in};
use crate::learning::{Course, Enrolment, TrainingRecord};
use crate::loader;
use crate::people::{Device, Team, User};
use crate::performance::{Scorecard, Target};
use crate::sales::{Order, OrderLine};
use crate::webhooks::{Webhook, WebhookDelivery};

/// Lists the types with a global id, each with its table. The type's name is part of the id. What
/// is not known by one UUID is found by a function of its own.
macro_rules! nodes {
    ($($name:ident of $($table:ident)::+;)+ => $($other:ident by $find:ident;)+) => {
        /// Anything with a global id.
        #[derive(Interface)]
        #[graphql(field(name = "id", ty = "&ID", desc = "The opaque id, the same in every interface of the hub."))]
        pub enum Node {
            $(
                #[doc = stringify!($name)]
                $name($name),
            )+
            $(
                #[doc = stringify!($other)]
                $other($other),
            )+
        }

        /// Finds the thing; none if there is no such thing in the viewer's sight.
        async fn find(ctx: &Context<'_>, id: &ID) -> Result<Option<Node>> {
            $(if let Some(found) = $find(ctx, id.as_str()).await? {
                return Ok(Some(Node::$other(found)));
            })+
            let Some((name, uuid)) = split_global(id.as_str()) else {
                return Ok(None);
            };
            match name.as_str() {
                $(stringify!($name) => {
                    let row = loader::row(ctx, $($table)::+::Entity::visible_to, uuid).await?;
                    Ok(row.map(|row| Node::$name(row.into())))
                })+
                _ => Ok(None),
            }
        }
    };
}

nodes! {
    User of entity::people::user;
    Team of entity::people::team;
    Device of entity::people::device;
    Customer of entity::customers::customer;
    Segment of entity::customers::segment;
    Contact of entity::customers::contact;
    Assignment of entity::customers::assignment;
    Order of entity::sales::order;
    OrderLine of entity::sales::order_line;
    Course of entity::learning::course;
    Enrolment of entity::learning::enrolment;
    TrainingRecord of entity::learning::training_record;
    Target of entity::performance::target;
    Scorecard of entity::performance::scorecard;
    Visit of entity::field::visit;
    Geofence of entity::field::geofence;
    Photo of entity::field::photo;
    PlannedVisit of entity::field::planned_visit;
    VisitRule of entity::field::visit_rule;
    Webhook of entity::webhooks::webhook;
    WebhookDelivery of entity::webhooks::delivery;
    => CheckIn by find_check_in;
}

/// Looking things up by their global id.
#[derive(Default)]
pub struct NodeQuery;

/// The most ids of one `nodes`.
const MOST_IDS: usize = 100;

#[Object]
impl NodeQuery {
    /// The thing with this id; null when there is no such thing in your sight.
    async fn node(&self, ctx: &Context<'_>, id: ID) -> Option<Result<Node>> {
        find(ctx, &id).await.transpose()
    }

    /// The things with these ids, at most 100, in the same order; null where there is none.
    async fn nodes(&self, ctx: &Context<'_>, ids: Vec<ID>) -> Result<Vec<Option<Result<Node>>>> {
        if ids.len() > MOST_IDS {
            return Err(Error::bad_input(format!(
                "nodes takes at most {MOST_IDS} ids"
            )));
        }
        let found = futures_util::future::join_all(ids.iter().map(|id| find(ctx, id))).await;
        Ok(found.into_iter().map(Result::transpose).collect())
    }
}
