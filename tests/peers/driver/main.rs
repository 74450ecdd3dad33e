//! Reads messages into generated types and writes them again: `driver ASKED ANSWERED`.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use castile_model::{Message, Operation, Scope, decode, encode};

/// What was written, or why nothing was; and the number of warnings.
type Outcome = (Result<String, String>, usize);
type Trip = fn(&[u8], &Scope) -> Outcome;

fn main() {
    let mut arguments = std::env::args_os().skip(1);
    let asked = File::open(arguments.next().expect("ASKED")).expect("a file");
    let mut asked = BufReader::new(asked);
    let answered = File::create(arguments.next().expect("ANSWERED")).expect("a file");
    let mut answered = BufWriter::new(answered);
    let mut head = String::new();
    while asked.read_line(&mut head).expect("a line") > 0 {
        let mut words = head.trim_end_matches('\n').split('\t');
        let operation = words.next().expect("an operation");
        let direction: usize = words
            .next()
            .expect("a direction")
            .parse()
            .expect("a number");
        let length: usize = words.next().expect("a length").parse().expect("a number");
        let scope: Scope = words.filter_map(|word| word.split_once('=')).collect();
        let mut message = vec![0; length + 1];
        asked.read_exact(&mut message).expect("a message");
        let (written, warnings) = trips(operation)[direction](&message[..length], &scope);
        let (ok, text) = match written {
            Ok(text) => (1, text),
            Err(text) => (0, text),
        };
        writeln!(answered, "{ok}\t{warnings}\t{}\n{text}", text.len()).expect("written");
        head.clear();
    }
    answered.flush().expect("written");
}

fn trips(operation: &str) -> [Trip; 3] {
    match operation {
        // arms
        other => panic!("no operation {other}"),
    }
}

fn of<O: Operation, F: Message>() -> [Trip; 3] {
    [trip::<O>, trip::<O::Response>, trip::<F>]
}

fn trip<T: Message>(message: &[u8], scope: &Scope) -> Outcome {
    let read = match decode::<T>(message, scope) {
        Ok(read) => read,
        Err(error) => return (Err(format!("{}: {error}", error.code())), 0),
    };
    let warnings = read.warnings().len();
    let written = encode(&read.value).map_err(|error| format!("{}: {error}", error.code()));
    (written, warnings)
}
