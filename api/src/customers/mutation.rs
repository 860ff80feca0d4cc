//! The verbs on customers: adding them, whom one talks to there, and who looks after them.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use chrono::{DateTime, Utc};
use entity::customers::{contact, customer, segment};
use entity::id::{ContactId, CustomerId, SegmentId};
use sea_orm::{ActiveModelTrait, ConnectionTrait, IntoActiveModel, ModelTrait, Set};

use super::types::{Assignment, Contact, Customer, CustomerStatus, Segment};
use super::{assigning, editing};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::scalar::{PositionInput, whole_millis};
use crate::{guard, payload};

/// A new customer.
#[derive(Clone, Debug, InputObject)]
pub struct CreateCustomerInput {
    /// The number by which the company's other systems know it, unique.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Its class.
    pub segment_id: Option<ID>,
    /// Street and house number.
    pub address: Option<String>,
    /// Town or city.
    pub city: Option<String>,
    /// Where it is.
    pub position: Option<PositionInput>,
    /// How far the business with it has come.
    #[graphql(default_with = "CustomerStatus::Prospect")]
    pub status: CustomerStatus,
    /// Who looks after it from now on; a manager must say, an administrator may.
    pub assign_to: Option<AssigneeInput>,
}

/// What to change of a customer; what is left out stays, null takes away.
#[derive(Clone, Debug, InputObject)]
pub struct EditCustomerInput {
    /// The customer.
    pub id: ID,
    /// The number by which the company's other systems know it, unique.
    pub code: Option<String>,
    /// What people call it.
    pub name: Option<String>,
    /// Its class.
    pub segment_id: MaybeUndefined<ID>,
    /// Street and house number.
    pub address: MaybeUndefined<String>,
    /// Town or city.
    pub city: MaybeUndefined<String>,
    /// Where it is.
    pub position: MaybeUndefined<PositionInput>,
    /// How far the business with it has come.
    pub status: Option<CustomerStatus>,
}

/// Who looks after a customer: a rep or a team, not both.
#[derive(Clone, Debug, InputObject)]
pub struct AssigneeInput {
    /// The rep.
    pub rep_id: Option<ID>,
    /// The team, with all teams below it.
    pub team_id: Option<ID>,
    /// At the latest how many days after a visit the next one is due, 1 to 3650; null means no
    /// set frequency.
    pub due_every_days: Option<i32>,
}

/// Who shall look after a customer.
#[derive(Clone, Debug, InputObject)]
pub struct AssignCustomerInput {
    /// The customer.
    pub customer_id: ID,
    /// Who, and how often. If they look after it already, only the frequency changes, from
    /// `validFrom` on.
    pub assignee: AssigneeInput,
    /// From when on; now when left out. Visits since then are derived anew.
    pub valid_from: Option<DateTime<Utc>>,
}

/// A person at a customer.
#[derive(Clone, Debug, InputObject)]
pub struct AddContactInput {
    /// Where they work.
    pub customer_id: ID,
    /// Their name.
    pub name: String,
    /// What they do there.
    pub title: Option<String>,
    /// How to call them.
    pub phone: Option<String>,
    /// How to write to them.
    pub email: Option<String>,
    /// Whether they are the one to ask for first; then nobody else there is.
    #[graphql(default)]
    pub is_primary: bool,
}

/// What to change of a contact; what is left out stays, null takes away.
#[derive(Clone, Debug, InputObject)]
pub struct EditContactInput {
    /// The contact.
    pub id: ID,
    /// Their name.
    pub name: Option<String>,
    /// What they do there.
    pub title: MaybeUndefined<String>,
    /// How to call them.
    pub phone: MaybeUndefined<String>,
    /// How to write to them.
    pub email: MaybeUndefined<String>,
    /// Whether they are the one to ask for first; then nobody else there is.
    pub is_primary: Option<bool>,
}

payload! {
    /// What a verb on a customer did.
    CustomerPayload {
        /// The customer; null when the input was refused.
        customer: Customer,
    }
}
payload! {
    /// What a verb on a segment did.
    SegmentPayload {
        /// The segment; null when the input was refused.
        segment: Segment,
    }
}
payload! {
    /// What a verb on a contact did.
    ContactPayload {
        /// The contact; null when the input was refused.
        contact: Contact,
    }
}
payload! {
    /// What a verb on an assignment did.
    AssignmentPayload {
        /// The assignment; null when the input was refused.
        assignment: Assignment,
    }
}

/// The verbs on customers.
#[derive(Default)]
pub struct CustomersMutation;

