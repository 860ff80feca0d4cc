//! Two real cities in one time zone: districts by their centres, streets and names that occur there.

use crate::demo::place::Place;

/// A part of a city, about a kilometre across.
pub(crate) struct District {
    pub(crate) name: &'static str,
    pub(crate) centre: Place,
}

/// A region of the company's tree with its teams and the districts each team works.
pub(crate) struct Region {
    pub(crate) name: &'static str,
    pub(crate) city: &'static str,
    pub(crate) streets: &'static [&'static str],
    pub(crate) teams: &'static [(&'static str, &'static [District])],
}

const fn district(name: &'static str, latitude: f64, longitude: f64) -> District {
    District {
        name,
        centre: Place::new(latitude, longitude),
    }
}

/// The zone in which the demo company cuts its days.
pub(crate) const TIME_ZONE: chrono_tz::Tz = chrono_tz::Europe::Berlin;

const BERLIN_STREETS: &[&str] = &[
    "Kastanienallee",
    "Torstraße",
    "Invalidenstraße",
    "Müllerstraße",
    "Turmstraße",
    "Bergmannstraße",
    "Sonnenallee",
    "Karl-Marx-Straße",
    "Kantstraße",
    "Hauptstraße",
    "Schloßstraße",
    "Frankfurter Allee",
    "Boxhagener Straße",
    "Berliner Straße",
    "Florastraße",
];

const MUNICH_STREETS: &[&str] = &[
    "Leopoldstraße",
    "Sendlinger Straße",
    "Schellingstraße",
    "Rosenheimer Straße",
    "Lindwurmstraße",
    "Nymphenburger Straße",
    "Tegernseer Landstraße",
    "Landsberger Straße",
    "Fürstenrieder Straße",
    "Hohenzollernstraße",
    "Augustenstraße",
    "Ismaninger Straße",
];

/// The three regions: two of Berlin, one of Munich; eight teams.
pub(crate) const REGIONS: [Region; 3] = [
    Region {
        name: "Berlin North",
        city: "Berlin",
        streets: BERLIN_STREETS,
        teams: &[
            (
                "Mitte",
                &[
                    district("Mitte", 52.5230, 13.4020),
                    district("Moabit", 52.5280, 13.3420),
                    district("Wedding", 52.5500, 13.3600),
                ],
            ),
            (
                "Prenzlauer Berg",
                &[
                    district("Prenzlauer Berg", 52.5390, 13.4242),
                    district("Pankow", 52.5690, 13.4020),
                ],
            ),
        ],
    },
    Region {
        name: "Berlin South",
        city: "Berlin",
        streets: BERLIN_STREETS,
        teams: &[
            (
                "Kreuzberg",
                &[
                    district("Kreuzberg", 52.4986, 13.4033),
                    district("Neukölln", 52.4811, 13.4353),
                    district("Tempelhof", 52.4660, 13.3850),
                ],
            ),
            (
                "City West",
                &[
                    district("Charlottenburg", 52.5054, 13.3150),
                    district("Schöneberg", 52.4822, 13.3556),
                    district("Steglitz", 52.4560, 13.3270),
                ],
            ),
            (
                "Berlin East",
                &[
                    district("Friedrichshain", 52.5156, 13.4540),
                    district("Lichtenberg", 52.5140, 13.4990),
                ],
            ),
        ],
    },
    Region {
        name: "Munich",
        city: "Munich",
        streets: MUNICH_STREETS,
        teams: &[
            (
                "Munich Centre",
                &[
                    district("Altstadt", 48.1374, 11.5755),
                    district("Maxvorstadt", 48.1510, 11.5670),
                    district("Haidhausen", 48.1290, 11.6000),
                ],
            ),
            (
                "Munich North",
                &[
                    district("Schwabing", 48.1660, 11.5860),
                    district("Milbertshofen", 48.1830, 11.5740),
                    district("Neuhausen", 48.1540, 11.5310),
                ],
            ),
            (
                "Munich West",
                &[
                    district("Sendling", 48.1180, 11.5450),
                    district("Laim", 48.1390, 11.5020),
                    district("Giesing", 48.1110, 11.5850),
                ],
            ),
        ],
    },
];

/// Kinds of shop: the segment, what stands before the owner's name, how often a visit is due (days).
pub(crate) const SHOPS: [(&str, &str, i32); 6] = [
    ("Bakeries", "Bäckerei", 14),
    ("Pharmacies", "Apotheke", 30),
    ("Restaurants", "Gasthaus", 21),
    ("Groceries", "Feinkost", 14),
    ("Kiosks", "Kiosk", 30),
    ("Hotels", "Hotel", 45),
];

pub(crate) const FIRST_NAMES: [&str; 30] = [
    "Anna",
    "Mehmet",
    "Lena",
    "Jonas",
    "Sofia",
    "Paul",
    "Aylin",
    "Felix",
    "Mia",
    "Lukas",
    "Clara",
    "Emre",
    "Hannah",
    "Max",
    "Elif",
    "Ben",
    "Laura",
    "Noah",
    "Marie",
    "Finn",
    "Katharina",
    "Ali",
    "Julia",
    "Tim",
    "Sara",
    "Moritz",
    "Nina",
    "David",
    "Eva",
    "Jan",
];

pub(crate) const LAST_NAMES: [&str; 41] = [
    "Schmidt",
    "Yılmaz",
    "Fischer",
    "Weber",
    "Wagner",
    "Becker",
    "Hoffmann",
    "Schäfer",
    "Koch",
    "Bauer",
    "Richter",
    "Klein",
    "Wolf",
    "Schröder",
    "Neumann",
    "Schwarz",
    "Zimmermann",
    "Braun",
    "Krüger",
    "Hofmann",
    "Hartmann",
    "Lange",
    "Schmitt",
    "Werner",
    "Krause",
    "Meier",
    "Lehmann",
    "Köhler",
    "Maier",
    "Kaya",
    "Huber",
    "Kaiser",
    "Fuchs",
    "Peters",
    "Lang",
    "Scholz",
    "Möller",
    "Weiß",
    "Jung",
    "Hahn",
    "Vogel",
];

/// What is sold: the product and its price in cents.
pub(crate) const PRODUCTS: [(&str, i64); 10] = [
    ("Espresso beans 1 kg", 1_890),
    ("Oat drink, case of 12", 1_620),
    ("Still water, case of 24", 980),
    ("Lemonade, case of 24", 1_740),
    ("Olive oil 5 l", 4_250),
    ("Paper napkins, 2,000", 1_290),
    ("Takeaway cups, 1,000", 5_400),
    ("Dark chocolate, 20 bars", 2_980),
    ("Green tea, 100 bags", 1_150),
    ("Almonds 2 kg", 2_640),
];

/// What reps can learn: code, title, days until it must be learnt again.
pub(crate) const COURSES: [(&str, &str, Option<i32>); 6] = [
    ("SAFE-1", "Safe on the road", Some(365)),
    ("PROD-1", "Know the range", None),
    ("NEG-1", "Negotiate a listing", None),
    ("FOOD-1", "Food hygiene", Some(730)),
    ("DATA-1", "Handle personal data", Some(365)),
    ("LEAD-1", "Lead a team day", None),
];
