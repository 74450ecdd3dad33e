//! Turns the text of a configuration into profiles.

use std::collections::{BTreeMap, HashMap};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::defaults::Defaults;
use super::doubts::dates;
use super::layers::Layers;
use super::table::{Found, Part, Source};
use super::values::{ids, is_name, state};
use super::{
    Config, ConfigError, Place, Profile, SecretRef, State, Variants, Warning, effects, include,
    keys, modes, shadow,
};

/// The largest configuration file that is read: 4 MiB, some 10,000 profiles.
const FILE_LIMIT: u64 = 4 * 1024 * 1024;

const VERSION: i64 = 1;

type Profiles = BTreeMap<String, Arc<Profile>>;

/// The text of one configuration file.
pub(super) fn file(path: &Path) -> Result<String, ConfigError> {
    let failed = |source| ConfigError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let mut text = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    // Asked of the open file, so that nobody can swap it between question and reading.
    modes::refuse_writable(path, &file.metadata().map_err(failed)?)?;
    file.take(FILE_LIMIT + 1)
        .read_to_end(&mut text)
        .map_err(failed)?;
    if text.len() as u64 > FILE_LIMIT {
        return Err(failed(std::io::Error::new(
            std::io::ErrorKind::FileTooLarge,
            "a configuration file is at most 4 MiB long",
        )));
    }
    String::from_utf8(text).map_err(|error| ConfigError::NotUtf8 {
        path: path.to_owned(),
        source: error.utf8_error(),
    })
}

/// All profiles of a configuration and its included files.
pub(super) fn config(text: String, origin: &Path) -> Result<Config, ConfigError> {
    let source = Source::new(origin, text);
    let document = document(&source)?;
    let top = Part {
        source: &source,
        table: &document,
    };
    top.only("the file", keys::TOP)?;
    version(top)?;
    let defaults = Defaults::read(top)?;
    let mut all = Collected::default();
    all.take(top, &defaults)?;
    let (files, patterns) = included(top)?;
    for path in files {
        let source = Source::new(&path, file(&path)?);
        let document = self::document(&source)?;
        let top = Part {
            source: &source,
            table: &document,
        };
        top.only("an included file", keys::INCLUDED)?;
        all.take(top, &defaults)?;
    }
    Ok(Config {
        profiles: all.profiles.into_iter().collect(),
        patterns,
    })
}

fn document(source: &Source) -> Result<DeTable<'_>, ConfigError> {
    match DeTable::parse(&source.text) {
        Ok(document) => Ok(document.into_inner()),
        Err(error) => {
            let place = source.place(error.span().unwrap_or(0..0));
            if error.message().contains("duplicate key") {
                return Err(ConfigError::DuplicateKey { place });
            }
            // A routing number without quotes is no TOML if it begins with a zero.
            let before = error.span().and_then(|span| source.text.get(..span.start));
            let line = before.and_then(|before| before.lines().last());
            if line.is_some_and(|line| line.trim_start().starts_with("inst_rt_id")) {
                return Err(ConfigError::NumberForId {
                    place,
                    key: "inst_rt_id".to_owned(),
                });
            }
            let mut message = error.message().to_owned();
            if is_escape(&source.text, error.span()) {
                message.push_str("; in \"…\" a backslash is an escape: write such a path in '…'");
            }
            Err(ConfigError::Syntax { place, message })
        }
    }
}

/// Whether what is no TOML stands behind a backslash, as in `"C:\Users"`.
fn is_escape(text: &str, span: Option<std::ops::Range<usize>>) -> bool {
    let before = span.and_then(|span| text.get(..span.start.saturating_add(1)));
    let line = before.and_then(|before| before.lines().last());
    line.is_some_and(|line| line.contains('\\'))
}

