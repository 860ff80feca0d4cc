//! One row of every table: those of a rep, and those that belong to nobody.

mod rows;
mod shared;

use entity::decimal::Exact;
use entity::{Database, customers, field, learning, people, performance, sales, webhooks};
use sea_orm::prelude::{Date, DateTimeUtc};
use sea_orm::{EntityTrait, IntoActiveModel};

/// Calls a macro with every table of which a rep has rows, in an order that satisfies the foreign
/// keys.
macro_rules! tables_of_a_rep {
    ($then:ident) => {
        $then! {
            team: people::team,
            user: people::user,
            refresh_token: people::refresh_token,
            device: people::device,
            device_key: people::device_key,
            tracking_device: people::tracking_device,
            working_hours: people::working_hours,
            duty_event: people::duty_event,
            access_log: people::access_log,
            customer: customers::customer,
            contact: customers::contact,
            assignment: customers::assignment,
            order: sales::order,
            order_line: sales::order_line,
            geofence: field::geofence,
            geofence_version: field::geofence_version,
            check_in: field::check_in,
            receipt: field::receipt,
            quarantine: field::quarantine,
            photo: field::photo,
            track: field::track,
            track_checkpoint: field::track_checkpoint,
            planned_visit: field::planned_visit,
            visit: field::visit,
            change: field::change,
            arrival_decision: field::arrival_decision,
            correction: field::correction,
            target: performance::target,
            frozen_result: performance::frozen_result,
            rep_day: performance::rep_day,
            rep_customer_day: performance::rep_customer_day,
            enrolment: learning::enrolment,
            training_record: learning::training_record,
            webhook: webhooks::webhook,
            erasure: people::erasure,
            webhook_delivery: webhooks::delivery,
        }
    };
}

/// The same for the tables that belong to nobody.
macro_rules! shared_tables {
    ($then:ident) => {
        $then! {
            company: people::company,
            segment: customers::segment,
            counter: field::counter,
            segment_seal: field::segment_seal,
            track_dirty: field::track_dirty,
            visit_rule: field::visit_rule,
            scorecard: performance::scorecard,
            scorecard_item: performance::scorecard_item,
            course: learning::course,
        }
    };
}

pub(crate) use {shared_tables, tables_of_a_rep};

macro_rules! rows_of_a_rep {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        /// One row of each table, all of one rep.
        #[derive(Clone)]
        pub(crate) struct Rows {
            $(pub(crate) $name: $room::$table::Model,)+
        }

        impl Rows {
            /// Writes all of them.
            pub(crate) async fn insert(&self, db: &Database) {
                $(insert::<$room::$table::Entity>(db, self.$name.clone()).await;)+
            }
        }
    };
}
tables_of_a_rep!(rows_of_a_rep);

macro_rules! shared_rows {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        /// One row of each table that belongs to nobody.
        #[derive(Clone)]
        pub(crate) struct Shared {
            $(pub(crate) $name: $room::$table::Model,)+
        }

        impl Shared {
            /// Writes all of them.
            pub(crate) async fn insert(&self, db: &Database) {
                $(insert::<$room::$table::Entity>(db, self.$name.clone()).await;)+
            }
        }
    };
}
shared_tables!(shared_rows);

pub(crate) async fn insert<E>(db: &Database, row: E::Model)
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
{
    E::insert(row.into_active_model())
        .exec_without_returning(&db.write)
        .await
        .unwrap();
}

pub(crate) fn at(text: &str) -> DateTimeUtc {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn exact(text: &str) -> Exact {
    text.parse().unwrap()
}
