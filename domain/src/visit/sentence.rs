//! Reasons and verdicts as English sentences.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use super::OpenedBy;
use super::evidence::{Choice, Closing};
use super::explain::Reason;
use super::fix::FenceRef;
use super::verdict::{Judgement, Verdict};

/// What a sentence needs besides the reason itself.
pub struct Words<'a, K> {
    /// Turns an identity into a name people know.
    pub name: &'a dyn Fn(K) -> String,
    /// The zone in which instants are written.
    pub zone: Tz,
}

impl<K> Words<'_, K> {
    fn name(&self, key: K) -> String {
        (self.name)(key)
    }

    /// `2026-11-23 10:00:00 CET`.
    fn clock(&self, at: DateTime<Utc>) -> String {
        let there = at.with_timezone(&self.zone);
        there.format("%Y-%m-%d %H:%M:%S %Z").to_string()
    }
}

impl<K: Copy> Reason<K> {
    /// The reason in plain English.
    pub fn sentence(&self, words: &Words<'_, K>) -> String {
        match self {
            Reason::Place {
                fence,
                circle_radius_m,
            } => place(*fence, *circle_radius_m, words),
            Reason::Opened { .. } => self.opened(words),
            Reason::Chosen {
                choice,
                depth,
                others,
            } => chosen(*choice, *depth, others, words),
            Reason::Evidence { .. } | Reason::Bridged { .. } => self.gathered(words),
            Reason::Open { silence } => {
                format!(
                    "Still open; more than {} without a check-in would end it.",
                    span(*silence)
                )
            }
            Reason::Closed {
                left_at,
                closing,
                silence,
                ..
            } => closed(*left_at, closing, *silence, words),
            Reason::Corrected {
                derived_customer,
                decided_at,
            } => format!(
                "A manager decided at {} whose visit it was; the fixes spoke for {}.",
                words.clock(*decided_at),
                words.name(*derived_customer),
            ),
            Reason::Rule {
                version: Some(version),
            } => {
                format!(
                    "The thresholds are those of the visit rule {}.",
                    words.name(*version)
                )
            }
            Reason::Rule { version: None } => "The thresholds are the built-in ones.".to_owned(),
        }
    }

    fn opened(&self, words: &Words<'_, K>) -> String {
        let Reason::Opened {
            by,
            arrived_at,
            decided_at,
            distance_m,
            observed,
            min_dwell,
        } = self
        else {
            return String::new();
        };
        let (arrived, decided) = (words.clock(*arrived_at), words.clock(*decided_at));
        match by {
            OpenedBy::Trail => format!(
                "First inside at {arrived}; by {decided} {} inside had been observed, at least {} are asked.",
                span(*observed),
                span(*min_dwell),
            ),
            OpenedBy::Arrive => format!(
                "The rep pressed arrive at {decided}{}; first inside at {arrived}.",
                away(*distance_m),
            ),
            OpenedBy::Accepted => {
                format!(
                    "The rep pressed arrive out of range at {decided}, and a manager accepted it."
                )
            }
            OpenedBy::NoFence => format!(
                "The rep pressed arrive at {decided} at a customer without a fence, so little speaks for it.",
            ),
            OpenedBy::Correction => {
                format!("A manager said whose stay it was; it was first seen at {arrived}.")
            }
        }
    }

    fn gathered(&self, words: &Words<'_, K>) -> String {
        match self {
            Reason::Evidence {
                inside,
                last_inside_at,
                observed,
                undecided,
                outside,
                exit_margin_m,
            } => format!(
                "{inside} fixes inside, the last at {}, {} of it observed; {undecided} too vague to tell; \
                 {outside} outside, their whole error circle more than {exit_margin_m:.0} m beyond the boundary.",
                words.clock(*last_inside_at),
                span(*observed),
            ),
            Reason::Bridged {
                count,
                total,
                max_sample_gap,
                ..
            } => format!(
                "{count} gaps longer than {} between inside fixes, {} together, count as stayed.",
                span(*max_sample_gap),
                span(*total),
            ),
            _ => String::new(),
        }
    }
}

