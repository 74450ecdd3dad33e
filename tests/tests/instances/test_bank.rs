//! A test bank answers every operation of a contract, and validly.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use castile::auth::TokenSource as _;
use castile::http::{Config, connect};
use castile_codegen::instance::{Amount, Instances, Message, Plan, Random, Values};
use castile_sandbox::testing::TestBank;
use castile_tests::{NO_SHARED, not_run, shared};

use super::canonical::difference;
use super::contracts::{SEED, release};
use super::judge::{Case, judge};

/// An operation and what a bank answered.
struct Answered {
    operation: String,
    payload: String,
}

/// The vendor's contract, read once for all tests here.
fn instances(release: &Path) -> &'static Instances {
    static INSTANCES: OnceLock<Instances> = OnceLock::new();
    INSTANCES.get_or_init(|| Instances::read([release]).expect("the contracts are read"))
}

/// Asks each operation of a contract once, under one token; what the bank refuses or cannot answer is an error.
async fn ask_all(contract: &Path) -> Result<Vec<Answered>, String> {
    let bank = TestBank::start(contract).await.map_err(|e| e.to_string())?;
    let config = Config::read(bank.config()).expect("a configuration");
    let profile = config.profile("sandbox").expect("the profile");
    let source = connect::token_source(&profile).expect("a key");
    let token = source.token().await.expect("a token");
    let http = reqwest::Client::builder().no_proxy().build();
    let http = http.expect("a client");
    let mut answered = Vec::new();
    for callable in bank.contract().callables() {
        let operation = callable.full_name();
        let request = bank.contract().request(&operation, SEED);
        let request = request.map_err(|error| format!("{operation}: {error}"))?;
        let (namespace, media) = match callable.soap_1_2 {
            true => (
                "http://www.w3.org/2003/05/soap-envelope",
                "application/soap+xml",
            ),
            false => ("http://schemas.xmlsoap.org/soap/envelope/", "text/xml"),
        };
        let answer = http
            .post(bank.running().gateway_url(&callable.service))
            .bearer_auth(token.reveal())
            .header("content-type", media)
            .header("soapaction", format!("\"{}\"", callable.action))
            .body(format!(
                "<e:Envelope xmlns:e='{namespace}'><e:Body>{request}</e:Body></e:Envelope>"
            ))
            .send()
            .await
            .expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("all of it");
        if callable.one_way && status == 202 {
            continue;
        }
        let payload = text
            .split_once("<s:Body>")
            .and_then(|(_, rest)| rest.rsplit_once("</s:Body>"))
            .filter(|_| status == 200);
        let Some((payload, _)) = payload else {
            return Err(format!("{operation}: {status} {text}"));
        };
        let payload = payload.to_owned();
        answered.push(Answered { operation, payload });
    }
    Ok(answered)
}

#[tokio::test]
async fn every_operation_of_the_vendors_contract_is_answered_validly() {
    let test = "instances::every_operation_of_the_vendors_contract_is_answered_validly";
    let Some((python, release)) = release(test) else {
        return;
    };
    let answered = ask_all(&release).await.expect("each is answered");
    assert_eq!(answered.len(), 568);
    let cases: Vec<Case<'_>> = answered
        .iter()
        .map(|answer| {
            let service = answer.operation.split('.').next().expect("a service");
            Case {
                schema: release.join(format!("TPG_{service}Master.xsd")),
                label: answer.operation.clone(),
                document: &answer.payload,
            }
        })
        .collect();
    let verdict = judge(&python, "answers", &cases);
    assert!(verdict.invalid.is_empty(), "{:?}", verdict.invalid);
    assert_eq!(verdict.judged, 568);
}

#[tokio::test]
async fn foreign_contracts_are_kept_too() {
    let test = "instances::foreign_contracts_are_kept_too";
    let Some(shared) = shared() else {
        return not_run(test, NO_SHARED);
    };
    let corpus = shared.join("wsdl/corpus");
    for contract in FOREIGN {
        let answered = ask_all(&corpus.join(contract)).await;
        let answered = answered.unwrap_or_else(|error| panic!("{contract}: {error}"));
        assert!(!answered.is_empty(), "{contract}");
    }
}

/// Of three publishers; one binds SOAP 1.2.
const FOREIGN: [&str; 3] = [
    "onvif+specs/wsdl/ver10/pacs/doorcontrol.wsdl",
    "hooklift+gowsdl/fixtures/usda-awdb.wsdl",
    "dotnet+wcf/src/dotnet-svcutil/lib/tests/TestCases/wsdl/CollectionTypes.wsdl",
];

