//! Teams, assignments, courses, enrolments, training and targets.

use api::import::{ImportError, Kind, Source};
use rstest::rstest;
use testbed::Backend;

use super::{Bed, CUSTOMERS, counts, plan, told};

async fn company(backend: Backend) -> Bed {
    let bed = Bed::new(backend).await;
    bed.company().await;
    bed.users().await;
    assert_eq!(bed.take(Kind::Customers, CUSTOMERS).await, (2, 0, 0, 0));
    bed
}

#[rstest]
#[tokio::test]
async fn teams_stand_in_a_tree_whatever_the_order_of_lines(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let teams = "name,parent,manager\nNorth,Country,bob@x.example\nCountry,,\nSouth,Country,\n";
    assert_eq!(bed.take(Kind::Teams, teams).await, (1, 1, 1, 0));
    let tree = "SELECT team.name || ' ' || COALESCE(above.name, '-') || ' ' || \
        COALESCE(user_account.name, '-') FROM team \
        LEFT JOIN team above ON above.id = team.parent_id \
        LEFT JOIN user_account ON user_account.id = team.manager_id ORDER BY team.name";
    let told_tree = ["Country - -", "North Country Bob Ray", "South Country -"];
    assert_eq!(bed.column(tree).await, told_tree);
    assert_eq!(bed.take(Kind::Teams, teams).await, (0, 0, 3, 0));

    let mut skipping = plan(Kind::Teams, Source::Plain);
    skipping.skips_bad = true;
    let wrong = "name,parent,manager\nCountry,North,\nEast,East,\nSouth,,ann@x.example\n";
    let report = bed.run(&skipping, wrong).await.unwrap();
    let loops = "a team cannot be above itself";
    assert_eq!(
        told(&report),
        [
            "4 manager: a team is managed by a manager or an administrator".to_owned(),
            format!("2 parent: {loops}"),
            format!("3 parent: {loops}"),
        ]
    );
    assert_eq!(bed.column(tree).await[0], "Country - -");
}

const PERIODS: &str = "SELECT customer.code || ' ' || COALESCE(user_account.name, team.name) || ' ' \
    || COALESCE(CAST(due_every_days AS text), '-') || ' ' || substr(CAST(valid_from AS text), 1, 10) \
    || ' ' || COALESCE(substr(CAST(valid_to AS text), 1, 10), '-') FROM assignment \
    JOIN customer ON customer.id = customer_id LEFT JOIN user_account ON user_account.id = user_id \
    LEFT JOIN team ON team.id = assignment.team_id ORDER BY 1";

#[rstest]
#[tokio::test]
async fn assignments_have_their_periods(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    // Ann got A1 just now, with her customers: it holds since January, and another rhythm since June.
    let table = "customerCode,rep,team,dueEveryDays,validFrom,validTo\n\
        A1,ann@x.example,,30,2026-01-01T00:00:00Z,\n\
        A1,ann@x.example,,14,2026-06-01T00:00:00Z,\n\
        A2,,North,,2026-02-01T00:00:00Z,2026-03-01T00:00:00Z\n\
        A2,,North,7,2026-05-01T00:00:00Z,\n";
    assert_eq!(bed.take(Kind::Assignments, table).await, (3, 1, 0, 0));
    let known = bed.column(PERIODS).await;
    assert_eq!(known[0], "A1 Ann Lee 14 2026-06-01 -");
    assert_eq!(known[1], "A1 Ann Lee 30 2026-01-01 2026-06-01");
    assert!(
        known[2].starts_with("A2 Bob Ray - "),
        "by the customers' table"
    );
    assert_eq!(known[3], "A2 North - 2026-02-01 2026-03-01");
    assert_eq!(known[4], "A2 North 7 2026-05-01 -");
    bed.execute("INSERT INTO track (rep_id, revision, tries) SELECT id, 1, 0 FROM user_account")
        .await;
    assert_eq!(bed.take(Kind::Assignments, table).await, (0, 0, 4, 0));
    assert_eq!(bed.column(PERIODS).await, known);
    let dirty = "SELECT CAST(COUNT(*) AS text) FROM track_dirty";
    assert_eq!(
        bed.column(dirty).await,
        ["0"],
        "what says the same touches no track"
    );

    // The other order of lines, from nothing.
    bed.execute("DELETE FROM assignment").await;
    let turned = "customerCode,rep,dueEveryDays,validFrom\n\
        A1,ann@x.example,14,2026-06-01T00:00:00Z\nA1,ann@x.example,30,2026-01-01T00:00:00Z\n";
    assert_eq!(bed.take(Kind::Assignments, turned).await, (2, 0, 0, 0));
    assert_eq!(bed.column(PERIODS).await, known[..2]);
    assert_eq!(bed.take(Kind::Assignments, turned).await, (0, 0, 2, 0));

    // Without a beginning it is from now on; the same again is nothing.
    bed.execute("DELETE FROM track_dirty").await;
    let now = "customerCode,rep,dueEveryDays\nA1,ann@x.example,21\n";
    assert_eq!(bed.take(Kind::Assignments, now).await, (1, 0, 0, 0));
    assert_eq!(bed.column(dirty).await, ["1"]);
    assert_eq!(bed.take(Kind::Assignments, now).await, (0, 0, 1, 0));
    assert_eq!(bed.column(PERIODS).await.len(), 3);
}

