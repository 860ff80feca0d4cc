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
