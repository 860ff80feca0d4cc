//! Ids: their public form, and asking for many at once.

use entity::id::{CustomerId, DeviceId, UserId, split_global};
use entity::keys;
use entity::people::user;
use sea_orm::prelude::Uuid;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::sample::{Rows, Shared};

#[test]
fn a_global_id_names_its_type() {
    let id = CustomerId::from(Uuid::from_u128(0x018f_6a3e_0000_7000_8000_0000_0000_0001));
    let global = id.global();
    assert_eq!(global, "Q3VzdG9tZXI6AY9qPgAAcACAAAAAAAAAAQ");
    assert_eq!(CustomerId::from_global(&global), Some(id));
    assert_eq!(DeviceId::from_global(&global), None);
    assert_eq!(
        split_global(&global),
        Some(("Customer".to_owned(), id.uuid()))
    );
}

#[test]
fn a_malformed_global_id_is_none() {
    for text in [
        "",
        "?",
        "Q3VzdG9tZXI6",
        "Q3VzdG9tZXI6AY9qPgAAcACAAAAAAAAAAQ==",
    ] {
        assert_eq!(CustomerId::from_global(text), None, "{text}");
        assert_eq!(split_global(text), None, "{text}");
    }
}

#[test]
fn ids_rise_in_the_order_they_are_made() {
    let ids: Vec<UserId> = (0..1000).map(|_| UserId::new()).collect();
    assert!(ids.is_sorted());
}

#[tokio::test]
async fn many_ids_are_one_parameter_and_find_their_rows() {
    for bed in testbed::databases().await.unwrap() {
        let shared = Shared::new();
        shared.insert(&bed.db).await;
        let (ann, ben) = (
            Rows::of_new_rep(&shared, "ann"),
            Rows::of_new_rep(&shared, "ben"),
        );
        ann.insert(&bed.db).await;
        ben.insert(&bed.db).await;

        for (ids, found) in [
            (vec![], 0),
            (vec![ann.user.id], 1),
            (
                vec![UserId::new(), ben.user.id, ann.user.id, ann.user.id],
                2,
            ),
        ] {
            let column = user::Column::Id.into_expr();
            #[expect(clippy::disallowed_methods, reason = "the test reads without a viewer")]
            let select = user::Entity::find()
                .select_only()
                .column(user::Column::Id)
                .filter(keys::any_of(bed.db.backend(), column, &ids));
            let parameters = select.build(bed.db.backend()).values.unwrap().0.len();
            assert_eq!(parameters, 1);
            let rows: Vec<UserId> = select.into_tuple().all(&bed.db.read).await.unwrap();
            assert_eq!(rows.len(), found);
        }
    }
}
