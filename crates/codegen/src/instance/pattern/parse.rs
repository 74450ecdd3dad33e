//! Reads the regular expressions of XML Schema.

use std::iter::Peekable;
use std::str::Chars;

use super::{Atom, Pattern, Piece, Set};

/// Groups and classes inside each other.
const DEPTH: usize = 50;

/// `None` when the text is no expression, or beyond what is understood here.
pub(super) fn pattern(text: &str) -> Option<Pattern> {
    let mut parser = Parser {
        rest: text.chars().peekable(),
        depth: 0,
    };
    let pattern = parser.branches()?;
    parser.rest.peek().is_none().then_some(pattern)
}

struct Parser<'a> {
    rest: Peekable<Chars<'a>>,
    depth: usize,
}

impl Parser<'_> {
    fn eat(&mut self, c: char) -> bool {
        self.rest.next_if_eq(&c).is_some()
    }

    fn branches(&mut self) -> Option<Pattern> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let mut branches = vec![self.branch()?];
        while self.eat('|') {
            branches.push(self.branch()?);
        }
        self.depth -= 1;
        Some(Pattern { branches })
    }

    fn branch(&mut self) -> Option<Vec<Piece>> {
        let mut pieces = Vec::new();
        while let Some(c) = self.rest.next_if(|c| !matches!(c, '|' | ')')) {
            let atom = match c {
                '(' => {
                    let group = self.branches()?;
                    self.eat(')').then_some(Atom::Group(group))?
                }
                '[' => Atom::Set(self.class()?),
                '\\' => Atom::Set(self.escape()?),
                '.' => Atom::Set(Set {
                    ranges: vec![('\n', '\n'), ('\r', '\r')],
                    negated: true,
                    without: None,
                }),
                '*' | '+' | '?' | '{' | '}' | ']' => return None,
                c => Atom::Set(single(c)),
            };
            let (least, most) = self.quantifier()?;
            pieces.push(Piece { atom, least, most });
        }
        Some(pieces)
    }

    fn quantifier(&mut self) -> Option<(u32, Option<u32>)> {
        if self.eat('*') {
            return Some((0, None));
        }
        if self.eat('+') {
            return Some((1, None));
        }
        if self.eat('?') {
            return Some((0, Some(1)));
        }
        if !self.eat('{') {
            return Some((1, Some(1)));
        }
        let least = self.number()?;
        let most = if !self.eat(',') {
            Some(least)
        } else if self.rest.peek() == Some(&'}') {
            None
        } else {
            Some(self.number()?)
        };
        let sound = self.eat('}') && most.is_none_or(|most| least <= most);
        sound.then_some((least, most))
    }

    fn number(&mut self) -> Option<u32> {
        let mut digits = String::new();
        while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
            digits.push(digit);
        }
        digits.parse().ok()
    }

    /// A class, its opening bracket read already.
    fn class(&mut self) -> Option<Set> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let negated = self.eat('^');
        let mut set = Set {
            negated,
            ..Set::default()
        };
        loop {
            let low = match self.rest.next()? {
                ']' => break,
                '-' if self.rest.peek() == Some(&'[') && !set.ranges.is_empty() => {
                    self.rest.next();
                    set.without = Some(Box::new(self.class()?));
                    self.eat(']').then_some(())?;
                    break;
                }
                '\\' => {
                    let escaped = self.escape()?;
                    match escaped.ranges.as_slice() {
                        [(a, b)] if a == b && !escaped.negated => *a,
                        // A class inside a class; a negated one has no ranges to add.
                        ranges if !escaped.negated => {
                            set.ranges.extend(ranges);
                            continue;
                        }
                        _ => {
                            set.ranges.extend(complement(&escaped.ranges));
                            continue;
                        }
                    }
                }
                '[' => return None,
                c => c,
            };
            let mut ahead = self.rest.clone();
            let is_range = ahead.next() == Some('-') && !matches!(ahead.next(), Some(']' | '['));
            let high = if is_range {
                self.rest.next();
                match self.rest.next()? {
                    '\\' => self.escape()?.ranges.first()?.0,
                    c => c,
                }
            } else {
                low
            };
            if high < low {
                return None;
            }
            set.ranges.push((low, high));
        }
        self.depth -= 1;
        (!set.ranges.is_empty()).then_some(set)
    }

    /// An escape, its backslash read already.
    fn escape(&mut self) -> Option<Set> {
        let escape = self.rest.next()?;
        let name = [
            (':', ':'),
            ('A', 'Z'),
            ('_', '_'),
            ('a', 'z'),
            ('\u{c0}', '\u{d6}'),
            ('\u{d8}', '\u{f6}'),
        ];
        let space = [(' ', ' '), ('\t', '\t'), ('\n', '\n'), ('\r', '\r')];
        let word = [
            ('0', '9'),
            ('A', 'Z'),
            ('a', 'z'),
            ('\u{c0}', '\u{d6}'),
            ('\u{d8}', '\u{f6}'),
        ];
        let mut ranges = match escape.to_ascii_lowercase() {
            'n' => return Some(single('\n')),
            'r' => return Some(single('\r')),
            't' => return Some(single('\t')),
            'd' => vec![('0', '9')],
            's' => space.to_vec(),
            'w' => word.to_vec(),
            'i' => name.to_vec(),
            'c' => [&name[..], &[('-', '.'), ('0', '9'), ('\u{b7}', '\u{b7}')]].concat(),
            'p' => self.property()?,
            c if c.is_ascii_alphanumeric() => return None,
            _ => return Some(single(escape)),
        };
        ranges.sort_unstable();
        Some(Set {
            ranges,
            negated: escape.is_ascii_uppercase(),
            without: None,
        })
    }

    /// The name of a category or block, as the part of it that Latin script has.
    fn property(&mut self) -> Option<Vec<(char, char)>> {
        self.eat('{').then_some(())?;
        let mut name = String::new();
        while let Some(c) = self.rest.next_if(|c| *c != '}') {
            name.push(c);
        }
        self.eat('}').then_some(())?;
        Some(match name.as_str() {
            "L" => vec![('A', 'Z'), ('a', 'z')],
            "Lu" => vec![('A', 'Z')],
            "Ll" => vec![('a', 'z')],
            "N" | "Nd" => vec![('0', '9')],
            "P" => vec![
                ('!', '#'),
                ('%', '*'),
                (',', '/'),
                (':', ';'),
                ('?', '@'),
                ('[', ']'),
                ('_', '_'),
            ],
            "Pd" => vec![('-', '-')],
            "Pc" => vec![('_', '_')],
            "S" => vec![
                ('$', '$'),
                ('+', '+'),
                ('<', '>'),
                ('^', '^'),
                ('|', '|'),
                ('~', '~'),
            ],
            "Sc" => vec![('$', '$')],
            "Z" | "Zs" => vec![(' ', ' ')],
            "C" | "Cc" => vec![('\t', '\n')],
            "IsBasicLatin" => vec![(' ', '~')],
            "IsLatin-1Supplement" => vec![('\u{a0}', '\u{ff}')],
            _ => return None,
        })
    }
}

fn single(c: char) -> Set {
    Set {
        ranges: vec![(c, c)],
        ..Set::default()
    }
}

/// What the ranges leave out, which must be in order.
fn complement(ranges: &[(char, char)]) -> Vec<(char, char)> {
    let mut found = Vec::new();
    let mut from = 0_u32;
    for &(a, b) in ranges {
        if let (Some(low), Some(high)) = (
            char::from_u32(from),
            u32::from(a).checked_sub(1).and_then(char::from_u32),
        ) && low <= high
        {
            found.push((low, high));
        }
        from = u32::from(b) + 1;
    }
    if let Some(low) = char::from_u32(from) {
        found.push((low, char::MAX));
    }
    found
}
