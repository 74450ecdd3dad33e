//! The vendor's contracts: each operation, each of its messages.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use castile_codegen::instance::{Amount, Instances, Plan, Random};
use castile_codegen::{Generator, ModelDependency};
use castile_tests::{NO_PYTHON, NO_SHARED, not_run, python, root, shared};

use super::canonical::difference;
use super::driver::{Direction, Driver, Probe};
use super::judge::{Case, judge};

pub(crate) const SEED: u64 = 20_241_003;

/// The release, or a note that the test did not run.
pub(crate) fn release(test: &str) -> Option<(PathBuf, PathBuf)> {
    let Some(python) = python() else {
        not_run(test, NO_PYTHON);
        return None;
    };
    let Some(shared) = shared() else {
        not_run(test, NO_SHARED);
        return None;
    };
    Some((python, shared.join("wsdl/jxchange/R2024.1.03")))
}

/// A driver of all services, built once for all tests here.
pub(crate) fn driver(release: &Path) -> &'static Driver {
    static DRIVER: OnceLock<Driver> = OnceLock::new();
    DRIVER.get_or_init(|| {
        let client = Generator::new()
            .wsdl(release)
            .crate_name("jxchange")
            .model_dependency(ModelDependency::Path(root().join("crates/model")))
            .generate()
            .expect("the contracts are read");
        Driver::build("contracts", &[("jxchange".to_owned(), client)])
    })
}

/// A seed of this run, which another run can be given as `CASTILE_SEED`.
pub(crate) fn seed_of_this_run() -> u64 {
    std::env::var("CASTILE_SEED").map_or_else(
        |_| {
            // Each hasher that the standard library makes is keyed at random.
            use std::hash::{BuildHasher as _, RandomState};
            RandomState::new().hash_one(0)
        },
        |seed| seed.parse().expect("CASTILE_SEED is a number"),
    )
}

/// Messages of each operation: the least, all, and random ones.
fn probes(instances: &Instances, seeds: &[u64]) -> Vec<Probe> {
    let mut probes = Vec::new();
    for operation in instances.operations() {
        for direction in [Direction::Request, Direction::Response, Direction::Fault] {
            let draw = match direction {
                Direction::Request => Instances::request,
                Direction::Response | Direction::Records => Instances::response,
                Direction::Fault => Instances::fault,
            };
            let mut add = |amount, seed| {
                let mut plan = Plan::new(amount);
                plan.elements = plan.elements.min(5_000);
                let message = draw(instances, &operation, &plan, &mut Random::seeded(seed));
                probes.push(Probe {
                    operation: operation.clone(),
                    direction,
                    message: message.expect("an instance"),
                    scope: Vec::new(),
                });
            };
            // All operations declare the same fault, so that it comes often enough without these.
            if direction != Direction::Fault {
                add(Amount::Least, SEED);
                add(Amount::Full, SEED);
                add(Amount::Random, SEED);
            }
            for seed in seeds {
                add(Amount::Random, *seed);
            }
        }
    }
    probes
}

#[test]
fn every_message_of_every_operation_survives_the_generated_code() {
    let test = "instances::every_message_of_every_operation_survives_the_generated_code";
    let Some((python, release)) = release(test) else {
        return;
    };
    let seed = seed_of_this_run();
    eprintln!("CASTILE_SEED={seed}");
    let instances = Instances::read([&release]).expect("the contracts are read");
    assert_eq!(instances.operations().len(), 568);
    let probes = probes(&instances, &[SEED + 1, seed]);
    let outcomes = driver(&release).run("operations", &probes);

    let label = |number: usize, what: &str| {
        let Probe {
            operation,
            direction,
            ..
        } = &probes[number];
        format!("{operation} {direction:?} {number} {what}")
    };
    let schema = |operation: &str| {
        let service = operation.split('.').next().expect("a service");
        release.join(format!("TPG_{service}Master.xsd"))
    };
    let mut wrong = Vec::new();
    let mut cases = Vec::new();
    for (number, (probe, outcome)) in probes.iter().zip(&outcomes).enumerate() {
        let mut case = |what, document| {
            cases.push(Case {
                schema: schema(&probe.operation),
                label: label(number, what),
                document,
            });
        };
        case("drawn", &probe.message);
        match &outcome.written {
            Ok(written) => {
                case("written", written);
                if let Some(difference) = difference(&probe.message, written) {
                    wrong.push(label(number, &difference));
                }
            }
            Err(error) => wrong.push(label(number, error)),
        }
    }
    // The judge can say no.
    let whole = cases.iter().find(|case| case.document.contains("<Ver_1/>"));
    let whole = whole.expect("a message with a marker");
    let spoilt = whole.document.replacen("<Ver_1/>", "", 1);
    let schema = whole.schema.clone();
    let label = "spoilt".to_owned();
    cases.push(Case {
        schema,
        label,
        document: &spoilt,
    });
    let mut verdict = judge(&python, "operations", &cases);
    let said = verdict.invalid.pop().unwrap_or_default();
    assert!(said.starts_with("spoilt"), "{said}");
    assert!(verdict.unusable.is_empty(), "{:?}", verdict.unusable);
    wrong.extend(verdict.invalid);
    let seen = wrong.iter().take(40).cloned().collect::<Vec<_>>();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        probes.len(),
        seen.join("\n")
    );
    assert_eq!(verdict.judged, 2 * probes.len() + 1);
}

#[test]
fn every_search_of_the_contract_is_read_record_by_record_as_it_is_as_a_whole() {
    let Some(shared) = shared() else {
        not_run(
            "instances::every_search_of_the_contract_is_read_record_by_record_as_it_is_as_a_whole",
            NO_SHARED,
        );
        return;
    };
    let release = shared.join("wsdl/jxchange/R2024.1.03");
    let instances = Instances::read([&release]).expect("the contracts are read");
    let driver = driver(&release);
    let mut probes = Vec::new();
    for operation in driver.searches() {
        for (amount, seed) in [
            (Amount::Least, SEED),
            (Amount::Full, SEED),
            (Amount::Random, SEED),
            (Amount::Random, SEED + 1),
        ] {
            let mut plan = Plan::new(amount);
            plan.elements = plan.elements.min(5_000);
            let message = instances.response(operation, &plan, &mut Random::seeded(seed));
            probes.push(Probe {
                operation: operation.clone(),
                direction: Direction::Records,
                message: message.expect("an instance"),
                scope: Vec::new(),
            });
        }
    }
    let outcomes = driver.run("records", &probes);
    let wrong = probes.iter().zip(&outcomes).filter_map(|(probe, outcome)| {
        let wrong = match &outcome.written {
            Ok(written) => difference(&probe.message, written)?,
            Err(error) => error.clone(),
        };
        Some(format!("{}: {wrong}", probe.operation))
    });
    let wrong: Vec<String> = wrong.collect();
    let seen = wrong.iter().take(20).cloned().collect::<Vec<_>>();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        probes.len(),
        seen.join("\n")
    );
    // The others have several arrays of records in one answer, or none.
    assert_eq!(driver.searches().len(), 114);
}
