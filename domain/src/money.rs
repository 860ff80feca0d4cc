//! Money: a whole number of a currency's smallest unit, never a float.

use std::fmt;
use std::str::FromStr;

use rust_decimal::{Decimal, RoundingStrategy};
use thiserror::Error;

/// The currencies whose smallest unit is not a hundredth, with the number of their decimals.
const UNUSUAL: &[(u32, &str)] = &[
    (
        0,
        "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    ),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// The currencies of ISO 4217 whose smallest unit is a hundredth.
const USUAL: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN \
    BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL \
    GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR \
    LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB \
    PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP \
    SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG";

/// A currency of ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    decimals: u32,
}

/// An amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in the currency's smallest unit.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// What is wrong with an amount.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// A code ISO 4217 doesn't list, or not in capitals.
    #[error("{code} is not a currency code of ISO 4217")]
    UnknownCurrency {
        /// The code that was given.
        code: String,
    },
    /// More decimals than the currency has.
    #[error("{amount} has more than the {} decimals of {}", .currency.decimals, .currency.code)]
    TooPrecise {
        /// The amount that was given.
        amount: Decimal,
        /// Its currency.
        currency: Currency,
    },
    /// Beyond what is kept: about 9.2e18 of the smallest unit.
    #[error("the amount is too large")]
    TooLarge,
    /// Two currencies that were to be added.
    #[error("{left} and {right} cannot be added")]
    MixedCurrencies {
        /// The currency of the first amount.
        left: Currency,
        /// The currency of the second amount.
        right: Currency,
    },
}

impl Currency {
    /// Its code, three capitals.
    pub fn code(self) -> &'static str {
        self.code
    }

    /// How many decimals its amounts have.
    pub fn decimals(self) -> u32 {
        self.decimals
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Currency, MoneyError> {
        let usual = std::iter::once((2, USUAL));
        for (decimals, codes) in UNUSUAL.iter().copied().chain(usual) {
            if let Some(code) = codes.split_ascii_whitespace().find(|known| *known == code) {
                return Ok(Currency { code, decimals });
            }
        }
        Err(MoneyError::UnknownCurrency {
            code: code.to_owned(),
        })
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.code)
    }
}

impl Money {
    /// An amount of exactly this decimal, which may not be finer than the currency's smallest unit.
    pub fn exactly(amount: Decimal, currency: Currency) -> Result<Money, MoneyError> {
        let amount = amount.normalize();
        if amount.scale() > currency.decimals {
            return Err(MoneyError::TooPrecise { amount, currency });
        }
        let mut shifted = amount;
        shifted.rescale(currency.decimals);
        if shifted.scale() != currency.decimals {
            return Err(MoneyError::TooLarge);
        }
        let minor = i64::try_from(shifted.mantissa()).map_err(|_| MoneyError::TooLarge)?;
        Ok(Money { minor, currency })
    }

    /// The amount as a decimal, with all of the currency's decimals.
    pub fn amount(self) -> Decimal {
        Decimal::new(self.minor, self.currency.decimals)
    }

