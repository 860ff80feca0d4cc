//! Whose fences a table drew or changed, of which the workers must hear.

use std::collections::HashSet;

use entity::id::CustomerId;
use sea_orm::DatabaseTransaction;

use super::ImportError;
use crate::scalar::now;

/// Of more customers than this it is said that everybody's tracks are to be derived anew.
const MOST_TOUCHED: usize = 200;

/// The customers whose fences are new or changed.
#[derive(Default)]
pub(super) struct Touched {
    some: HashSet<CustomerId>,
    are_too_many: bool,
}

impl Touched {
    pub(super) fn add(&mut self, customer: CustomerId) {
        if !self.are_too_many {
            self.some.insert(customer);
            self.are_too_many = self.some.len() > MOST_TOUCHED;
        }
    }

    /// Tells the workers that they hold old fences, and whose tracks this touches.
    pub(super) async fn tell(self, txn: &DatabaseTransaction) -> Result<(), ImportError> {
        if self.some.is_empty() {
            return Ok(());
        }
        ingest::verbs::fences_changed(txn).await?;
        let at = now();
        if self.are_too_many {
            return Ok(ingest::verbs::everybody_changed(txn, at).await?);
        }
        for customer in self.some {
            ingest::verbs::customer_changed(txn, customer, at).await?;
        }
        Ok(())
    }
}
