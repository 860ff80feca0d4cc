//! The way in: phone intake, receipts, group commit and the worker that derives visits.
