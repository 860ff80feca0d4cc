//! What must have come of the check-ins: the pure derivation, in one thread, of every fix once.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{
    position::Position,
    visit::{self, Assignment, FenceRef, FenceVersion, Fix, Kind, Located, Near, World},
};
use entity::field::{check_in, visit as stored};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::faults::scene::{Scene, Sent};

/// One line a visit, the same for the same visits.
pub(crate) type Lines = Vec<String>;

/// The visits that follow from the fixes of each rep.
pub(crate) fn expected(scene: &Scene, tracks: &[(usize, &[Sent])], as_of: DateTime<Utc>) -> Lines {
    let world = world(scene);
    let mut lines = Lines::new();
    for (rep, sent) in tracks {
        let device = scene.reps[*rep].device.uuid();
        let fixes: Vec<_> = sent
            .iter()
            .map(|sent| located(scene, device, sent))
            .collect();
        for visit in visit::derive(&world, None, &fixes, as_of).visits {
            lines.push(line(
                scene,
                *rep,
                visit.customer,
                visit.arrived_at,
                visit.left_at,
            ));
        }
    }
    lines.sort();
    lines
}

/// The visits that the database holds.
pub(crate) async fn found(scene: &Scene, db: &entity::Database) -> anyhow::Result<Lines> {
    let numbers: HashMap<_, _> = scene.reps.iter().map(|rep| rep.id).zip(0..).collect();
    let visits = stored::Entity::find()
        .filter(stored::Column::WithdrawnAt.is_null())
        .order_by_asc(stored::Column::ArrivedAt)
        .all(&db.read)
        .await?;
    let mut lines: Lines = visits
        .iter()
        .filter_map(|visit| {
            let rep = numbers.get(&visit.rep_id)?;
            let customer = visit.customer_id.uuid();
            Some(line(scene, *rep, customer, visit.arrived_at, visit.left_at))
        })
        .collect();
    lines.sort();
    Ok(lines)
}

/// How many fixes the database holds.
pub(crate) async fn stored_fixes(db: &entity::Database) -> anyhow::Result<u64> {
    Ok(check_in::Entity::find().count(&db.read).await?)
}

/// Eight letters that stand for the lines.
pub(crate) fn digest(lines: &Lines) -> String {
    blake3::hash(lines.join("\n").as_bytes()).to_hex()[..8].to_owned()
}

fn line(
    scene: &Scene,
    rep: usize,
    customer: Uuid,
    arrived: DateTime<Utc>,
    left: Option<DateTime<Utc>>,
) -> String {
    let shop = scene
        .shops
        .iter()
        .position(|shop| shop.id.uuid() == customer);
    let shop = shop.map_or_else(|| "?".to_owned(), |number| number.to_string());
    let left = left.map_or_else(|| "open".to_owned(), |left| left.to_rfc3339());
    format!("rep {rep:03} shop {shop} {} {left}", arrived.to_rfc3339())
}

fn world(scene: &Scene) -> World<Uuid> {
    let fences = scene
        .shops
        .iter()
        .enumerate()
        .map(|(number, shop)| FenceVersion {
            fence: FenceRef {
                fence: shop.fence.uuid(),
                version: 1,
            },
            customer: shop.id.uuid(),
            area_m2: scene.shape(number).area_m2(),
            valid_from: scene.founded,
            valid_to: None,
        });
    let assignments = scene.shops.iter().map(|shop| Assignment {
        customer: shop.id.uuid(),
        valid_from: scene.founded,
        valid_to: None,
    });
    World {
        fences: fences.collect(),
        assignments: assignments.collect(),
        rules: Vec::new(),
        segments: Vec::new(),
        plans: Vec::new(),
        corrections: Vec::new(),
        tracking: Vec::new(),
    }
}

fn located(scene: &Scene, device: Uuid, sent: &Sent) -> Located<Uuid> {
    let position = Position::from_e6(sent.latitude_e6, sent.longitude_e6).expect("on Earth");
    let near = scene.shops.iter().enumerate().map(|(number, shop)| Near {
        fence: FenceRef {
            fence: shop.fence.uuid(),
            version: 1,
        },
        distance_m: scene.shape(number).signed_distance_m(position),
    });
    let kind = match sent.kind {
        "ARRIVE" => Kind::Arrive,
        "DEPART" => Kind::Depart,
        _ => Kind::Trail,
    };
    Located {
        fix: Fix {
            recorded_at: sent.at,
            kind,
            device,
            customer: sent.shop.map(|number| scene.shops[number].id.uuid()),
            position: Some(position),
            accuracy_m: Some(sent.accuracy_m),
            decision: None,
        },
        near: near.collect(),
    }
}
