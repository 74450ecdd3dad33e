//! Rust names from schema names: the same name always gives the same result.
//!
//! Acronyms stay whole, since the schema's own spelling is what people search for: `ACHRetNOCSrch` stays, and its
//! field is `ach_ret_noc_srch`. A single small letter before a capital belongs to the word that follows:
//! `jXchangeHdr` is `jxchange_hdr`, `jXLogTrackingId` is `jx_log_tracking_id`.

use std::collections::BTreeSet;

/// A type name: the schema name with its first letter and each letter after a separator made large.
pub(crate) fn type_name(schema: &str) -> String {
    let mut name = String::with_capacity(schema.len());
    let mut large = true;
    for character in schema.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(if large {
                character.to_ascii_uppercase()
            } else {
                character
            });
            large = false;
        } else {
            push_other(&mut name, character);
            large = true;
        }
    }
    started(name, "T")
}

/// A field or module name: the words of the schema name in small letters with underscores between.
pub(crate) fn snake_name(schema: &str) -> String {
    let characters: Vec<char> = schema.chars().collect();
    let mut name = String::with_capacity(schema.len() + 8);
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_ascii_alphanumeric() {
            if !name.is_empty() && !name.ends_with('_') {
                name.push('_');
            }
            push_other(&mut name, character);
            continue;
        }
        let before = index.checked_sub(1).map(|index| characters[index]);
        let after = characters.get(index + 1).copied();
        if starts_word(before, character, after, index) && !name.is_empty() && !name.ends_with('_')
        {
            name.push('_');
        }
        name.push(character.to_ascii_lowercase());
    }
    started(name.trim_end_matches('_').to_owned(), "n")
}

/// Whether a capital opens a word: after a small letter or digit, or as the last capital before small letters.
fn starts_word(before: Option<char>, character: char, after: Option<char>, index: usize) -> bool {
    let Some(before) = before.filter(|_| character.is_ascii_uppercase()) else {
        return false;
    };
    if before.is_ascii_lowercase() {
        // `jX…`: the lone letter is no word.
        return index != 1;
    }
    before.is_ascii_digit()
        || (before.is_ascii_uppercase() && after.is_some_and(|after| after.is_ascii_lowercase()))
}

/// A constant's name: the words of a value in capitals, cut where nobody reads on.
pub(crate) fn constant_name(value: &str) -> String {
    const LONGEST: usize = 60;
    let start: String = value.chars().take(LONGEST).collect();
    snake_name(&start).to_ascii_uppercase()
}

/// A letter outside ASCII by its number; anything else parts words.
fn push_other(name: &mut String, character: char) {
    if character.is_alphanumeric() {
        name.push_str(&format!("u{:x}", u32::from(character)));
    }
}

/// A name that starts with a letter.
fn started(name: String, letter: &str) -> String {
    match name.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => name,
        _ => format!("{letter}{name}"),
    }
}

/// Names that are taken, in one scope.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taken(BTreeSet<String>);

impl Taken {
    /// A scope in which some names may not be used.
    pub(crate) fn reserving(names: &[&str]) -> Self {
        Self(names.iter().map(|name| (*name).to_owned()).collect())
    }

    /// Keeps a name from being taken; it may be kept already.
    pub(crate) fn reserve(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    /// Takes the first free name of the candidates, else the last with the first free number from 2.
    pub(crate) fn take(&mut self, candidates: &[String]) -> String {
        let free = candidates
            .iter()
            .find(|name| !self.0.contains(*name))
            .cloned();
        let last = candidates.last().map_or("", String::as_str);
        let name = free.unwrap_or_else(|| {
            let numbered = (2u32..).map(|number| format!("{last}{number}"));
            numbered
                .into_iter()
                .find(|name| !self.0.contains(name))
                .unwrap_or_default()
        });
        self.0.insert(name.clone());
        name
    }
}

/// Words that are no field or module names in any edition, and those that our modules use.
pub(crate) const KEYWORDS: [&str; 54] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "union", "unsafe", "unsized", "use", "virtual", "where", "while", "yield", "core", "std",
];

/// Names that no module may have for its file: Cargo gives them a meaning, or Windows does.
pub(crate) const FILES: [&str; 25] = [
    "aux", "bin", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "con",
    "lib", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9", "main", "nul",
    "prn",
];

/// Names that a module would hide from the code beside it.
pub(crate) const PRIMITIVES: [&str; 6] = ["bool", "castile_model", "i32", "i64", "shared", "str"];

/// Type names that generated modules use for something else.
pub(crate) const TYPES: [&str; 38] = [
    "Base64",
    "Box",
    "Clone",
    "Date",
    "DateTime",
    "Debug",
    "Decimal",
    "DecodeError",
    "Default",
    "Detail",
    "Effect",
    "EmptyBody",
    "Err",
    "Ext",
    "Field",
    "Integer",
    "Message",
    "NoFault",
    "None",
    "Ok",
    "Operation",
    "Option",
    "Other",
    "PartialEq",
    "Particle",
    "Raw",
    "Reader",
    "Result",
    "Scope",
    "Search",
    "Self",
    "Soap",
    "Some",
    "Struct",
    "Text",
    "Time",
    "Vec",
    "Writer",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_rule() {
        let cases = [
            ("AcctId", "AcctId", "acct_id"),
            ("ACHRetNOCSrch", "ACHRetNOCSrch", "ach_ret_noc_srch"),
            ("jXchangeHdr", "JXchangeHdr", "jxchange_hdr"),
            ("jXLogTrackingId", "JXLogTrackingId", "jx_log_tracking_id"),
            ("x_IdVerify", "XIdVerify", "x_id_verify"),
            ("FASB91Srch", "FASB91Srch", "fasb91_srch"),
            ("EmailAddr1", "EmailAddr1", "email_addr1"),
            ("ACH", "ACH", "ach"),
            ("FreeFormAddr/", "FreeFormAddr", "free_form_addr"),
            ("1st-try", "T1stTry", "n1st_try"),
            ("Gr\u{f6}\u{df}e", "Gruf6udfE", "gr_uf6_udfe"),
            ("\u{202e}evil\"#", "Evil", "evil"),
            ("", "T", "n"),
        ];
        for (schema, ty, snake) in cases {
            assert_eq!(
                (type_name(schema).as_str(), snake_name(schema).as_str()),
                (ty, snake),
                "{schema}"
            );
        }
    }

    #[test]
    fn constants_are_the_words_of_their_values() {
        let cases = [
            ("ReadOnly", "READ_ONLY"),
            ("MM-DD-YY", "MM_DD_YY"),
            ("wsse:InvalidSecurity", "WSSE_INVALID_SECURITY"),
            ("059", "N059"),
            ("\"#]\n", "N"),
        ];
        for (value, name) in cases {
            assert_eq!(constant_name(value), name, "{value}");
        }
        assert!(constant_name(&"Word".repeat(1000)).len() < 100);
    }

    #[test]
    fn taken_names_get_the_next_candidate_then_a_number() {
        let mut taken = Taken::reserving(&["Text"]);
        let names = ["Text".to_owned(), "TextType".to_owned()];
        assert_eq!(taken.take(&names), "TextType");
        assert_eq!(taken.take(&names), "TextType2");
        assert_eq!(taken.take(&names), "TextType3");
    }
}
