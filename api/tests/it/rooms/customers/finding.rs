//! Which customers a list finds.

use entity::customers::customer;
use rstest::rstest;
use sea_orm::{ActiveModelTrait, Set};
use serde_json::json;
use testbed::Backend;

use crate::rooms::people::company::Company;

async fn at(company: &Company, name: &str, latitude: f64, longitude: f64) {
    let id = company.customer(name, None).await;
    let place = customer::ActiveModel {
        id: Set(id),
        latitude: Set(Some(latitude)),
        longitude: Set(Some(longitude)),
        ..Default::default()
    };
    place.update(&company.bed.db.write).await.unwrap();
}

/// The customers whom the administrator finds within a rectangle, by name.
async fn within(company: &Company, rectangle: &str) -> String {
    let query = format!("{{ customers(filter: {{within: {rectangle}}}) {{ nodes {{ name }} }} }}");
    let seen = company.seen(&company.admin, &query).await;
    let names = seen["customers"]["nodes"].as_array().unwrap().iter();
    let names: Vec<_> = names.map(|node| node["name"].as_str().unwrap()).collect();
    names.join(" ")
}

#[rstest]
#[tokio::test]
async fn customers_are_found_by_their_place_on_the_map(
    #[values(Backend::Sqlite, Backend::Postgres)] backend: Backend,
) {
    let company = Company::on(backend).await;
    at(&company, "bund", 31.23, 121.49).await;
    at(&company, "fiji east", -17.0, -179.5).await;
    at(&company, "fiji west", -17.5, 178.0).await;
    company.customer("nowhere", None).await;
    let shanghai = within(&company, "{south: 31, west: 121, north: 31.23, east: 122}").await;
    assert_eq!(shanghai, "bund");
    let fiji = within(&company, "{south: -20, west: 177, north: -15, east: -179}").await;
    assert_eq!(fiji, "fiji east fiji west");
    let world = within(&company, "{south: -90, west: -180, north: 90, east: 180}").await;
    assert_eq!(world, "bund fiji east fiji west");
}

#[rstest]
#[tokio::test]
async fn a_rectangle_upside_down_is_refused_by_the_name_of_its_filter(
    #[values(Backend::Sqlite)] backend: Backend,
) {
    let company = Company::on(backend).await;
    let query =
        "{ customers(filter: {within: {south: 2, west: 0, north: 1, east: 1}}) { totalCount } }";
    let refused = company.ask_as(&company.admin, query, json!({})).await.body;
    assert_eq!(
        refused["errors"][0]["message"],
        "within: south is north of north"
    );
}
