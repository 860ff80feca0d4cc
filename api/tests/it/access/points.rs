//! What phones sent, and what became of it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use entity::field::{arrival_decision, check_in, photo, quarantine, receipt, track};
use entity::id::{
    ArrivalDecisionId, CheckInId, DeviceId, PhotoId, PlannedVisitId, QuarantineId, UserId,
};
use uuid::Uuid;

use super::company::{Company, at};
use super::sight::Sight;

impl Company {
    /// What a person's phone sent, each time at a customer that few may see, and a stalled track.
    pub(super) async fn points(&mut self, rep: &'static str) {
        self.plan(PlannedVisitId::new(), rep, "lone").await;
        let (rep_id, device_id, check_in) = (self.people[rep], self.devices[rep], CheckInId::new());
        self.insert(check_in::Model {
            rep_id,
            recorded_at: at("10-10"),
            device_id,
            kind: check_in::Kind::Arrive,
            customer_key: self.customers["core"].uuid(),
            latitude_e6: 31_000_000,
            longitude_e6: 121_000_000,
            id: check_in,
            received_at: at("10-10"),
            accuracy_m: Some(12.5),
            altitude_m: None,
            speed_mps: None,
            heading_deg: None,
            battery_pct: None,
            is_mock: false,
            note: None,
            outcome: Some(check_in::Outcome::OutOfRange),
        })
        .await;
        self.insert(arrival_decision::Model {
            id: ArrivalDecisionId::new(),
            rep_id,
            check_in_id: check_in,
            recorded_at: at("10-10"),
            decision: arrival_decision::Decision::Refused,
            reason: None,
            decided_by: self.people["Sam"],
            decided_at: at("10-11"),
        })
        .await;
        let aside = self.aside(rep_id, device_id).await;
        self.receipt(rep, "1", Some(check_in), None).await;
        self.receipt(rep, "2", None, Some(aside)).await;
        self.insert(track::Model {
            rep_id,
            revision: 1,
            claim_token: None,
            claimed_until: None,
            tries: 9,
            failed_at: Some(at("10-10")),
            set_aside_at: Some(at("10-10")),
            retry_at: None,
            last_error: None,
            due_at: None,
            told: None,
            live: None,
        })
        .await;
        let of = [Some(rep_id.global())];
        self.note(
            "StalledTrack",
            format!("track of {rep}"),
            Sight::Person(rep),
            of,
        );
    }

    async fn aside(&self, rep_id: UserId, device_id: DeviceId) -> QuarantineId {
        let id = QuarantineId::new();
        self.insert(quarantine::Model {
            id,
            rep_id,
            device_id,
            client_id: "2".to_owned(),
            raw: Vec::new(),
            reason: "TIME_IN_FUTURE".to_owned(),
            message: "the phone's clock is ahead".to_owned(),
            received_at: at("10-10"),
            resolution: quarantine::Resolution::Discarded,
            resolved_at: Some(at("10-11")),
            resolved_by: Some(self.people["Sam"]),
        })
        .await;
        id
    }

    async fn receipt(
        &mut self,
        rep: &'static str,
        client_id: &str,
        accepted: Option<CheckInId>,
        aside: Option<QuarantineId>,
    ) {
        let (rep_id, device_id) = (self.people[rep], self.devices[rep]);
        self.insert(receipt::Model {
            rep_id,
            device_id,
            client_id: client_id.to_owned(),
            status: match aside {
                Some(_) => receipt::Status::Quarantined,
                None => receipt::Status::Accepted,
            },
            reason: None,
            fix_digest: None,
            check_in_id: accepted,
            recorded_at: accepted.map(|_| at("10-10")),
            quarantine_id: aside,
            received_at: at("10-10"),
        })
        .await;
        let key = [rep_id.uuid(), device_id.uuid()]
            .map(Uuid::into_bytes)
            .concat();
        let id = [b"CheckIn:", key.as_slice(), client_id.as_bytes()].concat();
        let named = accepted.map(|_| self.customers["core"].global());
        let of = [Some(rep_id.global()), Some(device_id.global()), named];
        let id = URL_SAFE_NO_PAD.encode(id);
        self.note("CheckIn", id, Sight::Person(rep), of);
    }

    /// Photos of what a person's phone sent: one that is there, and one that is not yet.
    pub(super) async fn photos(&mut self, rep: &'static str) {
        let (rep_id, device_id) = (self.people[rep], self.devices[rep]);
        for (name, stored_at) in [("shelf", Some(at("10-10"))), ("on its way", None)] {
            let id = PhotoId::new();
            self.insert(photo::Model {
                id,
                rep_id,
                device_id,
                client_id: "1".to_owned(),
                name: name.to_owned(),
                digest: vec![1],
                width: 20,
                height: 10,
                bytes: 99,
                received_at: at("10-10"),
                stored_at,
            })
            .await;
            if stored_at.is_some() {
                let of = [Some(rep_id.global())];
                self.note("Photo", id.global(), Sight::Person(rep), of);
            }
        }
    }
}