fn version(top: Part<'_>) -> Result<(), ConfigError> {
    let Some(found) = top.find("version") else {
        return Err(ConfigError::MissingKey {
            place: top.source.place(0..0),
            table: "the file".to_owned(),
            key: "version",
            reason: "write version = 1 as its first line",
        });
    };
    match found.value {
        DeValue::Integer(number) if number.as_str().parse() == Ok(VERSION) => Ok(()),
        DeValue::Integer(_) => Err(ConfigError::Version {
            place: found.place(),
            supported: VERSION,
        }),
        _ => Err(found.wrong("a number")),
    }
}

/// The files that are included, and the patterns that name them.
fn included(top: Part<'_>) -> Result<(Vec<PathBuf>, Vec<String>), ConfigError> {
    let (mut files, mut patterns) = (Vec::new(), Vec::new());
    let Some(found) = top.find("include") else {
        return Ok((files, patterns));
    };
    for pattern in found.strings("an array of strings")? {
        let whole = include::whole(&pattern)?;
        for path in include::files(&pattern, &whole)? {
            // Two patterns may overlap; a file is read once.
            if !files.contains(&path) {
                files.push(path);
            }
        }
        patterns.push(whole);
    }
    Ok((files, patterns))
}

#[derive(Default)]
struct Collected {
    profiles: Profiles,
    places: BTreeMap<String, Place>,
    identities: BTreeMap<(String, String, String), String>,
    /// Whose key each is: the origin of the token endpoint, and the profile that said so first.
    servers: HashMap<SecretRef, (url::Origin, String)>,
}

impl Collected {
    fn take(&mut self, top: Part<'_>, defaults: &Defaults<'_>) -> Result<(), ConfigError> {
        let Some(found) = top.find("profile") else {
            return Ok(());
        };
        for found in found.table()?.inner() {
            self.add(profile(&found, defaults)?, found.key_place())?;
        }
        Ok(())
    }

    /// One key proves a client to one authorization server: another could pass the assertion on.
    fn bind_keys(&mut self, profile: &Profile, place: &Place) -> Result<(), ConfigError> {
        self.bind_key(profile, place)?;
        let mut variants = profile.variants.profiles.iter();
        variants.try_for_each(|variant| self.bind_key(variant, place))
    }

    fn bind_key(&mut self, profile: &Profile, place: &Place) -> Result<(), ConfigError> {
        let (Some(client), Some(oauth)) = (&profile.client, &profile.oauth) else {
            return Ok(());
        };
        let origin = oauth.token_endpoint.url().origin();
        let (bound, other) = self
            .servers
            .entry(client.key.clone())
            .or_insert_with(|| (origin.clone(), profile.name.clone()));
        if *bound != origin {
            return Err(ConfigError::KeyOfTwoServers {
                place: place.clone(),
                name: profile.name.clone(),
                first: self.places.get(other).unwrap_or(place).clone(),
                other: other.clone(),
            });
        }
        Ok(())
    }

    fn add(&mut self, profile: Profile, place: Place) -> Result<(), ConfigError> {
        let name = profile.name.clone();
        if let Some(first) = self.places.get(&name) {
            return Err(ConfigError::DuplicateProfile {
                place,
                name,
                first: first.clone(),
            });
        }
        let identity = (
            profile.inst_rt_id.clone(),
            profile.inst_env.clone(),
            profile.product.clone(),
        );
        if let Some(other) = self.identities.get(&identity) {
            return Err(ConfigError::DuplicateIdentity {
                place,
                name,
                first: self.places[other].clone(),
                other: other.clone(),
            });
        }
        self.bind_keys(&profile, &place)?;
        self.identities.insert(identity, name.clone());
        self.places.insert(name.clone(), place);
        self.profiles.insert(name, Arc::new(profile));
        Ok(())
    }
}

