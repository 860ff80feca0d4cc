//! How customers and their contacts are added and changed.

use async_graphql::{Context, ID, MaybeUndefined};
use chrono::Utc;
use domain::position::Position;
use entity::customers::{contact, customer, segment};
use entity::id::{ContactId, CustomerId, SegmentId};
use entity::viewer::Role;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, Set,
};

use super::assigning;
use super::mutation::{AddContactInput, CreateCustomerInput, EditContactInput, EditCustomerInput};
use crate::context::Request;
use crate::error::{Error, Result};
use crate::input::{self, Faults, NAME_LENGTH};
use crate::scalar::{self, PositionInput, whole_millis};

pub(super) async fn create(
    ctx: &Context<'_>,
    input: CreateCustomerInput,
) -> Result<customer::Model> {
    let now = whole_millis(Utc::now());
    if input.assign_to.is_none() && ctx.viewer()?.role != Role::Admin {
        let message = "say who looks after the customer, or nobody of yours would see it";
        return Err(Error::refuse("REQUIRED", "assignTo", message));
    }
    let txn = ctx.db()?.begin().await?;
    let mut faults = Faults::default();
    let position = place(&mut faults, input.position);
    let customer = customer::Model {
        id: CustomerId::new(),
        code: faults.required("code", &input.code, NAME_LENGTH),
        name: faults.required("name", &input.name, NAME_LENGTH),
        segment_id: segment_of(ctx, &txn, input.segment_id.as_ref()).await?,
        address: faults.optional("address", input.address.as_deref(), NAME_LENGTH),
        city: faults.optional("city", input.city.as_deref(), NAME_LENGTH),
        latitude: position.map(Position::latitude),
        longitude: position.map(Position::longitude),
        status: input.status.into(),
        became_customer_at: None,
        created_at: now,
        archived_at: None,
    };
    faults.finish()?;
    let customer = customer.into_active_model().insert(&txn).await?;
    if let Some(assignee) = &input.assign_to {
        assigning::begin(ctx, &txn, customer.id, assignee, now).await?;
    }
    txn.commit().await?;
    Ok(customer)
}

pub(super) async fn edit(ctx: &Context<'_>, input: EditCustomerInput) -> Result<customer::Model> {
    let txn = ctx.db()?.begin().await?;
    let (visible, read) = (customer::Entity::visible_to, CustomerId::from_global);
    let before = input::seen(&txn, ctx.scope()?, visible, read, &input.id, "customer").await?;
    let mut faults = Faults::default();
    let mut customer = before.clone().into_active_model();
    if let Some(code) = &input.code {
        customer.code = Set(faults.required("code", code, NAME_LENGTH));
    }
    if let Some(name) = &input.name {
        customer.name = Set(faults.required("name", name, NAME_LENGTH));
    }
    if let Some(segment) = input.segment_id.as_opt_ref() {
        customer.segment_id = Set(segment_of(ctx, &txn, segment).await?);
    }
    if let Some(address) = input.address.as_opt_deref() {
        customer.address = Set(faults.optional("address", address, NAME_LENGTH));
    }
    if let Some(city) = input.city.as_opt_deref() {
        customer.city = Set(faults.optional("city", city, NAME_LENGTH));
    }
    if let Some(position) = input.position.as_opt_ref() {
        let position = place(&mut faults, position.copied());
        customer.latitude = Set(position.map(Position::latitude));
        customer.longitude = Set(position.map(Position::longitude));
    }
    if let Some(status) = input.status {
        customer.status = Set(status.into());
    }
    faults.finish()?;
    let after = customer.update(&txn).await?;
    if after.segment_id != before.segment_id {
        // The segment chooses the visit rule, and has no history: all its visits are judged anew.
        ingest::verbs::customer_changed(&txn, after.id, after.created_at).await?;
    }
    txn.commit().await?;
    Ok(after)
}

async fn segment_of(
    ctx: &Context<'_>,
    db: &impl ConnectionTrait,
    id: Option<&ID>,
) -> Result<Option<SegmentId>> {
    let Some(id) = id else {
        return Ok(None);
    };
    let (visible, read) = (segment::Entity::visible_to, SegmentId::from_global);
    let segment = input::seen(db, ctx.scope()?, visible, read, id, "segment").await?;
    Ok(Some(segment.id))
}

fn place(faults: &mut Faults, position: Option<PositionInput>) -> Option<Position> {
    let position = position?;
    let given = scalar::Position {
        latitude: position.latitude,
        longitude: position.longitude,
    };
    let place = given.stored_from(position.datum);
    match Position::new(place.latitude, place.longitude) {
        Ok(position) => Some(position),
        Err(error) => {
            faults.add("OUT_OF_RANGE", "position", error.to_string());
            None
        }
    }
}

pub(super) async fn add_contact(
    ctx: &Context<'_>,
    input: AddContactInput,
) -> Result<contact::Model> {
    let txn = ctx.db()?.begin().await?;
    let (scope, visible) = (ctx.scope()?, customer::Entity::visible_to);
    let read = CustomerId::from_global;
    let customer = input::seen(&txn, scope, visible, read, &input.customer_id, "customer").await?;
    let mut faults = Faults::default();
    let contact = contact::Model {
        id: ContactId::new(),
        customer_id: customer.id,
        name: faults.required("name", &input.name, NAME_LENGTH),
        title: faults.optional("title", input.title.as_deref(), NAME_LENGTH),
        phone: faults.optional("phone", input.phone.as_deref(), NAME_LENGTH),
        email: faults.optional("email", input.email.as_deref(), NAME_LENGTH),
        is_primary: input.is_primary,
        created_at: whole_millis(Utc::now()),
    };
    faults.finish()?;
    if contact.is_primary {
        nobody_is_primary(&txn, customer.id).await?;
    }
    let contact = contact.into_active_model().insert(&txn).await?;
    txn.commit().await?;
    Ok(contact)
}

pub(super) async fn edit_contact(
    ctx: &Context<'_>,
    input: EditContactInput,
) -> Result<contact::Model> {
    let txn = ctx.db()?.begin().await?;
    let (visible, read) = (contact::Entity::visible_to, ContactId::from_global);
    let contact = input::seen(&txn, ctx.scope()?, visible, read, &input.id, "contact").await?;
    let customer = contact.customer_id;
    let mut faults = Faults::default();
    let mut contact = contact.into_active_model();
    if let Some(name) = &input.name {
        contact.name = Set(faults.required("name", name, NAME_LENGTH));
    }
    let mut given = |field: &str, text: &MaybeUndefined<String>| {
        let text = text.as_opt_deref()?;
        Some(Set(faults.optional(field, text, NAME_LENGTH)))
    };
    contact.title = given("title", &input.title).unwrap_or(contact.title);
    contact.phone = given("phone", &input.phone).unwrap_or(contact.phone);
    contact.email = given("email", &input.email).unwrap_or(contact.email);
    faults.finish()?;
    if let Some(is_primary) = input.is_primary {
        if is_primary {
            nobody_is_primary(&txn, customer).await?;
        }
        contact.is_primary = Set(is_primary);
    }
    let contact = contact.update(&txn).await?;
    txn.commit().await?;
    Ok(contact)
}

async fn nobody_is_primary(db: &impl ConnectionTrait, customer: CustomerId) -> Result<()> {
    contact::Entity::update_many()
        .col_expr(contact::Column::IsPrimary, Expr::value(false))
        .filter(contact::Column::CustomerId.eq(customer))
        .exec(db)
        .await?;
    Ok(())
}
