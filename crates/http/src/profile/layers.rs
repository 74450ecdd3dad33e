//! Puts the tables that say what holds for a call over one another, the nearest first.

use super::defaults::Defaults;
use super::doubts::{of_egress, warnings};
use super::egress::egress;
use super::table::{Found, Part, Table};
use super::values::{client, legacy, oauth, proof_fits};
use super::{Client, ConfigError, Egress, Legacy, Oauth, Place, State, Warning};

/// A table with those in it that belong to one model only.
#[derive(Clone)]
struct Layer<'a> {
    flat: Option<Part<'a>>,
    legacy: Option<Part<'a>>,
    oauth: Option<Part<'a>>,
    /// Where the last two stand.
    places: [Option<Place>; 2],
}

impl<'a> Layer<'a> {
    fn of(part: Part<'a>) -> Result<Self, ConfigError> {
        let [legacy, oauth] = ["legacy", "oauth"].map(|key| part.find(key));
        let table = |found: &Option<Found<'a>>| found.as_ref().map(Found::table).transpose();
        Ok(Self {
            flat: Some(part),
            legacy: table(&legacy)?,
            oauth: table(&oauth)?,
            places: [legacy, oauth].map(|found| found.map(|found| found.key_place())),
        })
    }

    fn has(&self, key: &str) -> bool {
        self.flat.is_some_and(|part| part.find(key).is_some())
    }

    /// The tables for one model, nearest first.
    fn of_model(&self, model: Model) -> [Option<Part<'a>>; 2] {
        let inner = match model {
            Model::Neither => None,
            Model::Legacy => self.legacy,
            Model::Oauth => self.oauth,
        };
        [inner, self.flat]
    }
}

#[derive(Clone, Copy)]
enum Model {
    Neither,
    Legacy,
    Oauth,
}

/// The tables of one profile, service or operation, and what they fall back on.
pub(super) struct Layers<'a> {
    path: String,
    place: Place,
    /// Nearest first.
    layers: Vec<Layer<'a>>,
    /// How many of them a credential may be put together from, if it is not the profile's own.
    exceptions: usize,
}

/// What holds for a call, besides who the institution is.
pub(super) struct Settings {
    pub(super) client: Option<Client>,
    pub(super) legacy: Option<Legacy>,
    pub(super) oauth: Option<Oauth>,
    pub(super) warnings: Vec<Warning>,
}

impl<'a> Layers<'a> {
    /// Of the profile itself.
    pub(super) fn of_profile(
        found: &Found<'a>,
        defaults: &Defaults<'a>,
    ) -> Result<Self, ConfigError> {
        let fallback = Layer {
            flat: defaults.flat,
            legacy: defaults.legacy,
            oauth: defaults.oauth,
            places: [None, None],
        };
        Ok(Self {
            path: format!("profile.{}", found.key),
            place: found.key_place(),
            layers: vec![Layer::of(found.table()?)?, fallback],
            exceptions: 0,
        })
    }

    /// The same under what differs for a service or an operation.
    pub(super) fn under(&self, kind: &str, found: &Found<'a>) -> Result<Self, ConfigError> {
        let mut layers = vec![Layer::of(found.table()?)?];
        layers.extend(self.layers.iter().cloned());
        Ok(Self {
            path: format!("{}.{kind}.{}", self.path, found.key),
            place: found.key_place(),
            layers,
            exceptions: self.exceptions + 1,
        })
    }

    /// What holds of how connections leave.
    pub(super) fn egress(&self) -> Result<(Egress, Option<Warning>), ConfigError> {
        let found = |layer: &Layer<'a>| layer.flat.and_then(|part| part.find("egress"));
        let tables: Vec<_> = self.layers.iter().filter_map(found).collect();
        let parts = tables.iter().map(Found::table);
        let table = Table {
            path: format!("[{}.egress]", self.path),
            place: tables
                .first()
                .map_or_else(|| self.place.clone(), Found::key_place),
            parts: parts.collect::<Result<_, _>>()?,
        };
        Ok((egress(&table)?, of_egress(&table)?))
    }

    /// The keys that belong to no model alone.
    pub(super) fn flat(&self) -> Table<'a> {
        self.table(&self.layers, Model::Neither)
    }

    /// What holds in this state.
    pub(super) fn settings(&self, state: State) -> Result<Settings, ConfigError> {
        let (old, new) = (state != State::Oauth, state != State::Legacy);
        let all = &self.layers[..];
        // A key goes with what describes it: neither a passphrase nor a kid of another key is of any use to it.
        let credential = ["key", "client_secret"];
        let nearest = all
            .iter()
            .position(|layer| credential.iter().any(|key| layer.has(key)));
        let proving = match nearest {
            Some(at) if at < self.exceptions => &all[..=at],
            _ => all,
        };
        let endpoint = self.table(all, Model::Oauth);
        let proof = self.table(proving, Model::Oauth);
        // By default only, a client is not one.
        let own = &all[..all.len() - 1];
        let named = ["client_id", "key", "client_secret"];
        let names_client = own
            .iter()
            .any(|layer| named.iter().any(|key| layer.has(key)));
        let client = (new || names_client).then(|| {
            let secret = self.table(proving, Model::Neither);
            let client = client(&self.flat(), &secret)?;
            proof_fits(&proof, &client)?;
            Ok::<_, ConfigError>(client)
        });
        let has_legacy = own.iter().any(|layer| layer.legacy.is_some());
        let has_oauth = own.iter().any(|layer| layer.oauth.is_some());
        Ok(Settings {
            client: client.transpose()?,
            legacy: (old || has_legacy)
                .then(|| legacy(&self.table(all, Model::Legacy)))
                .transpose()?,
            oauth: (new || has_oauth)
                .then(|| oauth(&endpoint, &proof))
                .transpose()?,
            warnings: {
                let legacy = (old || has_legacy).then(|| self.table(all, Model::Legacy));
                let oauth = (new || has_oauth).then_some(endpoint);
                warnings(legacy.as_ref(), oauth.as_ref())?
            },
        })
    }

    fn table(&self, layers: &[Layer<'a>], model: Model) -> Table<'a> {
        let (name, inner) = match model {
            Model::Neither => ("", None),
            Model::Legacy => (".legacy", self.layers[0].places[0].as_ref()),
            Model::Oauth => (".oauth", self.layers[0].places[1].as_ref()),
        };
        Table {
            path: format!("[{}{name}]", self.path),
            place: inner.unwrap_or(&self.place).clone(),
            parts: layers
                .iter()
                .flat_map(|layer| layer.of_model(model))
                .flatten()
                .collect(),
        }
    }
}