    /// The sum of two amounts in the same currency.
    pub fn checked_add(self, other: Money) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_add(self.same_currency(other)?);
        Ok(Money {
            minor: minor.ok_or(MoneyError::TooLarge)?,
            ..self
        })
    }

    /// The difference of two amounts in the same currency.
    pub fn checked_sub(self, other: Money) -> Result<Money, MoneyError> {
        let minor = self.minor.checked_sub(self.same_currency(other)?);
        Ok(Money {
            minor: minor.ok_or(MoneyError::TooLarge)?,
            ..self
        })
    }

    /// The price of a quantity, rounded half away from zero to the smallest unit.
    pub fn times(self, quantity: Decimal) -> Result<Money, MoneyError> {
        let price = self
            .amount()
            .checked_mul(quantity)
            .ok_or(MoneyError::TooLarge)?;
        let half_up = RoundingStrategy::MidpointAwayFromZero;
        Money::exactly(
            price.round_dp_with_strategy(self.currency.decimals, half_up),
            self.currency,
        )
    }

    fn same_currency(self, other: Money) -> Result<i64, MoneyError> {
        if self.currency == other.currency {
            return Ok(other.minor);
        }
        Err(MoneyError::MixedCurrencies {
            left: self.currency,
            right: other.currency,
        })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} {}", self.amount(), self.currency)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rstest::rstest;
    use rust_decimal::Decimal;

    use super::{Currency, Money, MoneyError};

    fn money(text: &str) -> Result<Money, MoneyError> {
        let (amount, code) = text.split_once(' ').expect("amount and code");
        Money::exactly(amount.parse().expect("a decimal"), code.parse()?)
    }

    #[rstest]
    #[case("12.3 CNY", 1_230, "12.30 CNY")]
    #[case("-0.05 EUR", -5, "-0.05 EUR")]
    #[case("1500 JPY", 1_500, "1500 JPY")]
    #[case("1500.00 JPY", 1_500, "1500 JPY")]
    #[case("1.005 KWD", 1_005, "1.005 KWD")]
    #[case("92233720368547758.07 USD", i64::MAX, "92233720368547758.07 USD")]
    fn an_amount_is_read_and_written_exactly(
        #[case] text: &str,
        #[case] minor: i64,
        #[case] written: &str,
    ) {
        let money = money(text).expect("money");
        assert_eq!((money.minor, money.to_string().as_str()), (minor, written));
    }

    #[rstest]
    #[case("1.005 CNY", "1.005 has more than the 2 decimals of CNY")]
    #[case("0.1 JPY", "0.1 has more than the 0 decimals of JPY")]
    #[case("92233720368547758.08 USD", "the amount is too large")]
    #[case("79228162514264337593543950335 KWD", "the amount is too large")]
    #[case("1 XYZ", "XYZ is not a currency code of ISO 4217")]
    #[case("1 cny", "cny is not a currency code of ISO 4217")]
    fn an_amount_that_cannot_be_kept_is_refused(#[case] text: &str, #[case] message: &str) {
        assert_eq!(money(text).expect_err("refused").to_string(), message);
    }

    #[test]
    fn amounts_of_two_currencies_are_not_added() {
        let (yuan, euro) = (
            money("1 CNY").expect("money"),
            money("1 EUR").expect("money"),
        );
        let error = yuan.checked_add(euro).expect_err("refused");
        assert_eq!(error.to_string(), "CNY and EUR cannot be added");
    }

    #[rstest]
    #[case("0.05 CNY", "0.5", "0.03 CNY")]
    #[case("-0.05 CNY", "0.5", "-0.03 CNY")]
    #[case("19.90 CNY", "12", "238.80 CNY")]
    fn the_price_of_a_quantity_is_rounded_half_away_from_zero(
        #[case] price: &str,
        #[case] quantity: &str,
        #[case] total: &str,
    ) {
        let price = money(price).expect("money");
        let priced = price
            .times(quantity.parse().expect("a decimal"))
            .expect("money");
        assert_eq!(priced.to_string(), total);
    }

    proptest! {
        #[test]
        fn any_amount_survives_its_decimal(minor: i64, at in 0..4_usize) {
            let currency: Currency = ["JPY", "CNY", "KWD", "CLF"][at].parse().expect("a currency");
            let money = Money { minor, currency };
            prop_assert_eq!(Money::exactly(money.amount(), currency), Ok(money));
        }

        #[test]
        fn sums_agree_with_decimals(left: i64, right: i64) {
            let currency: Currency = "CNY".parse().expect("a currency");
            let [left, right] = [left, right].map(|minor| Money { minor, currency });
            let sum: Decimal = left.amount() + right.amount();
            prop_assert_eq!(left.checked_add(right), Money::exactly(sum, currency));
        }
    }
}
