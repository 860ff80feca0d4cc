//! How far a value reached its target.

use rust_decimal::Decimal;

/// The decimal places an attainment is kept with.
pub const PLACES: u32 = 6;

/// Value over target, 1 being the target reached, to [`PLACES`] places.
///
/// `None` without a target above zero: there is nothing to reach.
pub fn attainment(value: Decimal, target: Option<Decimal>) -> Option<Decimal> {
    let target = target.filter(|target| *target > Decimal::ZERO)?;
    let ratio = value.checked_div(target).unwrap_or(Decimal::MAX);
    Some(ratio.round_dp(PLACES).normalize())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use rust_decimal::Decimal;

    use super::attainment;

    #[rstest]
    #[case(50, 200, "0.25")]
    #[case(200, 200, "1")]
    #[case(1, 3, "0.333333")]
    #[case(-10, 100, "-0.1")]
    fn attainment_is_value_over_target(#[case] value: i64, #[case] target: i64, #[case] is: &str) {
        let attained = attainment(value.into(), Some(target.into()));
        assert_eq!(attained.map(|ratio| ratio.to_string()).as_deref(), Some(is));
    }

    #[test]
    fn nothing_is_attained_without_a_target_above_zero() {
        assert_eq!(attainment(Decimal::ONE, None), None);
        assert_eq!(attainment(Decimal::ONE, Some(Decimal::ZERO)), None);
        assert_eq!(attainment(Decimal::ONE, Some(-Decimal::ONE)), None);
    }

    #[test]
    fn an_enormous_attainment_is_a_number_still() {
        let tiny = Decimal::new(1, 28);
        assert_eq!(attainment(Decimal::MAX, Some(tiny)), Some(Decimal::MAX));
    }
}