#[Object]
impl CustomersMutation {
    /// Adds a class of customers. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn create_segment(&self, ctx: &Context<'_>, name: String) -> Result<SegmentPayload> {
        let mut faults = Faults::default();
        let segment = segment::Model {
            id: SegmentId::new(),
            name: faults.required("name", &name, NAME_LENGTH),
        };
        SegmentPayload::of(match faults.finish() {
            Ok(()) => inserted(&ctx.db()?.write, segment).await,
            Err(refusal) => Err(refusal),
        })
    }

    /// Renames a class of customers. For administrators.
    #[graphql(guard = "guard::admin()")]
    async fn rename_segment(
        &self,
        ctx: &Context<'_>,
        id: ID,
        name: String,
    ) -> Result<SegmentPayload> {
        let (db, scope) = (&ctx.db()?.write, ctx.scope()?);
        let (visible, read) = (segment::Entity::visible_to, SegmentId::from_global);
        let segment = input::seen(db, scope, visible, read, &id, "segment").await?;
        let mut faults = Faults::default();
        let mut segment = segment.into_active_model();
        segment.name = Set(faults.required("name", &name, NAME_LENGTH));
        SegmentPayload::of(match faults.finish() {
            Ok(()) => segment.update(db).await.map_err(Error::from),
            Err(refusal) => Err(refusal),
        })
    }

    /// Adds a customer. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn create_customer(
        &self,
        ctx: &Context<'_>,
        input: CreateCustomerInput,
    ) -> Result<CustomerPayload> {
        CustomerPayload::of(editing::create(ctx, input).await)
    }

    /// Changes a customer. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn edit_customer(
        &self,
        ctx: &Context<'_>,
        input: EditCustomerInput,
    ) -> Result<CustomerPayload> {
        CustomerPayload::of(editing::edit(ctx, input).await)
    }

    /// Marks a customer as no longer served: lists leave it out when asked for
    /// `archivedAt: {isNull: true}`; its history stays. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn archive_customer(&self, ctx: &Context<'_>, id: ID) -> Result<CustomerPayload> {
        let (db, scope) = (&ctx.db()?.write, ctx.scope()?);
        let (visible, read) = (customer::Entity::visible_to, CustomerId::from_global);
        let customer = input::seen(db, scope, visible, read, &id, "customer").await?;
        let archived_at = customer
            .archived_at
            .unwrap_or_else(|| whole_millis(Utc::now()));
        let mut customer = customer.into_active_model();
        customer.archived_at = Set(Some(archived_at));
        CustomerPayload::of(customer.update(db).await.map_err(Error::from))
    }

    /// Adds a person to talk to at a customer in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn add_contact(
        &self,
        ctx: &Context<'_>,
        input: AddContactInput,
    ) -> Result<ContactPayload> {
        ContactPayload::of(editing::add_contact(ctx, input).await)
    }

    /// Changes a person to talk to at a customer in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn edit_contact(
        &self,
        ctx: &Context<'_>,
        input: EditContactInput,
    ) -> Result<ContactPayload> {
        ContactPayload::of(editing::edit_contact(ctx, input).await)
    }

    /// Takes a person away from a customer in your sight.
    #[graphql(guard = "guard::signed_in()")]
    async fn remove_contact(&self, ctx: &Context<'_>, id: ID) -> Result<ContactPayload> {
        let (db, scope) = (&ctx.db()?.write, ctx.scope()?);
        let (visible, read) = (contact::Entity::visible_to, ContactId::from_global);
        let contact = input::seen(db, scope, visible, read, &id, "contact").await?;
        contact.clone().delete(db).await?;
        ContactPayload::of(Ok(contact))
    }

    /// Says who looks after a customer, and how often. For managers and administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn assign_customer(
        &self,
        ctx: &Context<'_>,
        input: AssignCustomerInput,
    ) -> Result<AssignmentPayload> {
        AssignmentPayload::of(assigning::assign(ctx, input).await)
    }

    /// Ends an assignment, now or at another time. For managers, of their teams and members, and
    /// administrators.
    #[graphql(guard = "guard::manager_or_admin()")]
    async fn end_assignment(
        &self,
        ctx: &Context<'_>,
        id: ID,
        #[graphql(desc = "Until when it holds, exclusive; now when left out.")] valid_to: Option<
            DateTime<Utc>,
        >,
    ) -> Result<AssignmentPayload> {
        AssignmentPayload::of(assigning::end(ctx, &id, valid_to).await)
    }
}

async fn inserted(db: &impl ConnectionTrait, segment: segment::Model) -> Result<segment::Model> {
    Ok(segment.into_active_model().insert(db).await?)
}
