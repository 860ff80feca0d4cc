//! The people: one head office, three regions, eight teams, sixty reps, their managers, an admin.

use anyhow::anyhow;
use api::auth::password;
use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    id::{DeviceId, TeamId, UserId, WorkingHoursId},
    people::{company, device, team, tracking_device, user, working_hours},
    viewer::Role,
};
use rand::{Rng, RngExt};
use sea_orm::ConnectionTrait;
use serde_json::json;

use crate::demo::{
    city::{District, FIRST_NAMES, LAST_NAMES, REGIONS, Region, TIME_ZONE},
    company::{HISTORY_DAYS, Rep, rows::insert},
    place::Place,
};

/// The company's name.
pub(crate) const NAME: &str = "Nordlicht Trading";
/// Everyone's password: the demo listens on this machine alone.
pub(crate) const PASSWORD: &str = "fieldhub-demo";
/// Reps a team, in the order of the teams: sixty.
const TEAM_SIZES: [usize; 8] = [8, 7, 8, 8, 7, 8, 7, 7];

/// A team that works some districts.
pub(super) struct FieldTeam {
    pub(super) id: TeamId,
    pub(super) region: &'static Region,
    pub(super) districts: &'static [District],
}

/// Everyone.
pub(super) struct People {
    pub(super) admin: user::Model,
    /// The first is the head of sales, then the regions', then the teams'.
    pub(super) managers: Vec<user::Model>,
    pub(super) teams: Vec<FieldTeam>,
    pub(super) reps: Vec<Rep>,
    /// The place in `teams` of each rep's team, in the order of `reps`.
    pub(super) team_of: Vec<usize>,
}

impl People {
    /// The manager of the first region: sees two teams of eight.
    pub(super) fn regional_manager(&self) -> UserId {
        self.managers.get(1).unwrap_or(&self.admin).id
    }
}

/// Makes people one after the other, no two with the same name.
struct Names {
    next: usize,
    at: DateTime<Utc>,
    password_hash: String,
}

impl Names {
    fn person(&mut self, role: Role, team_id: Option<TeamId>) -> user::Model {
        let first = FIRST_NAMES[self.next % FIRST_NAMES.len()];
        let last = LAST_NAMES[self.next * 7 % LAST_NAMES.len()];
        self.next += 1;
        user::Model {
            id: UserId::new(),
            email: format!("{}.{}@nordlicht.example", plain(first), plain(last)),
            name: format!("{first} {last}"),
            phone: Some(format!("+49 151 {:07}", 2_000_000 + self.next * 7_919)),
            role,
            team_id,
            password_hash: Some(self.password_hash.clone()),
            subject: None,
            token_version: 0,
            created_at: self.at,
            deactivated_at: None,
        }
    }
}

/// A name as it stands in an e-mail address.
fn plain(name: &str) -> String {
    name.to_lowercase()
        .chars()
        .map(|letter| match letter {
            'ä' => "ae".to_owned(),
            'ö' => "oe".to_owned(),
            'ü' => "ue".to_owned(),
            'ß' => "ss".to_owned(),
            'ı' => "i".to_owned(),
            other => other.to_string(),
        })
        .collect()
}

/// Writes the company, its teams and its people.
pub(super) async fn hire(
    connection: &impl ConnectionTrait,
    random: &mut impl Rng,
    now: DateTime<Utc>,
) -> anyhow::Result<People> {
    let founded = now - TimeDelta::days(HISTORY_DAYS);
    let mut names = Names {
        next: 0,
        at: founded,
        password_hash: password::hash(PASSWORD)
            .map_err(|error| anyhow!("the password cannot be hashed: {error:?}"))?,
    };
    let admin = names.person(Role::Admin, None);
    let (teams, managers, field_teams) = tree(&mut names, founded);
    let mut users = vec![admin.clone()];
    users.extend(managers.iter().cloned());
    let (mut reps, mut team_of) = (Vec::new(), Vec::new());
    for (index, (field_team, size)) in field_teams.iter().zip(TEAM_SIZES).enumerate() {
        for seat in 0..size {
            let person = names.person(Role::Rep, Some(field_team.id));
            reps.push(rep(&person, field_team, seat, random));
            team_of.push(index);
            users.push(person);
        }
    }
    save(connection, teams, users, &reps, founded).await?;
    Ok(People {
        admin,
        managers,
        teams: field_teams,
        reps,
        team_of,
    })
}

type Tree = (Vec<team::Model>, Vec<user::Model>, Vec<FieldTeam>);

