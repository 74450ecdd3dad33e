//! Judges a multipart message that is read as it comes by the same message read whole.

use castile_envelope::{Arrival, ArrivingParts, Assembled, Refusal, XopLimits};

/// What can be read as it comes can be read whole, and the parts that nobody refers to are the same.
pub(crate) fn judge(
    content_type: &str,
    input: &[u8],
    seed: [u8; 4],
    whole: &Result<Assembled<'_>, Refusal>,
) {
    let at_once = read(content_type, [input]);
    assert_eq!(read(content_type, chunks(input, seed)), at_once);
    let Ok(others) = at_once else {
        return;
    };
    match whole {
        Ok(whole) => {
            let whole: Vec<&[u8]> = whole.others.iter().map(|part| part.content).collect();
            assert_eq!(others, whole);
        }
        Err(Refusal::AssembledTooLarge { .. }) => {}
        Err(refusal) => panic!("the whole is refused: {refusal}"),
    }
}

/// The parts that the envelope does not refer to.
fn read<'i>(
    content_type: &str,
    chunks: impl IntoIterator<Item = &'i [u8]>,
) -> Result<Vec<Vec<u8>>, Refusal> {
    let parts = ArrivingParts::of(content_type, XopLimits::default())?;
    let mut parts = parts.expect("multipart/related");
    let mut read: Vec<(Vec<u8>, bool)> = Vec::new();
    let mut is_whole = false;
    let mut chunks = chunks.into_iter();
    loop {
        match parts.next()? {
            Some(Arrival::Part(head)) => read.push((Vec::new(), head.is_referred_to)),
            Some(Arrival::Content(content)) => {
                let (part, _) = read.last_mut().expect("a part");
                part.extend_from_slice(&content);
            }
            Some(Arrival::End) => is_whole = true,
            Some(_) => {}
            None if is_whole => break,
            None => match chunks.next() {
                Some(chunk) => parts.push(chunk),
                None => parts.finish(),
            },
        }
    }
    let others = read
        .into_iter()
        .filter(|(_, is_referred_to)| !is_referred_to);
    Ok(others.map(|(content, _)| content).collect())
}

fn chunks(mut rest: &[u8], seed: [u8; 4]) -> impl Iterator<Item = &[u8]> {
    let mut state = u32::from_le_bytes(seed);
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let bound = [1, 2, 7, 100, 5000][(state >> 29) as usize % 5];
        let size = (state >> 8) as usize % bound + 1;
        let (chunk, behind) = rest.split_at(size.min(rest.len()));
        rest = behind;
        Some(chunk)
    })
}
