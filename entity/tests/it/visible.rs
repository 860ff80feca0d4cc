//! Who sees which rows.
//!
//! The tree: `hq` above `north` and `south`; Mia manages north, ann is in north, ben in south.

use entity::customers::{assignment, customer};
use entity::field::visit;
use entity::id::{AssignmentId, CustomerId, TeamId, UserId, VisitId};
use entity::people::{access_log, team, user, working_hours};
use entity::viewer::{Role, Scope, TeamNode, ancestors, managed, scope_of};
use entity::{Database, customers, field, learning, people, performance, sales, webhooks};
use sea_orm::prelude::DateTimeUtc;
use sea_orm::{FromQueryResult, PaginatorTrait, QueryTrait, Statement};
use testbed::TestDatabase;

use crate::sample::{Rows, Shared, at, insert, tables_of_a_rep};

/// The company of the example, in one database.
struct Company {
    bed: TestDatabase,
    shared: Shared,
    ann: Rows,
    ben: Rows,
    mia: UserId,
    hq: TeamId,
}

impl Company {
    async fn all() -> Vec<Self> {
        let mut companies = Vec::new();
        for bed in testbed::databases().await.unwrap() {
            companies.push(Self::of(bed).await);
        }
        companies
    }

    async fn of(bed: TestDatabase) -> Self {
        let db = &bed.db;
        let shared = Shared::new();
        shared.insert(db).await;
        let mut ann = Rows::of_new_rep(&shared, "ann");
        let mut ben = Rows::of_new_rep(&shared, "ben");
        let hq = team::Model {
            id: TeamId::new(),
            ..ann.team.clone()
        };
        let mia = user::Model {
            id: UserId::new(),
            email: "mia@example.com".into(),
            subject: None,
            role: Role::Manager,
            team_id: Some(hq.id),
            ..ann.user.clone()
        };
        insert::<team::Entity>(db, hq.clone()).await;
        insert::<user::Entity>(db, mia.clone()).await;
        ann.team.parent_id = Some(hq.id);
        ann.team.manager_id = Some(mia.id);
        ben.team.parent_id = Some(hq.id);
        ann.insert(db).await;
        ben.insert(db).await;
        Self {
            bed,
            shared,
            ann,
            ben,
            mia: mia.id,
            hq: hq.id,
        }
    }

    fn db(&self) -> &Database {
        &self.bed.db
    }

    fn tree(&self) -> Vec<TeamNode> {
        [
            (self.hq, None, None),
            (self.ann.team.id, Some(self.hq), Some(self.mia)),
            (self.ben.team.id, Some(self.hq), None),
        ]
        .map(|(id, parent, manager)| TeamNode {
            id,
            parent,
            manager,
        })
        .to_vec()
    }

    fn scope(&self, role: Role, viewer: UserId, team: TeamId) -> Scope {
        scope_of(self.db().backend(), viewer, role, Some(team), &self.tree())
    }

    fn scope_of_ann(&self) -> Scope {
        self.scope(Role::Rep, self.ann.user.id, self.ann.team.id)
    }

    fn scope_of_ben(&self) -> Scope {
        self.scope(Role::Rep, self.ben.user.id, self.ben.team.id)
    }

    fn scope_of_mia(&self) -> Scope {
        self.scope(Role::Manager, self.mia, self.hq)
    }

    async fn customer(&self, code: &str) -> CustomerId {
        let row = customer::Model {
            id: CustomerId::new(),
            code: code.into(),
            ..self.ann.customer.clone()
        };
        insert::<customer::Entity>(self.db(), row.clone()).await;
        row.id
    }

    /// A customer that is assigned to a user or a team, until `valid_to`.
    async fn assigned(
        &self,
        code: &str,
        user: Option<UserId>,
        team: Option<TeamId>,
        valid_to: Option<DateTimeUtc>,
    ) -> CustomerId {
        let customer_id = self.customer(code).await;
        let row = assignment::Model {
            id: AssignmentId::new(),
            customer_id,
            user_id: user,
            team_id: team,
            valid_to,
            ..self.ann.assignment.clone()
        };
        insert::<assignment::Entity>(self.db(), row).await;
        customer_id
    }

    async fn visited_by_ann(&self, customer_id: CustomerId, withdrawn_at: Option<DateTimeUtc>) {
        let row = visit::Model {
            id: VisitId::new(),
            customer_id,
            withdrawn_at,
            ..self.ann.visit.clone()
        };
        insert::<visit::Entity>(self.db(), row).await;
    }

