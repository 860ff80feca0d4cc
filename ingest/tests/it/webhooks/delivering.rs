//! What the courier makes of messages and endpoints.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::{TimeDelta, Utc};
use entity::webhooks::delivery::State;
use entity::webhooks::webhook::Event;
use ingest::webhooks::Pace;
use rstest::rstest;
use standardwebhooks::Webhook;
use testbed::Backend::{self, Postgres, Sqlite};

use super::bed::{QUICK, Running, age, are_all, endpoint, hurry, listen, messages, tell};
use super::receiver::{Receiver, Reply};
use crate::bed::{bed, eventually};

const OPENED: &[Event] = &[Event::VisitOpened];

#[rstest]
#[tokio::test]
async fn a_message_is_signed_and_delivered_once(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let receiver = Receiver::good().await;
    let mut webhook = listen(&bed.db, bed.ann.user, &receiver, OPENED).await;
    let sql = "UPDATE webhook SET old_secret = $1, old_secret_until = $2";
    let (old, until) = ("whsec_b2xkIHNlY3JldA==", Utc::now() + TimeDelta::hours(1));
    crate::bed::run(&bed.db, sql, [old.into(), until.into()]).await;
    tell(&bed.db, &[(bed.ann.user, 1)]).await;
    let running = Running::start(&bed.db, QUICK);
    eventually("the delivery", async || {
        are_all(&bed.db, State::Delivered).await
    })
    .await;
    running.stop().await;
    let received = receiver.received();
    assert_eq!(received.len(), 1);
    let message = &messages(&bed.db).await[0];
    assert_eq!((message.tries, message.last_status), (1, Some(204)));
    assert_eq!(received[0].header("webhook-id"), message.id.to_string());
    assert_eq!(received[0].header("content-type"), "application/json");
    let body = received[0].json();
    assert_eq!(body["type"], "visit.opened");
    assert_eq!(body["data"]["number"], 1);
    assert!(body["timestamp"].as_str().unwrap().ends_with('Z'), "{body}");
    // By the new secret and, for a while, by the old one; by no other.
    for secret in [&webhook.secret, old] {
        let judge = Webhook::new(secret).unwrap();
        judge
            .verify(&received[0].body, &received[0].headers)
            .unwrap();
        let mut forged = received[0].body.clone();
        forged[0] = b' ';
        assert!(judge.verify(&forged, &received[0].headers).is_err());
    }
    webhook.secret = ingest::webhooks::new_secret();
    let stranger = Webhook::new(&webhook.secret).unwrap();
    assert!(
        stranger
            .verify(&received[0].body, &received[0].headers)
            .is_err()
    );
}

#[rstest]
#[tokio::test]
async fn a_reps_messages_come_in_order_although_the_first_fails(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let (ann, ben) = (bed.ann.user, bed.ben.user);
    let failures = Arc::new(AtomicUsize::new(0));
    let counted = failures.clone();
    let receiver = Receiver::new(move |received| {
        let data = received.json()["data"].clone();
        let is_first_of_ann = data["rep"] == ann.global() && data["number"] == 1;
        match is_first_of_ann && counted.fetch_add(1, Ordering::SeqCst) < 3 {
            true => Reply::status(500),
            false => Reply::status(200),
        }
    })
    .await;
    let webhook = listen(&bed.db, ann, &receiver, OPENED).await;
    tell(&bed.db, &[(ann, 1), (ben, 1), (ann, 2), (ben, 2), (ann, 3)]).await;
    let running = Running::start(&bed.db, QUICK);
    // Ben's come although Ann's first fails; Ann's others wait for it.
    receiver.wait_for(3).await;
    eventually("ben's messages", async || {
        let messages = messages(&bed.db).await;
        let of_ben = messages.iter().filter(|message| message.rep_id == ben);
        of_ben
            .filter(|message| message.state == State::Delivered)
            .count()
            == 2
    })
    .await;
    assert!(endpoint(&bed.db, webhook.id).await.failing_since.is_none());
    eventually("all", async || {
        hurry(&bed.db).await;
        are_all(&bed.db, State::Delivered).await
    })
    .await;
    running.stop().await;
    let numbers = |rep: &str| -> Vec<i64> {
        let received = receiver.received();
        let data = received
            .iter()
            .map(|received| received.json()["data"].clone());
        let own = data.filter(|data| data["rep"] == rep);
        own.map(|data| data["number"].as_i64().unwrap()).collect()
    };
    assert_eq!(numbers(&ann.global()), [1, 1, 1, 1, 2, 3]);
    assert_eq!(numbers(&ben.global()), [1, 2]);
    let first = &messages(&bed.db).await[0];
    assert_eq!((first.tries, first.last_error.as_deref()), (4, None));
}

