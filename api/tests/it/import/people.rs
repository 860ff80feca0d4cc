//! People: what an import may not do to them.

use api::import::{Kind, Source};
use rstest::rstest;
use sea_orm::ConnectionTrait;
use testbed::Backend;

use super::{Bed, counts, plan, told};

#[rstest]
#[tokio::test]
async fn an_import_changes_nobodys_role_and_leaves_no_rep_without_a_team(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    bed.users().await;
    let tracks = "INSERT INTO track (rep_id, revision, tries) SELECT id, 1, 0 FROM user_account";
    bed.db().write.execute_unprepared(tracks).await.unwrap();
    let mut skipping = plan(Kind::Users, Source::Plain);
    skipping.skips_bad = true;
    let users = "email,name,role,team\nann@x.example,Ann Lee,ADMIN,\nbob@x.example,Bob Ray,,South\n\
        cy@x.example,Cy,,\nada@x.example,Ada,ADMIN,\n";
    let report = bed.run(&skipping, users).await.unwrap();
    assert_eq!(counts(&report), (1, 1, 0, 2));
    assert_eq!(
        told(&report),
        [
            "2 role: they have another role already; an import does not change it",
            "4 team: a rep belongs to a team",
        ]
    );
    let dirty = "SELECT email FROM track_dirty JOIN user_account ON user_account.id = rep_id";
    assert_eq!(
        bed.column(dirty).await,
        ["bob@x.example"],
        "their team changed"
    );
}

#[rstest]
#[tokio::test]
async fn a_name_is_nobodys_who_has_an_account_like_it(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let bed = Bed::new(backend).await;
    let users = "email,name,team\nmei@x.example,Lin,North\nlin@x.example,Wu Lin,North\n";
    assert_eq!(bed.take(Kind::Users, users).await, (2, 0, 0, 0));
    let customers = "code,name,owner\nA1,Acme,Lin\nA2,Bolt,mei\nA3,Cup,lin@x.example\n";
    assert_eq!(bed.take(Kind::Customers, customers).await, (3, 0, 0, 0));
    let owners = "SELECT email FROM assignment JOIN user_account ON user_account.id = user_id \
        JOIN customer ON customer.id = customer_id ORDER BY code";
    assert_eq!(
        bed.column(owners).await,
        ["mei@x.example", "mei@x.example", "lin@x.example"]
    );
}
