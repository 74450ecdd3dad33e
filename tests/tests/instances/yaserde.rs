//! A client with `--derive yaserde`: programs that speak yaserde read and write the same messages.

use castile_codegen::instance::{Amount, Instances, Plan, Random};
use castile_codegen::{Generator, ModelDependency};
use castile_tests::root;

use super::canonical::difference;
use super::contracts::SEED;
use super::driver::{Direction, Driver, Probe};

#[test]
fn what_yaserde_reads_castile_writes_and_the_other_way_round() {
    let sample = root().join("wsdl/sample");
    let client = Generator::new()
        .wsdl(&sample)
        .crate_name("sample")
        .model_dependency(ModelDependency::Path(root().join("crates/model")))
        .yaserde(true)
        .generate()
        .expect("the contract is read");
    let program = include_str!("../../peers/yaserde/main.rs");
    let clients = [("sample".to_owned(), client)];
    let driver = Driver::build_from("yaserde", &clients, program, "yaserde = \"0.13\"\n");
    let instances = Instances::read([&sample]).expect("the contract is read");
    let mut probes = Vec::new();
    for operation in instances.operations() {
        for (direction, draw) in [
            (
                Direction::Request,
                Instances::request as fn(&_, &_, &_, &mut _) -> _,
            ),
            (Direction::Response, Instances::response),
            (Direction::Fault, Instances::fault),
        ] {
            // No random texts: yaserde's reader cuts white space at both ends of each.
            for amount in [Amount::Least, Amount::Typical, Amount::Full] {
                let plan = Plan::new(amount);
                let message = draw(&instances, &operation, &plan, &mut Random::seeded(SEED));
                let message: String = message.expect("an instance");
                probes.push(Probe {
                    operation: operation.clone(),
                    direction,
                    message,
                    scope: Vec::new(),
                });
            }
        }
    }
    assert!(
        probes
            .iter()
            .any(|probe| probe.message.contains("<Ver_3/>"))
    );
    for (probe, outcome) in probes.iter().zip(driver.run("messages", &probes)) {
        let written = outcome.written.expect("both read it");
        let (there, back) = written.split_once('\n').expect("two documents");
        let said = || format!("{} {:?}", probe.operation, probe.direction);
        assert_eq!(difference(&probe.message, there), None, "{}", said());
        assert_eq!(difference(&probe.message, back), None, "{}", said());
    }
}