#[rstest]
#[tokio::test]
async fn a_dead_endpoint_holds_up_no_other(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let (ann, ben) = (bed.ann.user, bed.ben.user);
    let hanging = Receiver::new(|_| Reply::Hang).await;
    let good = Receiver::good().await;
    let dead = listen(&bed.db, ann, &hanging, OPENED).await;
    listen(&bed.db, ann, &good, OPENED).await;
    let patient = Pace {
        limit: Duration::from_secs(600),
        ..QUICK
    };
    let running = Running::start(&bed.db, patient);
    for number in 0..10 {
        tell(&bed.db, &[(ann, number), (ben, number)]).await;
    }
    good.wait_for(20).await;
    assert_eq!(hanging.received().len(), 2, "one of each rep is on its way");
    for message in messages(&bed.db).await {
        let is_tried = message.webhook_id == dead.id && message.data["number"] == 0;
        let is_good = message.webhook_id != dead.id;
        assert_eq!(message.tries, i32::from(is_tried || is_good));
    }
    drop(running);
}

#[rstest]
#[tokio::test]
async fn what_an_endpoint_answers_decides_what_becomes_of_a_message(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let elsewhere = Receiver::good().await;
    let moved = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\n", elsewhere.url);
    let busy = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 3000\r\n".to_owned();
    let cases = [
        (Reply::status(201), None),
        (Reply::Promise, None),
        (Reply::status(400), Some("answered 400")),
        (Reply::status(503), Some("answered 503")),
        (Reply::Head(moved), Some("redirects are not followed")),
        (Reply::Head(busy), Some("answered 429")),
        (Reply::Hang, Some("did not answer in time")),
        (Reply::Close, Some("could not be asked")),
        (Reply::Babble, Some("could not be asked")),
    ];
    for (reply, _) in cases.clone() {
        let receiver = Receiver::new(move |_| reply.clone()).await;
        listen(&bed.db, bed.ann.user, &receiver, OPENED).await;
    }
    tell(&bed.db, &[(bed.ann.user, 1)]).await;
    let running = Running::start(&bed.db, QUICK);
    eventually("an answer of each", async || {
        let messages = messages(&bed.db).await;
        messages
            .iter()
            .all(|message| message.last_error.is_some() || message.last_status.is_some())
    })
    .await;
    running.stop().await;
    for (message, (reply, error)) in messages(&bed.db).await.iter().zip(cases) {
        let told = message.last_error.as_deref();
        assert_eq!(told.is_some(), error.is_some(), "{reply:?}: {told:?}");
        assert!(
            told.unwrap_or("").contains(error.unwrap_or("")),
            "{reply:?}: {told:?}"
        );
        let state = if error.is_none() {
            State::Delivered
        } else {
            State::Waiting
        };
        assert_eq!(message.state, state, "{reply:?}");
        let waits = message.next_try_at - Utc::now();
        let wished = matches!(&reply, Reply::Head(head) if head.contains("retry-after"));
        assert_eq!(waits > TimeDelta::minutes(45), wished, "{reply:?}: {waits}");
    }
    assert!(elsewhere.received().is_empty());
}

