//! No secret and no customer value is in any log at TRACE, any `Debug` or any error, on the whole way.

mod answers;
mod configuration;
mod forms;
mod message;
mod proxy;
mod users;
mod witness;
mod world;

use forms::Canary;
use witness::Witness;
use world::World;

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_and_no_customer_value_is_ever_printed() {
    let mut witness = Witness::install();
    let mut world = World::open().await;

    message::cut_and_opened(&world, &mut witness);
    configuration::refused(&mut world, &mut witness);
    world.take_token(&mut witness).await;
    answers::typed(&world, &mut witness).await;
    answers::odd(&world, &mut witness).await;
    answers::of_the_token_endpoint(&mut world, &mut witness).await;
    proxy::old_clients(&world, &mut witness).await;
    users::signed_in(&mut world, &mut witness).await;
    world.show(&mut witness);

    // The witness is awake: it hears our own crates and the libraries below, and would see a canary.
    // hyper is silent unless it is built with an unstable switch; its clients' and servers' halves are in hyper_util.
    let log = witness.log();
    for target in [
        "castile_http",
        "castile_auth",
        "castile_proxy",
        "hyper_util",
        "reqwest",
    ] {
        assert!(
            log.contains(&format!(" {target}::")),
            "nothing heard of {target}"
        );
    }
    let slip = "deliberate/slip+of&tongue";
    let deliberate = [Canary::new("a slip", slip)];
    assert!(witness.sightings(&deliberate).is_empty());
    tracing::trace!(value = slip, "on purpose");
    witness.debug("a struct", &Some(slip));
    let seen = witness.sightings(&deliberate);
    assert!(
        seen.contains(&"a slip (raw) in the log of canary".to_owned()),
        "{seen:?}"
    );
    assert!(
        seen.contains(&"a slip (raw) in a struct".to_owned()),
        "{seen:?}"
    );

    let sightings = witness.sightings(world.canaries());
    assert!(sightings.is_empty(), "{sightings:#?}");
}
