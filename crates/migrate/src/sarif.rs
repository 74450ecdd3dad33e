//! Findings as SARIF 2.1.0.

use serde_json::{Value, json};

use crate::baseline::fingerprints;
use crate::finding::FileFindings;
use crate::rule::rules;

/// A SARIF 2.1.0 log of one run. `notes` say what was not scanned; `is_whole` says that nothing of it could not be read.
pub fn sarif(version: &str, files: &[FileFindings], notes: &[String], is_whole: bool) -> Value {
    let listed: Vec<Value> = rules()
        .iter()
        .map(|rule| {
            json!({
                "id": rule.id,
                "shortDescription": { "text": rule.what },
                "fullDescription": { "text": rule.why },
                "defaultConfiguration": { "level": rule.level.name() },
            })
        })
        .collect();
    let results: Vec<Value> =
        files
            .iter()
            .flat_map(|file| {
                file.findings.iter().zip(fingerprints(file)).map(|(finding, print)| {
                let rule = finding.rule;
                let index = rules().iter().position(|other| other == rule);
                json!({
                    "ruleId": rule.id,
                    "ruleIndex": index,
                    "level": rule.level.name(),
                    "message": { "text": format!(
                        "{}: {}. {} {}", finding.construct, rule.what, rule.why, finding.instead
                    ) },
                    "locations": [{ "physicalLocation": {
                        "artifactLocation": artifact(&file.file),
                        "region": { "startLine": finding.line, "startColumn": finding.column },
                    } }],
                    "partialFingerprints": { "castileMigrate/v1": print },
                })
            })
            })
            .collect();
    let notifications: Vec<Value> = notes
        .iter()
        .map(|note| json!({ "level": "note", "message": { "text": note } }))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "castile",
                "version": version,
                "rules": listed,
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{
                "executionSuccessful": is_whole,
                "toolExecutionNotifications": notifications,
            }],
            "results": results,
        }],
    })
}

/// A relative path is taken from the root of the sources (section 3.4.4 of SARIF).
fn artifact(file: &str) -> Value {
    if file.starts_with('/') {
        return json!({ "uri": format!("file://{}", uri(file)) });
    }
    if file.as_bytes().get(1) == Some(&b':') {
        return json!({ "uri": format!("file:///{}", uri(file)) });
    }
    json!({ "uri": uri(file), "uriBaseId": "%SRCROOT%" })
}

/// The path as a URI: what RFC 3986 does not allow in a path is percent-encoded.
fn uri(file: &str) -> String {
    let mut uri = String::with_capacity(file.len());
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte));
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, Scanner};

    #[test]
    fn the_log_has_the_shape_of_the_standard() {
        let scanner = Scanner::new().unwrap();
        let findings = scanner
            .scan("x = UsernameToken(u, p)\n", Language::Python)
            .findings;
        let file = "src/p y.py".to_owned();
        let log = sarif(
            "1",
            &[FileFindings { file, findings }],
            &["1 file skipped".into()],
            true,
        );
        assert_eq!(log["version"], "2.1.0");
        let run = &log["runs"][0];
        let result = &run["results"][0];
        let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules[index]["id"], result["ruleId"]);
        assert_eq!(result["level"], "error");
        assert!(result["message"]["text"].is_string());
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "src/p%20y.py");
        assert_eq!(place["region"], json!({ "startLine": 1, "startColumn": 5 }));
        let print = result["partialFingerprints"]["castileMigrate/v1"]
            .as_str()
            .unwrap();
        assert_eq!(print.len(), 32);
        let told = &run["invocations"][0];
        assert_eq!(told["executionSuccessful"], true);
        assert_eq!(
            told["toolExecutionNotifications"][0]["message"]["text"],
            "1 file skipped"
        );
        let partial = sarif("1", &[], &[], false);
        let told = &partial["runs"][0]["invocations"][0];
        assert_eq!(told["executionSuccessful"], false);
        assert_eq!(partial["runs"][0]["results"], json!([]));
    }
}
