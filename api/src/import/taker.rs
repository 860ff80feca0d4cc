//! What takes the rows of each kind in.

use sea_orm::DatabaseTransaction;

use super::report::Report;
use super::row::Row;
use super::{
    ImportError, Kind, Plan, assignments, check_ins, contacts, courses, customers, enrolments,
    fences, order_lines, orders, plans, targets, teams, training, users,
};

/// What takes rows of one kind.
pub(super) enum Taker {
    Users(users::Users),
    Teams(teams::Teams),
    Customers(customers::Customers),
    Assignments(assignments::Assignments),
    Contacts(contacts::Contacts),
    Geofences(fences::Geofences),
    Orders(orders::Orders),
    OrderLines(order_lines::OrderLines),
    Plans(plans::Plans),
    Courses(courses::Courses),
    Enrolments(enrolments::Enrolments),
    Training(training::Training),
    Targets(targets::Targets),
    CheckIns(check_ins::CheckIns),
}

impl Taker {
    pub(super) async fn new(txn: &DatabaseTransaction, plan: &Plan) -> Result<Self, ImportError> {
        Ok(match plan.kind {
            Kind::Users => Self::Users(users::Users::new(txn).await?),
            Kind::Teams => Self::Teams(teams::Teams::new(txn, plan).await?),
            Kind::Customers => Self::Customers(customers::Customers::new(txn, plan).await?),
            Kind::Assignments => Self::Assignments(assignments::Assignments::new(txn, plan).await?),
            Kind::Contacts => Self::Contacts(contacts::Contacts::default()),
            Kind::Geofences => Self::Geofences(fences::Geofences::new(plan.datum)),
            Kind::Orders => Self::Orders(orders::Orders::new(txn, plan).await?),
            Kind::OrderLines => Self::OrderLines(order_lines::OrderLines::default()),
            Kind::Plans => Self::Plans(plans::Plans::new(txn, plan).await?),
            Kind::Courses => Self::Courses(courses::Courses::default()),
            Kind::Enrolments => Self::Enrolments(enrolments::Enrolments::new(txn, plan).await?),
            Kind::Training => Self::Training(training::Training::new(txn, plan).await?),
            Kind::Targets => Self::Targets(targets::Targets::new(txn, plan).await?),
            Kind::CheckIns => Self::CheckIns(check_ins::CheckIns::new(txn, plan).await?),
        })
    }

    /// Takes a chunk of rows in, and reports what became of each.
    pub(super) async fn take(
        &mut self,
        txn: &DatabaseTransaction,
        rows: Vec<Row>,
        report: &mut Report,
    ) -> Result<(), ImportError> {
        match self {
            Self::Users(users) => users.take(txn, rows, report).await,
            Self::Teams(teams) => teams.take(txn, rows, report).await,
            Self::Customers(customers) => customers.take(txn, rows, report).await,
            Self::Assignments(assignments) => assignments.take(txn, rows, report).await,
            Self::Contacts(contacts) => contacts.take(txn, rows, report).await,
            Self::Geofences(fences) => fences.take(txn, rows, report).await,
            Self::Orders(orders) => orders.take(txn, rows, report).await,
            Self::OrderLines(lines) => lines.take(txn, rows, report).await,
            Self::Plans(plans) => plans.take(txn, rows, report).await,
            Self::Courses(courses) => courses.take(txn, rows, report).await,
            Self::Enrolments(enrolments) => enrolments.take(txn, rows, report).await,
            Self::Training(training) => training.take(txn, rows, report).await,
            Self::Targets(targets) => targets.take(txn, rows, report).await,
            Self::CheckIns(check_ins) => check_ins.take(txn, rows, report).await,
        }
    }

    /// Writes what follows from all rows together.
    pub(super) async fn finish(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        match self {
            Self::Customers(customers) => customers.finish(txn).await,
            Self::Geofences(fences) => fences.finish(txn).await,
            Self::Orders(orders) => orders.finish(txn).await,
            Self::Training(training) => training.finish(txn).await,
            _ => Ok(()),
        }
    }
}
