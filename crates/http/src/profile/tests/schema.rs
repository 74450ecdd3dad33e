//! The JSON Schema says what the reader takes.

use serde_json::{Value, json};

use super::*;
use keys::{Key, Keys, Takes};

/// Each key with the tables that lead to it, a name of the user's as `NAME`.
fn keys_of(keys: Keys, path: &[&str]) -> Vec<(Vec<String>, &'static Key)> {
    keys::each(keys)
        .flat_map(|key| {
            let path: Vec<&str> = path.iter().copied().chain([key.name]).collect();
            let inner = match key.takes {
                Takes::Table(keys) => keys_of(keys, &path),
                Takes::Tables(keys) => keys_of(keys, &[&path[..], &["NAME"]].concat()),
                _ => Vec::new(),
            };
            let own = path.iter().map(|part| (*part).to_owned()).collect();
            std::iter::once((own, key)).chain(inner)
        })
        .collect()
}

/// The keys of a schema's objects, in the same form.
fn keys_in(schema: &Value, path: &[String]) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for (name, inner) in schema["properties"].as_object().into_iter().flatten() {
        let path = [path, std::slice::from_ref(name)].concat();
        found.push(path.clone());
        found.extend(keys_in(inner, &path));
    }
    if schema["additionalProperties"].is_object() {
        let path = [path, &["NAME".to_owned()]].concat();
        found.extend(keys_in(&schema["additionalProperties"], &path));
    }
    found
}

#[test]
fn every_key_of_the_reader_is_in_the_schema_and_the_reverse() {
    let mut told = keys_in(&schema(), &[]);
    let mut read: Vec<_> = keys_of(keys::TOP, &[])
        .into_iter()
        .map(|(path, _)| path)
        .collect();
    told.sort();
    read.sort();
    assert_eq!(told, read);
    assert!(told.len() > 150, "{}", told.len());
}

/// The reader refuses what the schema does not know, table by table, and knows what the schema knows.
#[test]
fn the_reader_goes_by_the_schema() {
    for path in keys_in(&schema(), &[]) {
        let (name, tables) = path.split_last().unwrap();
        let header = match tables {
            [] => String::new(),
            tables => format!("[{}]\n", tables.join(".")),
        };
        let code = |key: &str| {
            let text = match tables {
                [] if key == "version" => "version = {}".to_owned(),
                // A date in the place of any other value is wrong, and in the place of a date is no more than one.
                _ => format!(
                    "{}{header}{key} = {{ x = 1 }}\n",
                    if header.is_empty() {
                        ""
                    } else {
                        "version = 1\n"
                    }
                ),
            };
            Config::parse(&text, "c.toml").unwrap_err().code()
        };
        let known = code(name);
        assert!(
            known != "config-unknown-key" || takes_a_table(&path),
            "{path:?}: {known}"
        );
        assert_eq!(code(&format!("{name}_x")), "config-unknown-key", "{path:?}");
    }
}

fn takes_a_table(path: &[String]) -> bool {
    let all = keys_of(keys::TOP, &[]);
    let (_, key) = all.iter().find(|(other, _)| other == path).unwrap();
    matches!(
        key.takes,
        Takes::Table(_) | Takes::Tables(_) | Takes::Secret | Takes::PrivateKey
    )
}

fn validator() -> jsonschema::Validator {
    let schema = schema();
    assert!(jsonschema::meta::is_valid(&schema));
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap()
}

fn as_json(text: &str) -> Value {
    let table: toml::Table = text.parse().unwrap();
    dates_as_text(serde_json::to_value(table).unwrap())
}

/// As an editor's validator sees a TOML date.
fn dates_as_text(value: Value) -> Value {
    match value {
        Value::Object(mut map) => match map.remove("$__toml_private_datetime") {
            Some(date) => date,
            None => map
                .into_iter()
                .map(|(key, value)| (key, dates_as_text(value)))
                .collect(),
        },
        Value::Array(items) => items.into_iter().map(dates_as_text).collect(),
        other => other,
    }
}

#[test]
fn what_is_read_is_valid_and_what_is_refused_for_itself_is_not() {
    let validator = validator();
    for text in [WHOLE, variants::BANK] {
        let told: Vec<_> = validator
            .iter_errors(&as_json(text))
            .map(|error| error.to_string())
            .collect();
        assert!(told.is_empty(), "{told:?}");
    }
    for bad in [
        json!({}),
        json!({ "version": 2 }),
        json!({ "version": 1, "defualts": {} }),
        json!({ "version": 1, "defaults": { "url": "https://x.example" } }),
        json!({ "version": 1, "profile": { "a": { "state": "Oauth" } } }),
        json!({ "version": 1, "profile": { "a": { "inst_rt_id": 11001276 } } }),
        json!({ "version": 1, "profile": { "a": { "key": "-----BEGIN" } } }),
        json!({ "version": 1, "profile": { "a": { "key": { "file": "a", "env": "B" } } } }),
        json!({ "version": 1, "profile": { "a": { "key": { "pkcs11": { "modul": "x" } } } } }),
        json!({ "version": 1, "profile": { "a": { "oauth": { "timeout": "30 seconds" } } } }),
        json!({ "version": 1, "profile": { "a": { "dates": { "requested": "soon" } } } }),
        json!({ "version": 1, "profile": { "a": { "egress": { "tls": "1.1" } } } }),
    ] {
        assert!(!validator.is_valid(&bad), "{bad}");
    }
}
