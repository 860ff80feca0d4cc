//! A small company whose true visits follow from what its phones say: reps, shops, and tracks.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    customers::{assignment, customer},
    field::{counter, geofence, geofence_version},
    id::{AssignmentId, CustomerId, DeviceId, GeofenceId, TeamId, UserId},
    people::{company, device, team, tracking_device, user},
    viewer::Role,
};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, Set};

use crate::faults::tracker::Tracker;

/// Shops stand on a grid with this many metres between them, so that fences never touch.
const GRID_M: f64 = 700.0;
/// A metre in microdegrees of latitude, and of longitude at the scene's latitude.
const NORTH_E6: f64 = 8.993;
const EAST_E6: f64 = 14.777;
/// Where the scene lies: Berlin, in microdegrees.
const ORIGIN_E6: (f64, f64) = (52_500_000.0, 13_400_000.0);

/// A rep with one phone.
#[derive(Debug, Clone)]
pub(crate) struct Rep {
    pub(crate) id: UserId,
    pub(crate) device: DeviceId,
    pub(crate) token: String,
}

/// A customer with one round fence.
#[derive(Debug, Clone)]
pub(crate) struct Shop {
    pub(crate) id: CustomerId,
    pub(crate) fence: GeofenceId,
    /// Metres east and north of the origin.
    pub(crate) at: (f64, f64),
    pub(crate) radius_m: f64,
}

/// One check-in of a phone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) kind: &'static str,
    pub(crate) at: DateTime<Utc>,
    pub(crate) latitude_e6: i32,
    pub(crate) longitude_e6: i32,
    pub(crate) accuracy_m: f64,
    /// A place in [`Scene::shops`].
    pub(crate) shop: Option<usize>,
}

/// The company.
#[derive(Debug, Clone)]
pub(crate) struct Scene {
    pub(crate) reps: Vec<Rep>,
    pub(crate) shops: Vec<Shop>,
    pub(crate) founded: DateTime<Utc>,
    seed: u64,
}

impl Scene {
    /// So many reps and shops; every shop is assigned to the one team of all reps.
    pub(crate) fn new(reps: usize, shops: usize, seed: u64) -> Self {
        let mut random = StdRng::seed_from_u64(seed);
        let width = (shops as f64).sqrt().ceil() as usize;
        Self {
            reps: (0..reps)
                .map(|_| Rep {
                    id: UserId::new(),
                    device: DeviceId::new(),
                    token: api::auth::device::new_token(),
                })
                .collect(),
            shops: (0..shops)
                .map(|index| Shop {
                    id: CustomerId::new(),
                    fence: GeofenceId::new(),
                    at: (
                        (index % width) as f64 * GRID_M,
                        (index / width) as f64 * GRID_M,
                    ),
                    radius_m: random.random_range(50.0_f64..90.0).round(),
                })
                .collect(),
            founded: Utc::now() - TimeDelta::days(30),
            seed,
        }
    }

    /// The microdegrees of a point so many metres east and north of the origin.
    pub(crate) fn position_e6((east, north): (f64, f64)) -> (i32, i32) {
        let latitude = (ORIGIN_E6.0 + north * NORTH_E6).round() as i32;
        (latitude, (ORIGIN_E6.1 + east * EAST_E6).round() as i32)
    }

    /// Writes the company into an empty, migrated database.
    pub(crate) async fn plant(&self, db: &entity::Database) -> anyhow::Result<()> {
        let at = self.founded;
        let founding = company::Model {
            id: 1,
            name: "Scene".into(),
            time_zone: "UTC".into(),
            week_start: 1,
            currency: "EUR".into(),
        };
        company::Entity::insert(founding.into_active_model())
            .on_conflict_do_nothing()
            .exec_without_returning(&db.write)
            .await?;
        let team = team::Model {
            id: TeamId::new(),
            parent_id: None,
            name: "Everyone".into(),
            manager_id: None,
            created_at: at,
            archived_at: None,
            presence_shared_at: None,
        };
        let team_id = team.id;
        insert::<team::ActiveModel>(db, vec![team]).await?;
        self.plant_reps(db, team_id).await?;
        self.plant_shops(db, team_id).await?;
        let counted = counter::ActiveModel {
            name: Set("fences".into()),
            value: Set(1),
        };
        counted.update(&db.write).await?;
        Ok(())
    }

