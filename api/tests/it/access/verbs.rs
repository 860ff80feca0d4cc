//! Who may use which verb: every mutation of the schema, called by everybody.

use async_graphql::Request;
use serde_json::Value;
use testbed::Backend;

use super::company::{Company, codes};

/// The least of those who may use it: anybody, a rep, a manager, an administrator.
const VERBS: [(&str, &str); 4] = [
    ("anybody", "signIn refreshSession signOut"),
    (
        "ann",
        "changePassword enrolDevice revokeDevice trackWithDevice setPayloadKey addContact editContact \
         removeContact placeOrder editOrder cancelOrder planVisit cancelPlannedVisit",
    ),
    (
        "Nora",
        "setWorkingHours shareTeamPresence createCustomer editCustomer archiveCustomer assignCustomer \
         endAssignment drawGeofence editGeofence retireGeofence acceptArrival refuseArrival \
         correctVisit releaseCheckIn discardCheckIn retryTrack setTarget removeTarget enrol \
         cancelEnrolment recordTraining removeTrainingRecord",
    ),
    (
        "Ada",
        "createUser editUser deactivateUser reactivateUser updateCompany createTeam editTeam \
         createSegment renameSegment setVisitRule createScorecard editScorecard archiveScorecard \
         freezePeriod createCourse editCourse archiveCourse importTable erasePerson createWebhook \
         editWebhook removeWebhook rotateWebhookSecret testWebhook redeliver redeliverFailed",
    ),
];
/// With the least of inputs they speak of the whole company, which is an administrator's.
const FOR_SOME: [&str; 1] = ["setWorkingHours"];

const MUTATIONS: &str = "{ __schema { mutationType { fields { name args { name type { ...T } } } }
    types { kind name isOneOf enumValues { name } inputFields { name defaultValue type { ...T } } } } }
fragment T on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }";

/// Makes calls from the schema's description.
struct Schema(Value);

impl Schema {
    async fn of(company: &Company) -> Self {
        let answer = company.schema.execute(Request::new(MUTATIONS)).await;
        assert!(answer.errors.is_empty(), "{:?}", answer.errors);
        Self(answer.data.into_json().unwrap()["__schema"].clone())
    }

    fn mutations(&self) -> impl Iterator<Item = &Value> {
        let mutations = self.0["mutationType"]["fields"].as_array().unwrap();
        mutations.iter()
    }

    /// The call with the least that must be given.
    fn call(&self, mutation: &Value) -> String {
        let arguments = mutation["args"].as_array().unwrap().iter();
        let given = arguments.filter_map(|argument| {
            let value = self.needed(&argument["type"])?;
            Some(format!("{}: {value}", argument["name"].as_str().unwrap()))
        });
        let given: Vec<String> = given.collect();
        let name = mutation["name"].as_str().unwrap();
        format!(
            "mutation {{ {name}({}) {{ __typename }} }}",
            given.join(" ")
        )
    }

    /// Some value of a type, if there must be one.
    fn needed(&self, ty: &Value) -> Option<String> {
        (ty["kind"] == "NON_NULL").then(|| self.value(&ty["ofType"]))
    }

    fn value(&self, ty: &Value) -> String {
        match (ty["kind"].as_str().unwrap(), ty["name"].as_str()) {
            ("NON_NULL", _) => self.value(&ty["ofType"]),
            ("LIST", _) => format!("[{}]", self.value(&ty["ofType"])),
            ("SCALAR", Some("Int" | "Float" | "Decimal")) => "1".to_owned(),
            ("SCALAR", Some("Boolean")) => "true".to_owned(),
            ("SCALAR", Some("DateTime")) => "\"2024-10-10T08:00:00Z\"".to_owned(),
            ("SCALAR", Some("Date")) => "\"2024-10-10\"".to_owned(),
            ("SCALAR", _) => "\"x\"".to_owned(),
            (kind, name) => self.made(kind, name.unwrap()),
        }
    }

    fn made(&self, kind: &str, name: &str) -> String {
        let types = self.0["types"].as_array().unwrap();
        let ty = types.iter().find(|ty| ty["name"] == name).unwrap();
        if kind == "ENUM" {
            return ty["enumValues"][0]["name"].as_str().unwrap().to_owned();
        }
        let fields = ty["inputFields"].as_array().unwrap();
        let member =
            |field: &Value, value: String| format!("{}: {value}", field["name"].as_str().unwrap());
        let members: Vec<String> = match ty["isOneOf"].as_bool() {
            Some(true) => vec![member(&fields[0], self.value(&fields[0]["type"]))],
            _ => fields
                .iter()
                .filter(|field| field["defaultValue"].is_null())
                .filter_map(|field| Some(member(field, self.needed(&field["type"])?)))
                .collect(),
        };
        format!("{{{}}}", members.join(" "))
    }
}

/// Who is asked, from the least on; the last may use everything.
const EVERYBODY: [Option<&str>; 4] = [None, Some("ann"), Some("Nora"), Some("Ada")];

#[tokio::test]
async fn every_verb_is_for_those_it_says_and_for_nobody_below() {
    let company = Company::new(Backend::Sqlite).await;
    let schema = Schema::of(&company).await;
    let mut faults = Vec::new();
    for mutation in schema.mutations() {
        let name = mutation["name"].as_str().unwrap();
        let is_of = |(_, verbs): &(&str, &str)| verbs.split(' ').any(|verb| verb == name);
        let Some(least) = VERBS.iter().position(is_of) else {
            faults.push(format!("who may {name}?"));
            continue;
        };
        for (rank, viewer) in EVERYBODY.into_iter().enumerate() {
            let reply = company.ask(viewer, &schema.call(mutation)).await;
            let codes = codes(&reply.body);
            let is_fit = match (rank < least, viewer) {
                (true, None) => codes == ["UNAUTHENTICATED"],
                (true, Some(_)) => codes == ["FORBIDDEN"],
                (false, _) => {
                    let refused = ["UNAUTHENTICATED", "FORBIDDEN", "GRAPHQL_VALIDATION_FAILED"];
                    let is_let = !codes.iter().any(|code| refused.contains(code));
                    is_let || FOR_SOME.contains(&name)
                }
            };
            if !is_fit {
                let errors = &reply.body["errors"];
                faults.push(format!("{} {name}: {errors}", viewer.unwrap_or("nobody")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
    let named: Vec<&str> = VERBS
        .iter()
        .flat_map(|(_, verbs)| verbs.split(' '))
        .collect();
    assert_eq!(named.len(), schema.mutations().count(), "each once");
}