fn place<K>(
    fence: Option<FenceRef<K>>,
    circle_radius_m: Option<f64>,
    words: &Words<'_, K>,
) -> String {
    match (fence, circle_radius_m) {
        (Some(fence), _) => {
            format!(
                "Judged against version {} of the fence {}.",
                fence.version,
                words.name(fence.fence)
            )
        }
        (None, Some(radius_m)) => {
            format!("Judged against a circle of {radius_m:.0} m about the button press.")
        }
        (None, None) => "No fence of this customer was involved.".to_owned(),
    }
}

fn chosen<K: Copy>(choice: Choice, depth: f64, others: &[K], words: &Words<'_, K>) -> String {
    let why = match choice {
        Choice::Only => "Nobody else's fence held the rep".to_owned(),
        Choice::Corrected => "A correction named this customer".to_owned(),
        Choice::Named => "The rep named this customer".to_owned(),
        Choice::Planned => "A visit here was planned that day".to_owned(),
        Choice::Deepest => format!("The rep was deepest here (mean depth {depth:.2})"),
        Choice::LowestId => format!("Equally deep (mean depth {depth:.2}), the lowest id decided"),
    };
    if others.is_empty() {
        return format!("{why}.");
    }
    let others: Vec<String> = others.iter().map(|other| words.name(*other)).collect();
    format!("{why}; it could also have been {}.", others.join(", "))
}

fn closed<K: Copy>(
    left_at: DateTime<Utc>,
    closing: &Closing<K>,
    silence: TimeDelta,
    words: &Words<'_, K>,
) -> String {
    let left = words.clock(left_at);
    match closing {
        Closing::Exit {
            first,
            confirmed,
            fixes,
        } => format!(
            "Left at {left}, the last fix inside; {fixes} fixes outside from {} to {} confirmed it.",
            words.clock(first.at),
            words.clock(confirmed.at),
        ),
        Closing::Departed {
            button,
            verdict: Verdict::Outside,
        } => format!(
            "The rep pressed depart at {}{} already, so it ended at {left}, the last fix inside.",
            words.clock(button.at),
            away(button.distance_m),
        ),
        Closing::Departed { .. } => format!("The rep pressed depart at {left}."),
        Closing::Silence { last_heard_at } => format!(
            "Nothing was heard for more than {} after {}; the last fix inside was at {left}.",
            span(silence),
            words.clock(*last_heard_at),
        ),
        Closing::Superseded { by_customer, at } => format!(
            "Ended at {left}: a fix at {} began the visit at {}.",
            words.clock(*at),
            words.name(*by_customer),
        ),
    }
}

impl<K> Judgement<K> {
    /// The verdict in plain English.
    pub fn sentence(&self) -> String {
        let Judgement {
            distance_m,
            accuracy_m,
            exit_margin_m,
            ..
        } = self;
        match self.verdict {
            Verdict::Inside => format!("Inside: {:.0} m within the boundary.", -distance_m),
            Verdict::Outside => format!(
                "Outside: {distance_m:.0} m beyond the boundary, more than the error of {accuracy_m:.0} m \
                 and the margin of {exit_margin_m:.0} m together.",
            ),
            Verdict::Undecided => format!(
                "Undecided: {distance_m:.0} m beyond the boundary, which an error of {accuracy_m:.0} m \
                 and a margin of {exit_margin_m:.0} m leave open.",
            ),
        }
    }
}

fn away(distance_m: Option<f64>) -> String {
    match distance_m {
        Some(distance_m) if distance_m > 0.0 => format!(", {distance_m:.0} m outside"),
        Some(_) => ", inside".to_owned(),
        None => String::new(),
    }
}

/// A length of time as people say it: `2 h 5 min`, `3 min`, `40 s`.
fn span(length: TimeDelta) -> String {
    let seconds = length.num_seconds();
    let parts = [
        (seconds / 3600, "h"),
        (seconds / 60 % 60, "min"),
        (seconds % 60, "s"),
    ];
    let said: Vec<String> = parts
        .iter()
        .filter(|(count, _)| *count != 0)
        .map(|(count, unit)| format!("{count} {unit}"))
        .collect();
    if said.is_empty() {
        "0 s".to_owned()
    } else {
        said.join(" ")
    }
}
