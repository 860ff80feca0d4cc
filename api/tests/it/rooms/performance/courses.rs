//! How people stand with their courses: the cells of a training matrix.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::Result;
use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use entity::id::{CourseId, EnrolmentId, TrainingRecordId, UserId};
use entity::learning::training_record::Outcome;
use entity::learning::{course, enrolment, training_record};
use sea_orm::{ActiveModelTrait, IntoActiveModel};
use serde_json::Value;
use testbed::databases;

use super::company::Company;

/// Some days from now.
fn days(from_now: i64) -> DateTime<Utc> {
    (Utc::now() + TimeDelta::days(from_now)).trunc_subsecs(3)
}

impl Company {
    async fn course(&self, title: &str, is_archived: bool) -> Result<CourseId> {
        let course = course::Model {
            id: CourseId::new(),
            code: title.to_owned(),
            title: title.to_owned(),
            description: None,
            valid_for_days: None,
            pass_score: None,
            created_at: DateTime::UNIX_EPOCH,
            archived_at: is_archived.then_some(DateTime::UNIX_EPOCH),
        };
        let course = course.into_active_model().insert(&self.db().write).await?;
        Ok(course.id)
    }

    async fn enrol(
        &self,
        user: UserId,
        course: CourseId,
        due: Option<i64>,
        is_off: bool,
    ) -> Result<()> {
        let enrolment = enrolment::Model {
            id: EnrolmentId::new(),
            course_id: course,
            user_id: user,
            due_at: due.map(days),
            enrolled_by: None,
            enrolled_at: days(-20),
            cancelled_at: is_off.then(|| days(-1)),
        };
        enrolment
            .into_active_model()
            .insert(&self.db().write)
            .await?;
        Ok(())
    }

    /// Somebody took a course some days from now, and a pass ends some days from now.
    async fn took(
        &self,
        user: UserId,
        course: CourseId,
        at: i64,
        result: Outcome,
        ends: Option<i64>,
    ) -> Result<()> {
        let record = training_record::Model {
            id: TrainingRecordId::new(),
            course_id: course,
            user_id: user,
            enrolment_id: None,
            completed_at: days(at),
            score: None,
            result,
            certificate: Some(at.to_string()),
            expires_at: ends.map(days),
            recorded_by: None,
        };
        record.into_active_model().insert(&self.db().write).await?;
        Ok(())
    }
}

const MATRIX: &str = "{ users(first: 100, filter: {role: REP}) { nodes { name
    courseStandings(first: 10) { totalCount nodes { state dueAt expiresAt course { title }
        enrolment { dueAt } trainingRecord { certificate } } } } } }";

/// `first aid OVERDUE due, expires, by -30`, a line a course of somebody.
fn row(matrix: &Value, name: &str) -> Vec<String> {
    let people = matrix["users"]["nodes"].as_array().unwrap();
    let person = people.iter().find(|person| person["name"] == name).unwrap();
    let standings = &person["courseStandings"];
    let cells = standings["nodes"].as_array().unwrap();
    assert_eq!(standings["totalCount"], cells.len());
    let cell = |cell: &Value| {
        let told = |field: &str, word: &'static str| match cell[field].is_null() {
            true => "",
            false => word,
        };
        format!(
            "{} {}{}{} by {}",
            cell["course"]["title"].as_str().unwrap(),
            cell["state"].as_str().unwrap(),
            told("dueAt", ", due"),
            told("expiresAt", ", expires"),
            cell["trainingRecord"]["certificate"]
                .as_str()
                .unwrap_or("nothing"),
        )
    };
    cells.iter().map(cell).collect()
}