fn profile(found: &Found<'_>, defaults: &Defaults<'_>) -> Result<Profile, ConfigError> {
    let own = found.table()?;
    let name = &found.key;
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        return Err(found.bad("a profile name that is not empty and has no control characters"));
    }
    keys::check(own, keys::PROFILE, &format!("profile.{name}"))?;
    let layers = Layers::of_profile(found, defaults)?;
    let table = layers.flat();
    let stated = table.need("state", "legacy, shadow or oauth")?;
    let state = state(&stated)?;
    let inst_rt_id = table.need("inst_rt_id", "the institution's routing number, in quotes")?;
    let inst_env = table.need(
        "inst_env",
        "without it the gateway takes a message for PROD",
    )?;
    let product = table.need("product", "the product registered with the institution")?;
    let settings = layers.settings(state)?;
    let own_effects = own.find("effects").map(|found| effects::read(&found));
    let (effects, loosened) = match own_effects.transpose()? {
        Some(nearer) => defaults.effects.clone().with(nearer),
        None => defaults.effects.clone(),
    }
    .into_parts();
    let (egress, doubt) = layers.egress()?;
    let (dates, doubts) = dates(own)?;
    let mut profile = Profile {
        name: name.clone(),
        inst_rt_id: inst_rt_id.id()?,
        inst_env: inst_env.text()?,
        product: product.text()?,
        institution_id: table.text("institution_id")?,
        overrides: table
            .find("overrides")
            .map(|found| ids(&found))
            .transpose()?
            .unwrap_or_default(),
        state,
        client: settings.client,
        legacy: settings.legacy,
        oauth: settings.oauth,
        egress,
        shadow: shadow::shadow(&table)?,
        evidence: shadow::evidence(&table, name)?,
        dates,
        effects: Arc::new(effects),
        journal: table.path("journal")?,
        variants: Variants::default(),
        warnings: settings.warnings.into_iter().chain(loosened).collect(),
    };
    profile.warnings.extend(doubt.into_iter().chain(doubts));
    if state == State::Shadow {
        let place = stated.place();
        if profile.evidence.is_none() {
            profile.warnings.push(Warning::ShadowUnkept { place });
        } else if profile.shadow.rate.get() == 0.0 {
            profile.warnings.push(Warning::ShadowIdle { place });
        }
    }
    profile.variants = variants(own, &layers, &profile)?;
    let of_variants = profile.variants.profiles.iter();
    for warning in of_variants
        .flat_map(|variant| variant.warnings.clone())
        .collect::<Vec<_>>()
    {
        // What a service or an operation has from its profile is told once.
        if !profile.warnings.contains(&warning) {
            profile.warnings.push(warning);
        }
    }
    Ok(profile)
}

/// What differs for services and operations: whole settings for each pair of them.
fn variants(
    own: Part<'_>,
    layers: &Layers<'_>,
    profile: &Profile,
) -> Result<Variants, ConfigError> {
    let tables = |key| match own.find(key) {
        Some(found) => Ok::<_, ConfigError>(found.table()?.inner()),
        None => Ok(Vec::new()),
    };
    let (services, operations) = (tables("service")?, tables("operation")?);
    let mut variants = Variants::default();
    for found in services.iter().chain(&operations) {
        if !is_name(&found.key) {
            return Err(ConfigError::BadValue {
                place: found.key_place(),
                key: found.key.clone(),
                expected: "a name as it stands in the contract",
            });
        }
    }
    for found in &services {
        let listed = match found.table()?.find("operations") {
            Some(found) => ids(&found)?,
            None => Vec::new(),
        };
        variants.services.push((found.key.clone(), listed));
    }
    let names = operations.iter().map(|found| found.key.clone());
    variants.operations.extend(names);
    for service in std::iter::once(None).chain(services.iter().map(Some)) {
        let of_service = service
            .map(|found| layers.under("service", found))
            .transpose()?;
        for operation in std::iter::once(None).chain(operations.iter().map(Some)) {
            let base = of_service.as_ref().unwrap_or(layers);
            let under = operation
                .map(|found| base.under("operation", found))
                .transpose()?;
            if service.is_none() && operation.is_none() {
                continue;
            }
            let settings = under.as_ref().unwrap_or(base).settings(profile.state)?;
            variants.profiles.push(Arc::new(Profile {
                client: settings.client,
                legacy: settings.legacy,
                oauth: settings.oauth,
                warnings: settings.warnings,
                ..profile.clone()
            }));
        }
    }
    Ok(variants)
}
