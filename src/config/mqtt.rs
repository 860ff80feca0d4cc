//! The MQTT broker through which OwnTracks may come.

use clap::Args;
use ingest::phones::mqtt::Broker;

use crate::config::{SettingError, Sources, setting, value};

/// Where the broker is.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "MQTT")]
pub(crate) struct MqttArgs {
    /// Broker from which messages of OwnTracks are taken:
    /// `mqtt://NAME:PASSWORD@HOST:1883/owntracks?client_id=fieldhub` [default: none]
    #[arg(
        long,
        env = "FIELDHUB_MQTT",
        value_name = "URL",
        hide_env_values = true
    )]
    pub(crate) mqtt: Option<String>,
}

impl MqttArgs {
    /// Understands the broker, if there is one.
    pub(crate) fn resolve(&self, sources: &Sources) -> Result<Option<Broker>, SettingError> {
        let url = sources.value(&setting::MQTT, self.mqtt.as_deref());
        url.map(|raw| raw.parse(value::mqtt)).transpose()
    }
}