#[rstest]
#[tokio::test]
async fn an_assignment_says_what_is_wrong_with_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let mut skipping = plan(Kind::Assignments, Source::Plain);
    skipping.skips_bad = true;
    let table = "customerCode,rep,team,dueEveryDays,validFrom,validTo\n\
        A1,ann@x.example,North,,,\n\
        A1,,,,,\n\
        A1,,East,,,\n\
        A1,,North,0,,\n\
        A1,,North,,2026-02-01,2026-02-01\n\
        A1,,North,,2026-01-01,2026-02-01\n\
        A1,,North,,2026-03-01,2026-04-01\n";
    let report = bed.run(&skipping, table).await.unwrap();
    assert_eq!(
        told(&report),
        [
            "2 team: name a rep or a team, not both",
            "3 rep: neither a rep nor a team is named",
            "4 team: no team is called \"East\"; import teams first",
            "5 dueEveryDays: must be 1 to 3650",
            "6 validTo: ends before it begins",
        ]
    );
    let table = "customerCode,team,validFrom\nA1,North,2025-12-01\n";
    let report = bed.run(&skipping, table).await.unwrap();
    assert_eq!(
        told(&report),
        ["2 validFrom: it overlaps other periods in which they look after it"]
    );
}

#[rstest]
#[tokio::test]
async fn courses_are_learnt(#[values(Backend::Sqlite, Backend::Postgres)] backend: Backend) {
    let bed = company(backend).await;
    let courses = "code,title,description,validForDays,passScore\n\
        S1,Safety,How not to fall,365,60\nP1,Products,,,\n";
    assert_eq!(bed.take(Kind::Courses, courses).await, (2, 0, 0, 0));
    assert_eq!(bed.take(Kind::Courses, courses).await, (0, 0, 2, 0));
    let edited = "code,title,passScore\nS1,Safety,70\n";
    assert_eq!(bed.take(Kind::Courses, edited).await, (0, 1, 0, 0));

    let enrolments = "courseCode,user,dueAt\nS1,ann@x.example,2026-12-31\nP1,Ann Lee,\n";
    assert_eq!(bed.take(Kind::Enrolments, enrolments).await, (2, 0, 0, 0));
    let moved = "courseCode,user,dueAt\nS1,ann@x.example,2027-01-31\n";
    assert_eq!(bed.take(Kind::Enrolments, moved).await, (0, 1, 0, 0));

    let records = "courseCode,user,completedAt,score,result,certificate\n\
        S1,ann@x.example,2026-03-01 10:00,71.5,,C-1\n\
        S1,bob@x.example,2026-03-01 10:00,20,,\n\
        P1,ann@x.example,2026-03-02,,通过,\n";
    assert_eq!(bed.take(Kind::Training, records).await, (3, 0, 0, 0));
    let done = "SELECT course.code || ' ' || user_account.name || ' ' || result || ' ' || \
        CASE WHEN enrolment_id IS NULL THEN '-' ELSE 'enrolled' END || ' ' || \
        COALESCE(substr(CAST(expires_at AS text), 1, 10), '-') FROM training_record \
        JOIN course ON course.id = course_id JOIN user_account ON user_account.id = user_id \
        ORDER BY 1";
    assert_eq!(
        bed.column(done).await,
        [
            "P1 Ann Lee PASSED enrolled -",
            "S1 Ann Lee PASSED enrolled 2027-03-01",
            "S1 Bob Ray FAILED - -",
        ]
    );
    let passed = "SELECT CAST(SUM(value) AS text) FROM rep_day WHERE metric = 'TRAINING_COMPLETED'";
    assert_eq!(bed.column(passed).await, ["2"]);
    assert_eq!(bed.take(Kind::Training, records).await, (0, 0, 3, 0));
    assert_eq!(
        bed.take(Kind::Enrolments, moved).await,
        (0, 0, 1, 0),
        "fulfilled, not begun again"
    );
    let better = "courseCode,user,completedAt,score\nS1,bob@x.example,2026-03-01 10:00,90\n";
    assert_eq!(bed.take(Kind::Training, better).await, (0, 1, 0, 0));
    assert_eq!(bed.column(passed).await, ["3"]);

    let mut skipping = plan(Kind::Training, Source::Plain);
    skipping.skips_bad = true;
    let wrong = "courseCode,user,completedAt,score,result\nX,ann,2026-03-01,,\n\
        S1,ann,2026-03-05,,PASSED\nP1,ann,2026-03-05,,\nP1,ann,2031-01-01,,PASSED\n\
        S1,ann,2026-03-05,-1,\n";
    let report = bed.run(&skipping, wrong).await.unwrap();
    assert_eq!(
        told(&report),
        [
            "2 courseCode: no course has the code \"X\"; import courses first",
            "3 score: is empty, but the course has a pass score",
            "4 result: is empty, but the course has no pass score",
            "5 completedAt: is in the future",
            "6 score: a score is not negative",
        ]
    );
}

