//! The JSON Schema of `castile.toml`, for editors.

use serde_json::{Map, Value, json};

use super::effects;
use super::keys::{self, Keys, Takes, each};

/// The JSON Schema (draft 2020-12) of a configuration file, made from the table that the reader goes by.
///
/// It tells keys, types and words; what belongs together, and what must be unique, only [`Config`](super::Config)
/// knows. An editor takes it from a first line `#:schema castile.schema.json`.
pub fn schema() -> Value {
    let mut schema = object(keys::TOP);
    schema.insert(
        "$schema".to_owned(),
        json!("https://json-schema.org/draft/2020-12/schema"),
    );
    schema.insert("title".to_owned(), json!("castile.toml"));
    schema.insert("required".to_owned(), json!(["version"]));
    schema.insert(
        "$defs".to_owned(),
        json!({ "secret": one_of_its_keys(keys::SECRET), "token": one_of_its_keys(keys::IN_TOKEN) }),
    );
    Value::Object(schema)
}

fn object(keys: Keys) -> Map<String, Value> {
    let properties: Map<String, Value> = each(keys)
        .map(|key| {
            let mut value = of(key.takes);
            value.insert("description".to_owned(), json!(key.about));
            (key.name.to_owned(), Value::Object(value))
        })
        .collect();
    map(json!({ "type": "object", "properties": properties, "additionalProperties": false }))
}

fn one_of_its_keys(keys: Keys) -> Map<String, Value> {
    let mut object = object(keys);
    object.insert("minProperties".to_owned(), json!(1));
    object.insert("maxProperties".to_owned(), json!(1));
    object
}

fn of(takes: Takes) -> Map<String, Value> {
    let strings = |least: u32| json!({ "type": "array", "items": text(), "minItems": least });
    map(match takes {
        Takes::Version => json!({ "const": 1 }),
        Takes::Patterns | Takes::Ids => strings(0),
        // A program may be given an empty argument.
        Takes::Words => json!({ "type": "array", "items": { "type": "string" }, "minItems": 1 }),
        Takes::Text | Takes::Path | Takes::Id => text(),
        Takes::Word(words, _) => json!({ "enum": words }),
        Takes::Switch => json!({ "type": "boolean" }),
        Takes::Duration => json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 86_400 },
            { "type": "string", "pattern": "^[0-9]+(ms|s|m|h)$" },
        ] }),
        Takes::Lifetime => json!({ "anyOf": [
            { "type": "integer", "minimum": 1, "maximum": 300 },
            { "type": "string", "pattern": "^[0-9]+(ms|s|m)$" },
        ] }),
        Takes::Size => json!({ "anyOf": [
            { "type": "integer", "minimum": 1024, "maximum": 1_073_741_824 },
            { "type": "string", "pattern": "^[0-9]+(KiB|MiB|GiB)$" },
        ] }),
        Takes::Rate => json!({ "anyOf": [
            { "type": "number", "minimum": 0, "maximum": 1 },
            { "type": "string", "pattern": "^\\s*[0-9.]+\\s*(/\\s*[0-9.]+\\s*)?$" },
        ] }),
        Takes::Count => json!({ "type": "integer", "minimum": 1, "maximum": 1024 }),
        Takes::Url | Takes::ProxyUrl => {
            json!({ "type": "string", "format": "uri", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?:" })
        }
        Takes::Date => json!({ "type": "string", "format": "date" }),
        Takes::Secret => json!({ "$ref": "#/$defs/secret" }),
        Takes::PrivateKey => {
            json!({ "anyOf": [{ "$ref": "#/$defs/secret" }, { "$ref": "#/$defs/token" }] })
        }
        Takes::Effects => json!({
            "type": "object",
            "propertyNames": { "pattern": "^[A-Za-z_][A-Za-z0-9_.-]*$" },
            "additionalProperties": { "enum": effects::WORDS },
        }),
        Takes::Table(keys) => Value::Object(object(keys)),
        Takes::Tables(keys) => json!({ "type": "object", "additionalProperties": object(keys) }),
    })
}

fn text() -> Value {
    json!({ "type": "string", "pattern": "\\S" })
}

fn map(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