    /// The codes of the customers that a viewer sees.
    async fn customers(&self, scope: &Scope) -> Vec<String> {
        let rows = customer::Entity::visible_to(scope)
            .all(&self.db().read)
            .await
            .unwrap();
        let mut codes: Vec<String> = rows.into_iter().map(|row| row.code).collect();
        codes.sort();
        codes
    }
}

#[tokio::test]
async fn a_customer_is_visible_through_an_assignment_or_a_visit() {
    for company in Company::all().await {
        let (ann, ended) = (company.ann.user.id, Some(at("2026-11-23T09:00:00Z")));
        company
            .assigned("1 to ann's team", None, Some(company.ann.team.id), None)
            .await;
        company
            .assigned("2 to the team above", None, Some(company.hq), None)
            .await;
        company
            .assigned("3 once to ann", Some(ann), None, ended)
            .await;
        let visited = company
            .assigned("4 once to ann, visited", Some(ann), None, ended)
            .await;
        company.visited_by_ann(visited, None).await;
        let mistaken = company.customer("5 visited by mistake").await;
        company
            .visited_by_ann(mistaken, Some(at("2026-11-23T10:00:00Z")))
            .await;
        company
            .assigned("6 to ben's team", None, Some(company.ben.team.id), None)
            .await;
        company
            .assigned(
                "7 to ann, for a while",
                Some(ann),
                None,
                Some(at("2126-01-01T00:00:00Z")),
            )
            .await;
        company.customer("8 of nobody").await;

        let north = [
            "1 to ann's team",
            "2 to the team above",
            "4 once to ann, visited",
            "7 to ann, for a while",
            "customer of ann",
        ];
        assert_eq!(company.customers(&company.scope_of_ann()).await, north);
        assert_eq!(company.customers(&company.scope_of_mia()).await, north);
        assert_eq!(
            company.customers(&company.scope_of_ben()).await,
            ["2 to the team above", "6 to ben's team", "customer of ben"]
        );
        assert_eq!(company.customers(&Scope::All).await.len(), 10);
    }
}

/// How many rows of each table a viewer sees, by the table's name here.
macro_rules! counts {
    ($($name:ident: $room:ident::$table:ident,)+) => {
        async fn counts(db: &Database, scope: &Scope) -> Vec<(&'static str, u64)> {
            let mut counts = Vec::new();
            $(counts.push((stringify!($name), counts!(@count db, scope, $room::$table)));)+
            counts
        }
    };
    // Nobody reads these through the API.
    (@count $db:ident, $scope:ident, people::refresh_token) => { 0 };
    (@count $db:ident, $scope:ident, field::track_checkpoint) => { 0 };
    (@count $db:ident, $scope:ident, $room:ident::$table:ident) => {
        $room::$table::Entity::visible_to($scope).count(&$db.read).await.unwrap()
    };
}
tables_of_a_rep!(counts);

#[tokio::test]
async fn of_every_table_a_rep_sees_their_own_rows_a_manager_their_members_and_an_admin_all() {
    for company in Company::all().await {
        let ann = counts(company.db(), &company.scope_of_ann()).await;
        let mia = counts(company.db(), &company.scope_of_mia()).await;
        let admin = counts(company.db(), &Scope::All).await;
        for (((table, ann), (_, mia)), (_, admin)) in ann.into_iter().zip(mia).zip(admin) {
            let expected = match table {
                "refresh_token" | "track_checkpoint" => (0, 0, 0),
                // hq is above.
                "team" => (2, 2, 3),
                // Mia sees herself.
                "user" => (1, 2, 3),
                "access_log" | "device_key" => (1, 0, 2),
                "webhook" | "webhook_delivery" | "erasure" => (0, 0, 2),
                _ => (1, 1, 2),
            };
            assert_eq!(
                (ann, mia, admin),
                expected,
                "{table}: of ann, mia, an admin"
            );
        }
    }
}

#[tokio::test]
async fn what_belongs_to_nobody_is_visible_to_everyone_who_signed_in() {
    for company in Company::all().await {
        let (db, ann) = (company.db(), company.scope_of_ann());
        macro_rules! all_visible {
            ($($entity:path),+) => {
                $(assert_eq!(<$entity>::visible_to(&ann).count(&db.read).await.unwrap(), 1);)+
            };
        }
        all_visible!(
            people::company::Entity,
            customers::segment::Entity,
            field::visit_rule::Entity,
            performance::scorecard::Entity,
            performance::scorecard_item::Entity,
            learning::course::Entity
        );
    }
}