#[tokio::test]
async fn the_most_urgent_course_comes_first() -> Result<()> {
    for bed in databases().await? {
        let company = Company::new(bed).await?;
        let (ann, bob) = (company.users["ann"], company.users["bob"]);
        let [late, soon, some_day, lapsed, held, failed, off] = [
            "late", "soon", "some day", "lapsed", "held", "failed", "off",
        ];
        let mut courses = Vec::new();
        for title in [held, failed, off, lapsed, some_day, soon, late] {
            courses.push((title, company.course(title, false).await?));
        }
        let course = |title: &str| courses.iter().find(|(known, _)| *known == title).unwrap().1;
        company.enrol(ann, course(late), Some(-2), false).await?;
        company
            .took(ann, course(late), -3, Outcome::Failed, None)
            .await?;
        company.enrol(ann, course(soon), Some(5), false).await?;
        company.enrol(ann, course(some_day), None, false).await?;
        company
            .took(ann, course(lapsed), -90, Outcome::Passed, Some(-60))
            .await?;
        company
            .took(ann, course(lapsed), -40, Outcome::Passed, Some(-10))
            .await?;
        company
            .took(ann, course(lapsed), -1, Outcome::Failed, None)
            .await?;
        company.enrol(ann, course(held), Some(-15), false).await?;
        company
            .took(ann, course(held), -18, Outcome::Passed, Some(90))
            .await?;
        company
            .took(ann, course(failed), -30, Outcome::Failed, None)
            .await?;
        company.enrol(ann, course(off), Some(-2), true).await?;
        let archived = company.course("old", true).await?;
        company.enrol(ann, archived, Some(-2), false).await?;
        company.enrol(bob, course(late), Some(9), false).await?;
        let matrix = company.data("Nora", MATRIX).await;
        assert_eq!(
            row(&matrix, "ann"),
            [
                "late OVERDUE, due by -3",
                "lapsed EXPIRED, expires by -40",
                "soon DUE, due by nothing",
                "some day DUE by nothing",
                "failed FAILED by -30",
                "held PASSED, expires by -18",
            ]
        );
        assert_eq!(row(&matrix, "bob"), ["late DUE, due by nothing"]);
        let titled: Vec<(&str, CourseId)> =
            courses.iter().copied().chain([("old", archived)]).collect();
        people_are_found_by_their_standing(&company, &matrix, &titled).await;
    }
    Ok(())
}

/// The condition of the database finds whom the matrix shows.
async fn people_are_found_by_their_standing(
    company: &Company,
    matrix: &Value,
    courses: &[(&str, CourseId)],
) {
    let shown = |state: &str, title: Option<&str>| -> Vec<Value> {
        let people = matrix["users"]["nodes"].as_array().unwrap().iter();
        let stands = |cell: &Value| {
            cell["state"] == state && title.is_none_or(|title| cell["course"]["title"] == title)
        };
        people
            .filter(|person| {
                let cells = person["courseStandings"]["nodes"].as_array().unwrap();
                cells.iter().any(stands)
            })
            .map(|person| person["name"].clone())
            .collect()
    };
    let found = async |filter: String| -> Vec<Value> {
        let query = format!(
            "{{ users(filter: {{role: REP, courseStanding: {{{filter}}}}}) \
                {{ totalCount nodes {{ name }} }} }}"
        );
        let users = company.data("Nora", &query).await["users"].clone();
        let nodes = users["nodes"].as_array().unwrap();
        assert_eq!(users["totalCount"], nodes.len());
        nodes.iter().map(|user| user["name"].clone()).collect()
    };
    for state in ["OVERDUE", "EXPIRED", "DUE", "FAILED", "PASSED"] {
        assert_eq!(found(format!("state: {state}")).await, shown(state, None));
        for (title, course) in courses {
            let filter = format!("state: {state}, courseId: {:?}", course.global());
            assert_eq!(found(filter).await, shown(state, Some(title)), "{title}");
        }
    }
    assert_eq!(
        found("state: [OVERDUE, DUE]".to_owned()).await,
        ["ann", "bob"]
    );
    assert_eq!(found("courseId: \"nothing\"".to_owned()).await, [""; 0]);
}

#[tokio::test]
async fn the_number_of_statements_does_not_grow_with_the_matrix() -> Result<()> {
    for mut bed in databases().await? {
        let statements = Arc::new(AtomicUsize::new(0));
        let counted = statements.clone();
        bed.db.read.set_metric_callback(move |_| {
            counted.fetch_add(1, Ordering::SeqCst);
        });
        let company = Company::new(bed).await?;
        let count = async || {
            statements.store(0, Ordering::SeqCst);
            company.data("Ada", MATRIX).await;
            statements.load(Ordering::SeqCst)
        };
        let first = company.course("first", false).await?;
        company
            .enrol(company.users["ann"], first, None, false)
            .await?;
        let few = count().await;
        for number in 0..8 {
            let course = company.course(&number.to_string(), false).await?;
            for rep in ["ann", "bob", "cy", "dee"] {
                company
                    .enrol(company.users[rep], course, None, false)
                    .await?;
                company
                    .took(company.users[rep], course, -1, Outcome::Passed, None)
                    .await?;
            }
        }
        assert_eq!((few, count().await), (4, 4));
    }
    Ok(())
}
