//! The sample contract: whatever it allows, the vendor's contracts allow.

use castile_codegen::instance::{Amount, Instances, Plan, Random};
use castile_tests::root;

use super::contracts::{SEED, release, seed_of_this_run};
use super::judge::{Case, judge};

#[test]
fn every_message_of_the_sample_is_valid_in_the_release() {
    let test = "instances::every_message_of_the_sample_is_valid_in_the_release";
    let Some((python, release)) = release(test) else {
        return;
    };
    let seed = seed_of_this_run();
    eprintln!("CASTILE_SEED={seed}");
    let sample = root().join("wsdl/sample");
    let instances = Instances::read([&sample]).expect("the contract is read");
    let mut messages = Vec::new();
    for operation in instances.operations() {
        let service = operation.split('.').next().expect("a service").to_owned();
        for draw in [Instances::request, Instances::response, Instances::fault] {
            let mut add = |amount, seed: u64| {
                let plan = Plan::new(amount);
                let message = draw(&instances, &operation, &plan, &mut Random::seeded(seed));
                let label = format!("{operation} {amount:?} {seed}");
                messages.push((service.clone(), label, message.expect("an instance")));
            };
            for amount in [Amount::Least, Amount::Typical, Amount::Full] {
                add(amount, SEED);
            }
            for number in 0..20 {
                add(Amount::Random, SEED + number);
                add(Amount::Random, seed.wrapping_add(number));
            }
        }
    }
    assert_eq!(messages.len(), 11 * 3 * 43);
    let mut cases = Vec::new();
    for (service, label, document) in &messages {
        for (contract, name) in [(&sample, "sample"), (&release, "release")] {
            cases.push(Case {
                schema: contract.join(format!("TPG_{service}Master.xsd")),
                label: format!("{label} in the {name}"),
                document,
            });
        }
    }
    let verdict = judge(&python, "sample", &cases);
    assert!(verdict.invalid.is_empty(), "{:?}", verdict.invalid);
    assert_eq!((verdict.judged, verdict.unusable.len()), (cases.len(), 0));
}
