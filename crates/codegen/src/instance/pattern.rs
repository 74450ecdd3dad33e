//! Draws texts that match a pattern (XML Schema part 2, appendix F).

mod parse;

use super::random::Random;

/// A regular expression of XML Schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Pattern {
    branches: Vec<Vec<Piece>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Piece {
    atom: Atom,
    least: u32,
    /// `None` when there is no greatest number.
    most: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Atom {
    Set(Set),
    Group(Pattern),
}

/// Characters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Set {
    ranges: Vec<(char, char)>,
    negated: bool,
    /// What a class subtracts.
    without: Option<Box<Set>>,
}

/// How often a piece without upper bound is repeated at most beyond its least.
const REPEATS: u32 = 4;
/// The steps that matching may take before it gives up.
const STEPS: usize = 20_000;
/// The characters that a negated class is drawn from first.
const USUAL: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 _-.,:/@#";

impl Pattern {
    /// `None` when the expression is none, or beyond what is understood here.
    pub(super) fn parse(text: &str) -> Option<Self> {
        parse::pattern(text)
    }

    /// A text that matches.
    pub(super) fn draw(&self, random: &mut Random, into: &mut String) {
        for piece in random.pick(&self.branches).into_iter().flatten() {
            let most = piece.most.unwrap_or(piece.least.saturating_add(REPEATS));
            let most = most.min(piece.least.saturating_add(REPEATS * 4));
            let count = random.between(piece.least.into(), most.max(piece.least).into());
            for _ in 0..count.min(10_000) {
                match &piece.atom {
                    Atom::Set(set) => into.extend(set.draw(random)),
                    Atom::Group(group) => group.draw(random, into),
                }
            }
        }
    }

    /// Whether a text matches as a whole; no, when finding out would take too long.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut steps = 0;
        self.ends(&text, 0, &mut steps).contains(&text.len())
    }

    /// Where matches that start at `from` may end.
    fn ends(&self, text: &[char], from: usize, steps: &mut usize) -> Vec<usize> {
        let mut ends = Vec::new();
        for branch in &self.branches {
            let mut here = vec![from];
            for piece in branch {
                here = piece.ends(text, here, steps);
            }
            ends.extend(here);
        }
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

impl Piece {
    fn ends(&self, text: &[char], from: Vec<usize>, steps: &mut usize) -> Vec<usize> {
        let mut ends = if self.least == 0 {
            from.clone()
        } else {
            Vec::new()
        };
        let mut here = from;
        let mut count = 0;
        while !here.is_empty() && self.most.is_none_or(|most| count < most) {
            let mut next: Vec<usize> = Vec::new();
            for at in here {
                *steps += 1;
                if *steps > STEPS {
                    return Vec::new();
                }
                match &self.atom {
                    Atom::Set(set) => {
                        next.extend(text.get(at).filter(|c| set.contains(**c)).map(|_| at + 1));
                    }
                    Atom::Group(group) => next.extend(group.ends(text, at, steps)),
                }
            }
            next.sort_unstable();
            next.dedup();
            count += 1;
            if count >= self.least {
                // What was reached before leads nowhere new.
                next.retain(|at| count == self.least || !ends.contains(at));
                ends.extend(&next);
            }
            here = next;
        }
        ends.sort_unstable();
        ends.dedup();
        ends
    }
}

impl Set {
    fn contains(&self, c: char) -> bool {
        let listed = self.ranges.iter().any(|&(a, b)| (a..=b).contains(&c));
        listed != self.negated && !self.without.as_ref().is_some_and(|set| set.contains(c))
    }

    fn draw(&self, random: &mut Random) -> Option<char> {
        let usual: Vec<char> = USUAL.chars().filter(|c| self.contains(*c)).collect();
        if self.negated || (!usual.is_empty() && random.chance(70)) {
            return random.pick(&usual).copied();
        }
        for _ in 0..50 {
            let Some(&(a, b)) = random.pick(&self.ranges) else {
                break;
            };
            let drawn = random.between(u32::from(a).into(), u32::from(b).into());
            let drawn = u32::try_from(drawn).ok().and_then(char::from_u32);
            if let Some(c) = drawn.filter(|c| self.contains(*c) && is_xml(*c)) {
                return Some(c);
            }
        }
        random.pick(&usual).copied()
    }
}

/// Whether XML 1.0 has the character (production Char).
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_matches() {
        let mut random = Random::seeded(3);
        for text in [
            "[A-Z]{3}",
            "\\d{5}(-\\d{4})?",
            "(a|b|cd)*",
            "[^<>]+",
            "\\i\\c*",
            "[\\w\\-.]+@[\\w.]+",
            "[a-z-[aeiou]]{4}",
            "\\p{Lu}\\p{Ll}+",
            "P\\{T\\}\\S.x",
            "0x[0-9a-fA-F]+|none",
            "",
            "(([0-9]{1,3}\\.){3}[0-9]{1,3})",
        ] {
            let pattern = Pattern::parse(text).expect(text);
            for _ in 0..50 {
                let mut drawn = String::new();
                pattern.draw(&mut random, &mut drawn);
                assert!(pattern.matches(&drawn), "{text}: {drawn:?}");
            }
        }
    }

    #[test]
    fn the_whole_text_must_match() {
        let matches = |pattern: &str, text: &str| Pattern::parse(pattern).unwrap().matches(text);
        assert!(matches("a{2,3}", "aaa"));
        assert!(!matches("a{2,3}", "aaaa"));
        assert!(!matches("a|b", "ab"));
        assert!(matches("(a*)*b", "aaaab"));
        // Exponential for a matcher that goes back, bounded here.
        assert!(!matches("(a*)*b", &"a".repeat(200)));
        assert!(!matches("[a-z-[aeiou]]", "e"));
    }

    #[test]
    fn what_is_no_expression_is_told() {
        for text in ["(", "[a", "a{2", "*", "\\", "[z-a]", "a{3,2}", "\\p{Xx}"] {
            assert_eq!(Pattern::parse(text), None, "{text}");
        }
        assert_eq!(Pattern::parse(&"(".repeat(100_000)), None);
    }
}
