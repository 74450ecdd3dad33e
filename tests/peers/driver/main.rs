//! Reads messages into generated types and writes them again: `driver ASKED ANSWERED`.

use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Read, Write};

use castile_model::{
    Ext, Message, Operation, Reader, RecordLimits, RecordReader, Scope, Search, Struct, Writer,
    decode, encode,
};

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
        let trip = match direction {
            3 => search(operation),
            direction => trips(operation)[direction],
        };
        let (written, warnings) = trip(&message[..length], &scope);
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

fn search(operation: &str) -> Trip {
    match operation {
        // searches
        other => panic!("no search {other}"),
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

/// Reads a response record by record, and puts the records back into what is left of it.
fn records<O: Search>(message: &[u8], scope: &Scope) -> Outcome {
    let found = read_records::<O>(message, scope);
    (found.map_err(|error| error.to_string()), 0)
}

fn read_records<O: Search>(
    message: &[u8],
    scope: &Scope,
) -> Result<String, Box<dyn std::error::Error>> {
    const END: &str = "</s:Body></s:Envelope>";
    let soap = "http://schemas.xmlsoap.org/soap/envelope/";
    let mut envelope = format!("<s:Envelope xmlns:s=\"{soap}\"><s:Body>").into_bytes();
    let head = envelope.len();
    envelope.extend_from_slice(message);
    envelope.extend_from_slice(END.as_bytes());
    let mut reader = RecordReader::<O>::new(RecordLimits::default());
    let mut records = Vec::new();
    for chunk in envelope.chunks(61) {
        reader.push(chunk);
        while let Some(record) = reader.record()? {
            records.push(record);
        }
    }
    let rest = reader.finish()?;
    let rest = &rest[head..rest.len() - END.len()];
    let rest = encode(&decode::<O::Response>(rest, scope)?.value)?;
    if records.is_empty() {
        return Ok(rest);
    }
    let records = encode(&Only::<O> {
        records,
        ext: Ext::default(),
    })?;
    let (from, to) = (
        records.find('>').expect("a root"),
        records.rfind('<').expect("its end"),
    );
    let records = &records[from + 1..to];
    let array = O::RECORDS[0];
    let tag = format!("<{array}");
    let mut starts = rest.match_indices(&tag).map(|(at, tag)| at + tag.len());
    let start = starts
        .find(|at| rest[*at..].starts_with([' ', '>', '/']))
        .expect("the array");
    let end = start + rest[start..].find('>').expect("the end of its tag");
    Ok(match rest[..end].strip_suffix('/') {
        Some(open) => format!("{open}>{records}</{array}{}", &rest[end..]),
        None => format!("{}>{records}{}", &rest[..end], &rest[end + 1..]),
    })
}

/// Records without what they stand in.
struct Only<O: Search> {
    records: Vec<O::Record>,
    ext: Ext,
}

impl<O: Search> Default for Only<O> {
    fn default() -> Self {
        Self {
            records: Vec::new(),
            ext: Ext::default(),
        }
    }
}

impl<O: Search> Struct for Only<O> {
    fn read(&mut self, _: &mut Reader<'_>) {}

    fn write(&self, w: &mut Writer) {
        w.put(O::RECORDS[1], &self.records);
    }

    fn ext(&self) -> &Ext {
        &self.ext
    }

    fn ext_mut(&mut self) -> &mut Ext {
        &mut self.ext
    }
}

impl<O: Search> Message for Only<O> {
    const NAMESPACE: &'static str = <O::Response as Message>::NAMES;
    const ELEMENT: &'static str = "Only";
}
