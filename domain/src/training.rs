//! Where a person stands with a course: whether they were asked to take it, have passed it, and
//! whether the pass still holds.

use chrono::{DateTime, Utc};

/// Somebody was asked to take a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enrolment {
    /// When it was decided.
    pub enrolled_at: DateTime<Utc>,
    /// By when they should pass; none means no day was set.
    pub due_at: Option<DateTime<Utc>>,
}

/// Somebody passed a course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pass {
    /// When.
    pub completed_at: DateTime<Utc>,
    /// When it holds no longer; none means it holds for ever.
    pub expires_at: Option<DateTime<Utc>>,
}

/// What is known of a person and a course: the newest of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct History {
    /// The newest enrolment that was not taken back.
    pub enrolment: Option<Enrolment>,
    /// The newest pass.
    pub pass: Option<Pass>,
    /// Whether there was a try that failed.
    pub has_failed: bool,
}

/// How a person stands with a course. The order is that of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// They should have passed by now.
    Overdue,
    /// They passed, and the pass holds no longer.
    Expired,
    /// They are asked to pass it, and there is time.
    Due,
    /// They failed, and nobody asks for more.
    Failed,
    /// They passed, and the pass holds.
    Passed,
}

impl History {
    /// How the person stands; `None` if the course is no matter of theirs.
    pub fn standing(&self, now: DateTime<Utc>) -> Option<Standing> {
        let open = self.open();
        let is_over = |limit: Option<DateTime<Utc>>| limit.is_some_and(|limit| limit <= now);
        if open.is_some_and(|enrolment| is_over(enrolment.due_at)) {
            return Some(Standing::Overdue);
        }
        match (self.pass, open) {
            (Some(pass), _) if is_over(pass.expires_at) => Some(Standing::Expired),
            (_, Some(_)) => Some(Standing::Due),
            (Some(_), None) => Some(Standing::Passed),
            (None, None) => self.has_failed.then_some(Standing::Failed),
        }
    }

    /// The enrolment, while no pass has come after it.
    pub fn open(&self) -> Option<Enrolment> {
        self.enrolment.filter(|enrolment| {
            self.pass
                .is_none_or(|pass| pass.completed_at < enrolment.enrolled_at)
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    /// Noon of a day in November 2026.
    fn noon(day: u32) -> DateTime<Utc> {
        format!("2026-11-{day:02}T12:00:00Z").parse().unwrap()
    }

    /// `enrolled 3 due 9, passed 5 until 20, failed`; today is the 10th.
    fn standing(history: &str) -> Option<Standing> {
        let mut read = History::default();
        for part in history.split(", ").filter(|part| !part.is_empty()) {
            let words: Vec<&str> = part.split(' ').collect();
            let at = |place: usize| words.get(place).map(|day| noon(day.parse().unwrap()));
            match words[0] {
                "enrolled" => {
                    read.enrolment = Some(Enrolment {
                        enrolled_at: at(1).unwrap(),
                        due_at: at(3),
                    });
                }
                "passed" => {
                    read.pass = Some(Pass {
                        completed_at: at(1).unwrap(),
                        expires_at: at(3),
                    });
                }
                _ => read.has_failed = true,
            }
        }
        read.standing(noon(10))
    }

    #[rstest]
    #[case::no_matter_of_theirs("", None)]
    #[case::asked("enrolled 3", Some(Standing::Due))]
    #[case::asked_with_time("enrolled 3 due 11", Some(Standing::Due))]
    #[case::at_the_very_end("enrolled 3 due 10", Some(Standing::Overdue))]
    #[case::late("enrolled 3 due 9", Some(Standing::Overdue))]
    #[case::failed_with_time("enrolled 3 due 11, failed", Some(Standing::Due))]
    #[case::failed_unasked("failed", Some(Standing::Failed))]
    #[case::passed("enrolled 3 due 9, passed 4", Some(Standing::Passed))]
    #[case::passed_late("enrolled 3 due 9, passed 10", Some(Standing::Passed))]
    #[case::passed_unasked("passed 4", Some(Standing::Passed))]
    #[case::passed_after_a_failure("passed 4, failed", Some(Standing::Passed))]
    #[case::still_holding("passed 4 until 11", Some(Standing::Passed))]
    #[case::expired("passed 4 until 10", Some(Standing::Expired))]
    #[case::asked_to_renew("enrolled 5 due 11, passed 4 until 20", Some(Standing::Due))]
    #[case::asked_to_renew_what_expired(
        "enrolled 5 due 11, passed 4 until 9",
        Some(Standing::Expired)
    )]
    #[case::renewal_is_late("enrolled 5 due 9, passed 4 until 20", Some(Standing::Overdue))]
    fn a_person_stands_with_a_course(#[case] history: &str, #[case] expected: Option<Standing>) {
        assert_eq!(standing(history), expected);
    }
}
