//! Users, teams, devices, duty, and who looked at whom.

pub mod access_log;
pub mod company;
pub mod device;
pub mod device_key;
pub mod duty_event;
pub mod erasure;
pub mod refresh_token;
pub mod team;
pub mod tracking_device;
pub mod user;
pub mod working_hours;