#[tokio::test]
async fn a_look_is_shown_to_the_one_who_was_looked_at() {
    for company in Company::all().await {
        let look = access_log::Model {
            id: entity::id::AccessLogId::new(),
            viewer_id: company.mia,
            subject_id: company.ann.user.id,
            ..company.ann.access_log.clone()
        };
        insert::<access_log::Entity>(company.db(), look.clone()).await;
        let seen = async |scope: Scope| {
            let rows = access_log::Entity::visible_to(&scope)
                .all(&company.db().read)
                .await;
            rows.unwrap().contains(&look)
        };
        assert!(seen(company.scope_of_ann()).await);
        assert!(!seen(company.scope_of_mia()).await);
        assert!(!seen(company.scope_of_ben()).await);
        assert!(seen(Scope::All).await);
    }
}

#[tokio::test]
async fn working_hours_of_the_company_and_of_the_teams_above_are_everyones() {
    for company in Company::all().await {
        for team_id in [None, Some(company.hq), Some(company.ben.team.id)] {
            let row = working_hours::Model {
                id: entity::id::WorkingHoursId::new(),
                user_id: None,
                team_id,
                ..company.ann.working_hours.clone()
            };
            insert::<working_hours::Entity>(company.db(), row).await;
        }
        let seen = async |scope: Scope| {
            working_hours::Entity::visible_to(&scope)
                .count(&company.db().read)
                .await
                .unwrap()
        };
        assert_eq!(
            seen(company.scope_of_ann()).await,
            3,
            "ann's, the company's, hq's"
        );
        assert_eq!(seen(company.scope_of_ben()).await, 4, "and of ben's team");
        assert_eq!(seen(Scope::All).await, 5);
    }
}

#[tokio::test]
async fn the_condition_for_hand_written_statements_agrees_with_visible_to() {
    #[derive(FromQueryResult)]
    struct Count {
        visits: i64,
    }
    for company in Company::all().await {
        for scope in [company.scope_of_ann(), company.scope_of_mia(), Scope::All] {
            let (condition, values) = scope.rep_condition("v.rep_id", 2);
            let sql = format!(
                "SELECT count(*) AS visits FROM visit AS v WHERE v.revision = $1 AND {condition}"
            );
            let values = std::iter::once(2_i32.into()).chain(values);
            let statement = Statement::from_sql_and_values(company.db().backend(), sql, values);
            let found = Count::find_by_statement(statement)
                .one(&company.db().read)
                .await
                .unwrap();
            let expected = visit::Entity::visible_to(&scope)
                .count(&company.db().read)
                .await
                .unwrap();
            assert_eq!(found.unwrap().visits, expected.cast_signed());

            let ann_is_seen = scope.sees(company.ann.user.id, company.ann.user.team_id);
            assert!(ann_is_seen);
            let ben_is_seen = scope.sees(company.ben.user.id, company.ben.user.team_id);
            assert_eq!(ben_is_seen, matches!(scope, Scope::All));
        }
    }
}

#[tokio::test]
async fn the_text_of_a_statement_does_not_depend_on_the_number_of_teams() {
    for company in Company::all().await {
        let backend = company.db().backend();
        let text = |teams: usize| {
            let tree: Vec<TeamNode> = (0..teams)
                .map(|_| TeamNode {
                    id: TeamId::new(),
                    parent: None,
                    manager: Some(company.mia),
                })
                .collect();
            let scope = scope_of(backend, company.mia, Role::Manager, None, &tree);
            let select = sales::order::Entity::visible_to(&scope);
            select.build(backend).sql
        };
        assert_eq!(text(0), text(500));
        assert_eq!(company.shared.segment.name, "pharmacies");
    }
}

#[test]
fn a_manager_manages_all_teams_below_and_a_circle_of_teams_is_no_trap() {
    let [hq, north, city, south] = std::array::from_fn(|_| TeamId::new());
    let (mia, nobody) = (UserId::new(), UserId::new());
    let node = |id, parent, manager| TeamNode {
        id,
        parent,
        manager,
    };
    let tree = [
        node(city, Some(north), None),
        node(north, Some(hq), Some(mia)),
        node(hq, Some(south), None),
        node(south, Some(hq), None),
    ];
    assert_eq!(managed(&tree, mia), [north, city].into());
    assert_eq!(managed(&tree, nobody), [].into());
    assert_eq!(ancestors(&tree, [city]), [north, hq, south].into());
}
