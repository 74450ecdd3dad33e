//! What a note in the journal costs a write: alone, and with many at once.

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use castile_http::journal::{Note, Outcome, WriteLog as _, read};
use castile_http::{JournalFile, SystemClock};
use criterion::{Criterion, criterion_group, criterion_main};
use tokio::runtime::Builder;

fn note() -> Note {
    let mut note = Note::default();
    note.profile = Some("first-bank".into());
    note.operation = Some("XferAdd".to_owned());
    note.tracking_id = Some("5f0c5e1e-6d8a-4b1f-9d5a-0a1b2c3d4e5f".to_owned());
    note.attempt = 1;
    note
}

fn journal(criterion: &mut Criterion) {
    let runtime = Builder::new_multi_thread()
        .worker_threads(2)
        .build()
        .expect("a runtime");
    // Where the temporary files lie, the disk decides.
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("writes.journal");
    let journal = JournalFile::new(&path, Arc::new(SystemClock)).expect("a journal");
    let journal = Arc::new(journal);
    for at_once in [1_u64, 64] {
        let name = format!("a write, {at_once} at once");
        criterion.bench_function(&name, |bencher| {
            bencher.iter_custom(|count| {
                #[allow(clippy::disallowed_methods, reason = "a benchmark")]
                let begun = Instant::now();
                runtime.block_on(async {
                    let tasks: Vec<_> = (0..at_once)
                        .map(|_| {
                            let journal = Arc::clone(&journal);
                            tokio::spawn(async move {
                                for _ in 0..count {
                                    let id = journal.begin(black_box(note())).await.expect("noted");
                                    journal.end(id, Outcome::Done, None);
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.expect("no panic");
                    }
                });
                begun.elapsed() / u32::try_from(at_once).expect("few")
            });
        });
    }
    drop(journal);
    assert_eq!(read(&path).expect("a journal").unresolved().count(), 0);
}

criterion_group!(benches, journal);
criterion_main!(benches);