#[rstest]
#[tokio::test]
async fn targets_are_set_by_somebody(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = company(backend).await;
    let targets = "rep,team,metric,period,day,value\n\
        ann@x.example,,revenue,MONTH,2026-11-15,25000.50\n\
        ,North,VISITS,week,2026-11-15,40\n";
    let mut setting = plan(Kind::Targets, Source::Plain);
    let refused = bed.run(&setting, targets).await;
    assert!(matches!(refused, Err(ImportError::Nobody)), "{refused:?}");

    setting.by = Some(bed.somebody("bob@x.example").await);
    assert_eq!(
        counts(&bed.run(&setting, targets).await.unwrap()),
        (2, 0, 0, 0)
    );
    assert_eq!(
        counts(&bed.run(&setting, targets).await.unwrap()),
        (0, 0, 2, 0)
    );
    let set = "SELECT metric || ' ' || period_kind || ' ' || CAST(period_start AS text) || ' ' || value \
        FROM target ORDER BY 1";
    assert_eq!(
        bed.column(set).await,
        [
            "REVENUE MONTH 2026-11-01 25000.5",
            "VISITS WEEK 2026-11-09 40"
        ]
    );
    let raised = "rep,metric,period,day,value\nann@x.example,REVENUE,MONTH,2026-11-01,30000\n";
    assert_eq!(
        counts(&bed.run(&setting, raised).await.unwrap()),
        (0, 1, 0, 0)
    );

    setting.skips_bad = true;
    let wrong = "rep,metric,period,day,value\nann,LUCK,MONTH,2026-11-01,1\n\
        ann,VISITS,EON,2026-11-01,1\nann,VISITS,MONTH,soon,1\nann,VISITS,MONTH,2026-11-01,1.5\n\
        ann,VISITS,MONTH,2026-11-01,0\n";
    let report = bed.run(&setting, wrong).await.unwrap();
    let told = told(&report);
    assert!(
        told[0].starts_with("2 metric: \"LUCK\" is none of REVENUE, ORDERS"),
        "{told:?}"
    );
    assert_eq!(
        told[1],
        "3 period: must be DAY, WEEK, MONTH, QUARTER or YEAR"
    );
    assert_eq!(told[2], "4 day: \"soon\" is no day; write 2026-11-29");
    assert_eq!(told[3], "5 value: VISITS counts whole things");
    assert!(
        told[4].starts_with("6 value: a target is above 0"),
        "{told:?}"
    );
}