#[rstest]
#[tokio::test]
async fn a_message_is_given_up_after_a_day_and_the_next_one_goes_on(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let receiver = Receiver::new(
        |received| match received.json()["data"]["number"].as_i64() {
            Some(1) => Reply::status(500),
            _ => Reply::status(200),
        },
    )
    .await;
    let webhook = listen(&bed.db, bed.ann.user, &receiver, OPENED).await;
    tell(&bed.db, &[(bed.ann.user, 1), (bed.ann.user, 2)]).await;
    let running = Running::start(&bed.db, QUICK);
    receiver.wait_for(1).await;
    eventually("the failure's note", async || {
        endpoint(&bed.db, webhook.id).await.failing_since.is_some()
    })
    .await;
    age(&bed.db).await;
    hurry(&bed.db).await;
    eventually("the second", async || {
        messages(&bed.db).await[1].state == State::Delivered
    })
    .await;
    running.stop().await;
    let first = &messages(&bed.db).await[0];
    assert_eq!(
        (first.state, first.tries, first.last_status),
        (State::Failed, 2, Some(500))
    );
    assert!(endpoint(&bed.db, webhook.id).await.failing_since.is_none());
}

#[rstest]
#[tokio::test]
async fn an_endpoint_that_is_gone_or_long_dead_is_disabled(
    #[values(Sqlite, Postgres)] backend: Backend,
) {
    let bed = bed(backend).await;
    let gone = Receiver::new(|_| Reply::status(410)).await;
    let dead = Receiver::new(|_| Reply::status(500)).await;
    let gone = listen(&bed.db, bed.ann.user, &gone, OPENED).await;
    let dead = listen(&bed.db, bed.ann.user, &dead, OPENED).await;
    let sql = "UPDATE webhook SET failing_since = $1 WHERE id = $2";
    let since = Utc::now() - TimeDelta::days(6);
    crate::bed::run(&bed.db, sql, [since.into(), dead.id.into()]).await;
    tell(&bed.db, &[(bed.ann.user, 1)]).await;
    let running = Running::start(&bed.db, QUICK);
    for (id, reason) in [(gone.id, "410"), (dead.id, "5 days")] {
        eventually("the end", async || {
            endpoint(&bed.db, id).await.disabled_at.is_some()
        })
        .await;
        let told = endpoint(&bed.db, id).await.disabled_reason.unwrap();
        assert!(told.contains(reason), "{told}");
    }
    // Nothing more is written for them, and what waits is not lost.
    tell(&bed.db, &[(bed.ann.user, 2)]).await;
    running.stop().await;
    assert!(are_all(&bed.db, State::Waiting).await);
    assert_eq!(messages(&bed.db).await.len(), 2);
}

#[rstest]
#[tokio::test]
async fn several_couriers_send_each_message_once(#[values(Sqlite, Postgres)] backend: Backend) {
    let bed = bed(backend).await;
    let receiver = Receiver::good().await;
    listen(&bed.db, bed.ann.user, &receiver, OPENED).await;
    let running: Vec<_> = (0..3).map(|_| Running::start(&bed.db, QUICK)).collect();
    for number in 0..25 {
        tell(&bed.db, &[(bed.ann.user, number), (bed.ben.user, number)]).await;
    }
    eventually("all", async || are_all(&bed.db, State::Delivered).await).await;
    for running in running {
        running.stop().await;
    }
    let counts = receiver.counts();
    assert_eq!(counts.len(), 50);
    assert!(counts.values().all(|count| *count == 1), "{counts:?}");
}

#[rstest]
#[tokio::test]
async fn an_address_of_the_house_is_not_reached_unless_it_is_named(
    #[values(Sqlite)] backend: Backend,
) {
    let bed = bed(backend).await;
    let receiver = Receiver::good().await;
    listen(&bed.db, bed.ann.user, &receiver, OPENED).await;
    let named = receiver
        .url
        .replace("127.0.0.1", "localhost")
        .replace("http:", "https:");
    crate::bed::run(&bed.db, "UPDATE webhook SET url = $1", [named.into()]).await;
    tell(&bed.db, &[(bed.ann.user, 1)]).await;
    let courier = ingest::webhooks::Courier::at(bed.db.clone(), Default::default(), QUICK).unwrap();
    let stop = tokio_util::sync::CancellationToken::new();
    let running = crate::bed::spawn(courier.run(stop.clone()));
    eventually("the refusal", async || {
        messages(&bed.db).await[0].last_error.is_some()
    })
    .await;
    stop.cancel();
    running.await.unwrap();
    let told = messages(&bed.db).await[0].last_error.clone().unwrap();
    assert!(told.contains("FIELDHUB_WEBHOOK_NETWORKS"), "{told}");
    assert!(receiver.received().is_empty());
}
