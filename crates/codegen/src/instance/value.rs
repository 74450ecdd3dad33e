//! Draws a text of a simple type.

mod builtin;
mod check;
mod lexical;

use super::Plan;
use super::random::Random;
use super::simple::{Facets, Simple, Variety};

pub(super) use lexical::is_valid;

/// How often a text is drawn anew until all facets hold.
const TRIES: usize = 400;

/// A text of the type; `None` when none was found that satisfies all its facets.
pub(super) fn draw(simple: &Simple, plan: &Plan, random: &mut Random) -> Option<String> {
    let facets = &simple.facets;
    if !facets.values.is_empty() {
        let sound: Vec<&String> = facets
            .values
            .iter()
            .filter(|value| check::holds(simple, value))
            .collect();
        return if plan.is_random() {
            random.pick(&sound).map(|value| (*value).clone())
        } else {
            sound.first().map(|value| (*value).clone())
        };
    }
    (0..TRIES)
        .map(|_| candidate(simple, plan, random))
        .find_map(|text| text.filter(|text| check::holds(simple, text)))
}

fn candidate(simple: &Simple, plan: &Plan, random: &mut Random) -> Option<String> {
    match &simple.variety {
        Variety::Atomic(local) => match simple.facets.patterns.last() {
            Some(patterns) => {
                let mut text = String::new();
                random.pick(patterns)?.draw(random, &mut text);
                Some(text)
            }
            None => Some(builtin::draw(local, &simple.facets, plan, random)),
        },
        Variety::List(item) => {
            let (least, most) = lengths(&simple.facets, 3);
            let least = if plan.is_random() {
                least
            } else {
                least.max(1)
            };
            let count = random.between(least as i128, most.max(least) as i128);
            let items: Option<Vec<String>> = (0..count).map(|_| draw(item, plan, random)).collect();
            Some(items?.join(" "))
        }
        Variety::Union(members) => {
            let member = if plan.is_random() {
                random.pick(members)
            } else {
                members.first()
            };
            draw(member?, plan, random)
        }
    }
}

/// The least and the greatest length, at most `more` apart.
fn lengths(facets: &Facets, more: usize) -> (usize, usize) {
    let least = facets.least_length.unwrap_or(0).min(100_000);
    let most = facets.most_length.unwrap_or(usize::MAX);
    (least, most.min(least + more))
}

#[cfg(test)]
mod tests;
