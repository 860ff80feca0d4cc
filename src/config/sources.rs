//! Flags before environment before `fieldhub.toml`.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::config::setting::{self, Origin, Raw, Setting, SettingError};

/// The file that is read when none is named and it is there.
const DEFAULT_FILE: &str = "fieldhub.toml";

/// The values of the configuration file, to stand behind flags and environment.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    path: String,
    file: BTreeMap<String, String>,
}

impl Sources {
    /// Reads the named file, or `fieldhub.toml` when there is one.
    pub(crate) fn load(named: Option<&Path>) -> Result<Sources, SettingError> {
        let path = match named {
            Some(path) => path.to_path_buf(),
            None if Path::new(DEFAULT_FILE).is_file() => PathBuf::from(DEFAULT_FILE),
            None => return Ok(Sources::default()),
        };
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path).map_err(|error| {
            SettingError(format!(
                "FIELDHUB_CONFIG is {shown:?}: the file cannot be read ({error}); for example FIELDHUB_CONFIG=/etc/fieldhub.toml"
            ))
        })?;
        Sources::read(shown, &text)
    }

    fn read(path: String, text: &str) -> Result<Sources, SettingError> {
        let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
            SettingError(format!("{path} is not TOML: {}", error.message()))
        })?;
        let mut file = BTreeMap::new();
        for (key, value) in table {
            let Some(setting) = setting::ALL.iter().find(|setting| setting.key == key) else {
                let known = setting::ALL.map(|setting| setting.key).join(", ");
                return Err(SettingError(format!(
                    "{key:?} in {path} is not a setting; the settings are {known}"
                )));
            };
            file.insert(key, plain(setting, &path, value)?);
        }
        Ok(Sources { path, file })
    }

    /// The value that counts. `given` is what the command line or the environment said; an empty
    /// value is none.
    pub(crate) fn value(&self, setting: &'static Setting, given: Option<&str>) -> Option<Raw> {
        if let Some(text) = given.filter(|text| !text.trim().is_empty()) {
            let is_environment = std::env::var(setting.env()).is_ok_and(|value| value == text);
            let origin = if is_environment {
                Origin::Environment
            } else {
                Origin::Flag
            };
            return Some(Raw {
                setting,
                text: text.to_owned(),
                origin,
            });
        }
        let text = self
            .file
            .get(setting.key)
            .filter(|text| !text.trim().is_empty())?;
        Some(Raw {
            setting,
            text: text.clone(),
            origin: Origin::File(self.path.clone()),
        })
    }
}

/// A TOML value as the text that the environment would carry; a list is joined by commas.
fn plain(setting: &Setting, path: &str, value: toml::Value) -> Result<String, SettingError> {
    match value {
        toml::Value::String(text) => Ok(text),
        toml::Value::Integer(number) => Ok(number.to_string()),
        toml::Value::Boolean(flag) => Ok(flag.to_string()),
        toml::Value::Array(items) => {
            let texts: Result<Vec<_>, _> = items
                .into_iter()
                .map(|item| plain(setting, path, item))
                .collect();
            texts.map(|texts| texts.join(","))
        }
        other => Err(SettingError(format!(
            "{} in {path} is a {}: write a text, a number or a list; for example {} = {:?}",
            setting.key,
            other.type_str(),
            setting.key,
            setting.example
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flag_counts_before_the_file() {
        let sources = Sources::read("fieldhub.toml".into(), "listen = \"1.2.3.4:5\"").unwrap();
        let raw = sources.value(&setting::LISTEN, Some("5.6.7.8:9")).unwrap();
        assert_eq!((raw.text.as_str(), raw.origin), ("5.6.7.8:9", Origin::Flag));
        let raw = sources.value(&setting::LISTEN, None).unwrap();
        assert_eq!(raw.text, "1.2.3.4:5");
        assert_eq!(raw.origin, Origin::File("fieldhub.toml".into()));
    }

    #[test]
    fn an_empty_value_is_none() {
        assert!(
            Sources::default()
                .value(&setting::LISTEN, Some("  "))
                .is_none()
        );
    }

    #[test]
    fn a_list_in_the_file_is_a_list_in_the_environment() {
        let text = "trusted_proxies = [\"10.0.0.0/8\", \"::1\"]\ndatabase_connections = 7";
        let sources = Sources::read("f".into(), text).unwrap();
        assert_eq!(
            sources.value(&setting::TRUSTED_PROXIES, None).unwrap().text,
            "10.0.0.0/8,::1"
        );
        assert_eq!(
            sources
                .value(&setting::DATABASE_CONNECTIONS, None)
                .unwrap()
                .text,
            "7"
        );
    }

    #[test]
    fn an_unknown_key_is_named() {
        let error = Sources::read("fieldhub.toml".into(), "listn = \"x\"").unwrap_err();
        assert!(
            error
                .0
                .starts_with("\"listn\" in fieldhub.toml is not a setting"),
            "{error}"
        );
    }

    #[test]
    fn a_table_is_refused_by_name() {
        let error = Sources::read("f".into(), "[listen]\nport = 1").unwrap_err();
        assert!(error.0.starts_with("listen in f is a table"), "{error}");
    }
}