    async fn plant_reps(&self, db: &entity::Database, team_id: TeamId) -> anyhow::Result<()> {
        let at = self.founded;
        let users = self
            .reps
            .iter()
            .enumerate()
            .map(|(number, rep)| user::Model {
                id: rep.id,
                email: format!("rep{number}@scene.example"),
                name: format!("Rep {number}"),
                phone: None,
                role: Role::Rep,
                team_id: Some(team_id),
                password_hash: None,
                subject: None,
                token_version: 0,
                created_at: at,
                deactivated_at: None,
            });
        let admin = user::Model {
            id: UserId::new(),
            email: "admin@scene.example".into(),
            name: "Admin".into(),
            phone: None,
            role: Role::Admin,
            team_id: None,
            password_hash: None,
            subject: None,
            token_version: 0,
            created_at: at,
            deactivated_at: None,
        };
        let users = users.chain([admin]);
        insert::<user::ActiveModel>(db, users.collect()).await?;
        let devices = self.reps.iter().map(|rep| device::Model {
            id: rep.device,
            user_id: rep.id,
            name: "Phone".into(),
            platform: "test".into(),
            kind: device::Kind::App,
            token_hash: Some(api::auth::device::hash(&rep.token)),
            enrolled_at: at,
            revoked_at: None,
        });
        insert::<device::ActiveModel>(db, devices.collect()).await?;
        let tracking = self.reps.iter().map(|rep| tracking_device::Model {
            user_id: rep.id,
            valid_from: at,
            device_id: rep.device,
        });
        insert::<tracking_device::ActiveModel>(db, tracking.collect()).await
    }

    async fn plant_shops(&self, db: &entity::Database, team_id: TeamId) -> anyhow::Result<()> {
        let created_at = self.founded;
        let (mut customers, mut fences) = (Vec::new(), Vec::new());
        let (mut versions, mut assignments) = (Vec::new(), Vec::new());
        for (number, shop) in self.shops.iter().enumerate() {
            let (latitude_e6, longitude_e6) = Self::position_e6(shop.at);
            let latitude = f64::from(latitude_e6) / 1e6;
            let longitude = f64::from(longitude_e6) / 1e6;
            customers.push(customer::Model {
                id: shop.id,
                code: format!("S{number:05}"),
                name: format!("Shop {number}"),
                segment_id: None,
                address: None,
                city: None,
                latitude: Some(latitude),
                longitude: Some(longitude),
                status: customer::Status::Active,
                became_customer_at: None,
                created_at,
                archived_at: None,
            });
            fences.push(geofence::Model {
                id: shop.fence,
                customer_id: shop.id,
                name: None,
                created_at,
                retired_at: None,
            });
            versions.push(geofence_version::Model {
                geofence_id: shop.fence,
                version: 1,
                valid_from: created_at,
                valid_to: None,
                kind: geofence_version::Kind::Circle,
                latitude: Some(latitude),
                longitude: Some(longitude),
                radius_m: Some(shop.radius_m),
                geojson: None,
                area_m2: self.shape(number).area_m2(),
                created_by: None,
                created_at,
            });
            assignments.push(assignment::Model {
                id: AssignmentId::new(),
                customer_id: shop.id,
                user_id: None,
                team_id: Some(team_id),
                due_every_days: None,
                valid_from: created_at,
                valid_to: None,
                assigned_by: None,
            });
        }
        insert::<customer::ActiveModel>(db, customers).await?;
        insert::<geofence::ActiveModel>(db, fences).await?;
        insert::<geofence_version::ActiveModel>(db, versions).await?;
        insert::<assignment::ActiveModel>(db, assignments).await
    }

    /// A shop's fence.
    pub(crate) fn shape(&self, number: usize) -> domain::geofence::Shape {
        let shop = &self.shops[number];
        let (latitude, longitude) = Self::position_e6(shop.at);
        let centre = domain::position::Position::from_e6(latitude, longitude).expect("on Earth");
        domain::geofence::Shape::circle(centre, shop.radius_m).expect("a circle")
    }

    /// What one rep's phone says of a day: stays long and short, drives past, noise, a jump,
    /// poor fixes, buttons, and a silence.
    pub(crate) fn track(&self, rep: usize, begin: DateTime<Utc>, stays: usize) -> Vec<Sent> {
        let seed = self.seed.wrapping_mul(1_000_003).wrapping_add(rep as u64);
        let mut tracker = Tracker::new(rep, begin, seed);
        for _ in 0..stays {
            let shop = tracker.choose(self.shops.len());
            tracker.ride(self.shops[shop].at);
            tracker.stay(shop, &self.shops[shop]);
        }
        tracker.ride((-5_000.0, -5_000.0));
        tracker.into_sent()
    }
}

/// Inserts rows of one table.
async fn insert<A>(
    db: &entity::Database,
    rows: Vec<<A::Entity as EntityTrait>::Model>,
) -> anyhow::Result<()>
where
    A: ActiveModelTrait + sea_orm::ActiveModelBehavior + Send,
    <A::Entity as EntityTrait>::Model: IntoActiveModel<A>,
{
    for part in rows.chunks(500) {
        let rows = part.iter().cloned().map(IntoActiveModel::into_active_model);
        A::Entity::insert_many(rows)
            .exec_without_returning(&db.write)
            .await?;
    }
    Ok(())
}
