//! Contracts of others: messages drawn from them go through generated code, too.

use std::path::{Path, PathBuf};

use castile_codegen::instance::{Amount, Instances, Plan, Random};
use castile_codegen::{Error, Generator, ModelDependency, Output};
use castile_tests::{NO_PYTHON, NO_SHARED, not_run, python, root, shared};

use super::canonical::difference;
use super::contracts::{SEED, seed_of_this_run};
use super::driver::{Direction, Driver, Probe};
use super::judge::{Case, judge};

/// Operations of one contract that take part: enough to meet its types, few enough to build in time.
const OPERATIONS: usize = 12;

/// A contract that takes part.
struct Contract {
    /// Its name as a crate.
    name: String,
    path: PathBuf,
    instances: Instances,
    operations: Vec<String>,
}

#[test]
fn messages_of_foreign_contracts_survive_the_generated_code() {
    let test = "instances::messages_of_foreign_contracts_survive_the_generated_code";
    let Some(python) = python() else {
        return not_run(test, NO_PYTHON);
    };
    let Some(shared) = shared() else {
        return not_run(test, NO_SHARED);
    };
    let seed = seed_of_this_run();
    eprintln!("CASTILE_SEED={seed}");
    let mut contracts = Vec::new();
    let mut clients = Vec::new();
    for path in self_contained(&shared.join("wsdl/corpus")) {
        let name = format!("c{:02}", contracts.len());
        let Ok(instances) = Instances::read([&path]) else {
            continue;
        };
        let operations = drawable(&instances);
        let Some((operations, client)) = client(&path, &name, operations) else {
            continue;
        };
        clients.push((name.clone(), client));
        contracts.push(Contract {
            name,
            path,
            instances,
            operations,
        });
    }
    let driver = Driver::build("corpus", &clients);

    let mut probes = Vec::new();
    let mut schemas = Vec::new();
    for contract in &contracts {
        for operation in &contract.operations {
            let known = format!("{}/{operation}", contract.name);
            for direction in [Direction::Request, Direction::Response, Direction::Fault] {
                if direction == Direction::Fault && !driver.has_fault(&known) {
                    continue;
                }
                // An empty body has no message; one way, there is no answer.
                if direction != Direction::Fault
                    && !can_be_drawn(&contract.instances, operation, direction)
                {
                    continue;
                }
                for (amount, seed) in [
                    (Amount::Least, SEED),
                    (Amount::Full, SEED),
                    (Amount::Random, SEED),
                    (Amount::Random, seed),
                ] {
                    let drawn = draw(&contract.instances, operation, direction, amount, seed);
                    probes.push(Probe {
                        operation: known.clone(),
                        direction,
                        message: drawn.expect("an instance"),
                        scope: Vec::new(),
                    });
                    schemas.push(&contract.path);
                }
            }
        }
    }
    let outcomes = driver.run("corpus", &probes);
    let mut wrong = Vec::new();
    let mut cases = Vec::new();
    for ((probe, outcome), schema) in probes.iter().zip(&outcomes).zip(&schemas) {
        let of = format!(
            "{} {:?} of {}",
            probe.operation,
            probe.direction,
            schema.display()
        );
        let mut case = |what, document| {
            cases.push(Case {
                schema: schema.to_path_buf(),
                label: format!("{of}, {what}"),
                document,
            });
        };
        case("drawn", &probe.message);
        match &outcome.written {
            Ok(written) => {
                case("written", written);
                let found = difference(&probe.message, written);
                wrong.extend(found.map(|difference| format!("{of}: {difference}")));
            }
            Err(error) => wrong.push(format!("{of}: {error}")),
        }
    }
    let verdict = judge(&python, "corpus", &cases);
    wrong.extend(verdict.invalid);
    let seen = wrong
        .iter()
        .take(40)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n");
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{seen}",
        wrong.len(),
        probes.len()
    );
    let judged = contracts.len() - verdict.unusable.len();
    eprintln!("{} messages of {judged} contracts", probes.len());
    assert!(judged >= 30, "{judged} contracts: {:?}", verdict.unusable);
}

/// The contracts that are sound and whole, by the index of the corpus.
fn self_contained(corpus: &Path) -> Vec<PathBuf> {
    let index = std::fs::read_to_string(corpus.join("INDEX.csv")).expect("an index");
    let mut lines = index.lines();
    let heads: Vec<&str> = lines.next().expect("a head").split(',').collect();
    let column = |name| heads.iter().position(|head| *head == name).expect(name);
    let (path, kind, whole) = (column("path"), column("kind"), column("self_contained"));
    let mut found = Vec::new();
    for line in lines {
        let fields: Vec<&str> = line.split(',').collect();
        // Its messages hold signatures, of which only a minimal example is drawn.
        let is_signed = fields[path].ends_with("/xkms.wsdl");
        if fields[kind] == "positive" && fields[whole] == "yes" && !is_signed {
            found.push(corpus.join(fields[path]));
        }
    }
    found
}

/// The first operations whose messages can be drawn.
fn drawable(instances: &Instances) -> Vec<String> {
    let mut operations = instances.operations();
    operations.retain(|operation| {
        [Direction::Request, Direction::Response]
            .iter()
            .any(|direction| can_be_drawn(instances, operation, *direction))
    });
    operations.truncate(OPERATIONS);
    operations
}

fn can_be_drawn(instances: &Instances, operation: &str, direction: Direction) -> bool {
    draw(instances, operation, direction, Amount::Least, SEED).is_ok()
}

/// A client of the operations, of those that code can be made for.
fn client(path: &Path, name: &str, operations: Vec<String>) -> Option<(Vec<String>, Output)> {
    let generate = |operations: &[String]| -> Result<Output, Error> {
        Generator::new()
            .wsdl(path)
            .ops(operations)
            .crate_name(name)
            .model_dependency(ModelDependency::Path(root().join("crates/model")))
            .generate()
    };
    if operations.is_empty() {
        return None;
    }
    if let Ok(client) = generate(&operations) {
        return Some((operations, client));
    }
    let mut operations = operations;
    operations.retain(|operation| generate(std::slice::from_ref(operation)).is_ok());
    let client = (!operations.is_empty()).then(|| generate(&operations))?;
    Some((operations, client.ok()?))
}

fn draw(
    instances: &Instances,
    operation: &str,
    direction: Direction,
    amount: Amount,
    seed: u64,
) -> Result<String, Error> {
    let mut plan = Plan::new(amount);
    plan.elements = plan.elements.min(300);
    let random = &mut Random::seeded(seed);
    match direction {
        Direction::Request => instances.request(operation, &plan, random),
        Direction::Response | Direction::Records => instances.response(operation, &plan, random),
        Direction::Fault => instances.fault(operation, &plan, random),
    }
}
