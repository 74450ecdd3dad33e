//! `castile contract sample`: a message that is valid by the schema of its contract.

use castile_codegen::instance::{Amount, Instances, Plan, Random};
use castile_envelope::{Wrap, wrap};

use crate::args::Sample;
use crate::output;
use crate::problem::{Exit, Problem};

pub(super) fn run(arguments: &Sample) -> Result<Exit, Problem> {
    let instances = Instances::read_with(&arguments.from.contract, &arguments.from.catalog);
    let instances = instances.map_err(Problem::contract)?;
    let amount = match arguments {
        _ if arguments.full => Amount::Full,
        _ if arguments.least => Amount::Least,
        _ if arguments.random => Amount::Random,
        _ => Amount::Typical,
    };
    let mut plan = Plan::new(amount);
    // White space would change a random message, of which the texts are the point.
    plan.indent = !arguments.random;
    let draw = match arguments {
        _ if arguments.response => Instances::response,
        _ if arguments.fault => Instances::fault,
        _ => Instances::request,
    };
    let mut random = Random::seeded(arguments.seed);
    let message = draw(&instances, &arguments.operation, &plan, &mut random);
    let message = message.map_err(Problem::contract)?;
    if arguments.body {
        output::line(message)?;
        return Ok(Exit::Done);
    }
    let payload = if arguments.fault {
        // The prefix is that of the envelope.
        format!(
            "<soap:Fault><faultcode>soap:Server</faultcode><faultstring>sample</faultstring>\
             <detail>{message}</detail></soap:Fault>"
        )
    } else {
        message
    };
    let envelope = wrap(payload.as_bytes(), &Wrap::default());
    let envelope = envelope.map_err(|refusal| Problem::new(refusal.code(), &refusal))?;
    output::line(String::from_utf8_lossy(&envelope))?;
    Ok(Exit::Done)
}