/// Head office, regions and teams, each with its manager.
fn tree(names: &mut Names, founded: DateTime<Utc>) -> Tree {
    let (mut teams, mut managers, mut field_teams) = (Vec::new(), Vec::new(), Vec::new());
    let mut found = |names: &mut Names, name: &str, parent_id: Option<TeamId>| {
        let id = TeamId::new();
        let manager = names.person(Role::Manager, Some(id));
        let manager_id = Some(manager.id);
        managers.push(manager);
        let name = name.to_owned();
        teams.push(team::Model {
            id,
            parent_id,
            name,
            manager_id,
            created_at: founded,
            archived_at: None,
            presence_shared_at: None,
        });
        id
    };
    let head = found(names, "Head office", None);
    let regions: Vec<TeamId> = REGIONS
        .iter()
        .map(|region| found(names, region.name, Some(head)))
        .collect();
    for (region, region_id) in REGIONS.iter().zip(regions) {
        for (name, districts) in region.teams {
            let id = found(names, name, Some(region_id));
            field_teams.push(FieldTeam {
                id,
                region,
                districts,
            });
        }
    }
    (teams, managers, field_teams)
}

/// A rep with a patch of their own: round the centre of one of the team's districts.
fn rep(person: &user::Model, team: &FieldTeam, seat: usize, random: &mut impl Rng) -> Rep {
    let district = &team.districts[seat % team.districts.len()];
    let turn = (seat / team.districts.len()) as f64 * 2.1 + random.random_range(0.0..0.4);
    let home: Place = district
        .centre
        .moved(850.0 * turn.cos(), 850.0 * turn.sin());
    Rep {
        id: person.id,
        name: person.name.clone(),
        team: team.id,
        device: DeviceId::new(),
        token: api::auth::device::new_token(),
        district: district.name.to_owned(),
        home,
    }
}

async fn save(
    connection: &impl ConnectionTrait,
    teams: Vec<team::Model>,
    users: Vec<user::Model>,
    reps: &[Rep],
    founded: DateTime<Utc>,
) -> anyhow::Result<()> {
    company(connection).await?;
    // A team names its manager and a user the team: first the teams without their managers.
    let managers: Vec<_> = teams
        .iter()
        .map(|team| (team.id, team.manager_id))
        .collect();
    let unmanaged = teams.into_iter().map(|team| team::Model {
        manager_id: None,
        ..team
    });
    insert::<team::ActiveModel>(connection, unmanaged.collect()).await?;
    insert::<user::ActiveModel>(connection, users).await?;
    for (id, manager_id) in managers {
        let change = team::ActiveModel {
            id: sea_orm::Set(id),
            manager_id: sea_orm::Set(manager_id),
            ..Default::default()
        };
        sea_orm::ActiveModelTrait::update(change, connection).await?;
    }
    let devices = reps.iter().map(|rep| device::Model {
        id: rep.device,
        user_id: rep.id,
        name: "Work phone".to_owned(),
        platform: "Android 16".to_owned(),
        kind: device::Kind::App,
        token_hash: Some(api::auth::device::hash(&rep.token)),
        enrolled_at: founded,
        revoked_at: None,
    });
    insert::<device::ActiveModel>(connection, devices.collect()).await?;
    let tracking = reps.iter().map(|rep| tracking_device::Model {
        user_id: rep.id,
        valid_from: founded,
        device_id: rep.device,
    });
    insert::<tracking_device::ActiveModel>(connection, tracking.collect()).await?;
    let hours = working_hours::Model {
        id: WorkingHoursId::new(),
        user_id: None,
        team_id: None,
        valid_from: founded,
        weekly: (1..=5)
            .map(|day| json!({"day": day, "from": "08:00", "to": "18:00"}))
            .collect(),
    };
    insert::<working_hours::ActiveModel>(connection, vec![hours]).await?;
    Ok(())
}

/// The company's one row: the start made it, the demo names it.
async fn company(connection: &impl ConnectionTrait) -> anyhow::Result<()> {
    let change = company::ActiveModel {
        id: sea_orm::Set(1),
        name: sea_orm::Set(NAME.to_owned()),
        time_zone: sea_orm::Set(TIME_ZONE.name().to_owned()),
        week_start: sea_orm::Set(1),
        currency: sea_orm::Set("EUR".to_owned()),
    };
    sea_orm::ActiveModelTrait::update(change, connection).await?;
    Ok(())
}
