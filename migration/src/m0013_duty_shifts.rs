//! Where a shift began or ended before an instant is found without reading every button between.

pub(crate) const SQL: &str = r"
CREATE INDEX duty_event_shift_idx ON duty_event (user_id, recorded_at)
    WHERE kind IN ('SHIFT_START', 'SHIFT_END');
";