/// The checker and libxml2 agree: on what is drawn, and on what was then spoilt.
#[test]
fn the_checker_judges_as_libxml2_does() {
    let test = "instances::the_checker_judges_as_libxml2_does";
    let Some((python, release)) = release(test) else {
        return;
    };
    let instances = instances(&release);
    let mut random = Random::seeded(SEED);
    let mut probes: Vec<(PathBuf, String, String, bool)> = Vec::new();
    for callable in instances.callables() {
        let name = callable.full_name();
        let mut plan = Plan::new(Amount::Random);
        plan.elements = 300;
        let drawn = instances.request(&name, &plan, &mut random).expect("drawn");
        let schema = release.join(format!("TPG_{}Master.xsd", callable.service));
        for document in [spoil(&drawn, &mut random), drawn] {
            let message = Message::read(document.as_bytes()).expect("well-formed");
            let violations = instances.check_request(&name, &message).expect("judged");
            let label = format!("{} {name} {violations:?}", probes.len());
            probes.push((schema.clone(), label, document, violations.is_empty()));
        }
    }
    let cases: Vec<Case<'_>> = probes
        .iter()
        .map(|(schema, label, document, _)| Case {
            schema: schema.clone(),
            label: label.clone(),
            document,
        })
        .collect();
    let verdict = judge(&python, "checked", &cases);
    let mut wrong = Vec::new();
    for (_, label, document, is_valid) in &probes {
        let judged_valid = !verdict.invalid.iter().any(|told| told.starts_with(label));
        if judged_valid != *is_valid {
            wrong.push(format!("libxml2 says {judged_valid}: {label}\n{document}"));
        }
    }
    let spoilt = probes.iter().filter(|(.., is_valid)| !is_valid).count();
    assert!(spoilt > 300, "{spoilt}");
    wrong.truncate(5);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A message whose values are taken apart by their paths is composed of them again.
#[test]
fn every_request_is_composed_of_its_own_values() {
    let test = "instances::every_request_is_composed_of_its_own_values";
    let Some(shared) = shared() else {
        return not_run(test, NO_SHARED);
    };
    let release = shared.join("wsdl/jxchange/R2024.1.03");
    let instances = instances(&release);
    let mut wrong = Vec::new();
    for (number, callable) in (SEED..).zip(instances.callables()) {
        let name = callable.full_name();
        for amount in [Amount::Least, Amount::Typical, Amount::Random] {
            let mut plan = Plan::new(amount);
            plan.elements = plan.elements.min(300);
            let drawn = instances.request(&name, &plan, &mut Random::seeded(number));
            let drawn = drawn.expect("drawn");
            let message = Message::read(drawn.as_bytes()).expect("well-formed");
            match instances.compose_request(&name, &Values::of(&message)) {
                Ok(composed) => {
                    let found = difference(&drawn, &composed);
                    wrong.extend(found.map(|difference| format!("{name}: {difference}")));
                }
                Err(error) => wrong.push(format!("{name}: {error}")),
            }
        }
    }
    let count = wrong.len();
    wrong.truncate(10);
    assert!(wrong.is_empty(), "{count}:\n{}", wrong.join("\n"));
}

/// Takes out, doubles, renames or empties one element.
fn spoil(document: &str, random: &mut Random) -> String {
    let starts: Vec<usize> = document
        .match_indices('<')
        .map(|(at, _)| at)
        .filter(|at| !document[at + 1..].starts_with('/') && *at > 0)
        .collect();
    let Some(at) = starts.get(random.next_u64() as usize % starts.len().max(1)) else {
        return document.to_owned();
    };
    let tag = &document[*at..];
    let close = tag.find('>').expect("a tag ends");
    let name: String = tag[1..]
        .chars()
        .take_while(|c| !matches!(c, ' ' | '>' | '/'))
        .collect();
    // What the security standards define is not judged here.
    if name.ends_with("Security") || name.ends_with("Assertion") {
        return document.to_owned();
    }
    let end = match tag[..close].ends_with('/') {
        true => close + 1,
        false => {
            let closing = format!("</{name}>");
            match tag.find(&closing) {
                // An element of its own name inside it would end too early.
                Some(end) if !tag[1..end].contains(&format!("<{name}")) => end + closing.len(),
                _ => return document.to_owned(),
            }
        }
    };
    let (before, element, after) = (&document[..*at], &tag[..end], &tag[end..]);
    match random.next_u64() % 4 {
        0 => format!("{before}{after}"),
        1 => format!("{before}{element}{element}{after}"),
        2 => {
            let (local, prefix) = match name.split_once(':') {
                Some((prefix, local)) => (local, format!("{prefix}:")),
                None => (name.as_str(), String::new()),
            };
            format!("{before}<{prefix}Not{local}/>{after}")
        }
        _ => format!("{before}<{name}>@@@</{name}>{after}"),
    }
}
