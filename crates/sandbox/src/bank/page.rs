//! Cuts a search's rows into pages by `MaxRec` and `Cursor`.

use std::ops::Range;

use crate::gateway::{Call, Fault};

/// The rows of one page, and what its header says of the others.
pub(crate) struct Page {
    pub(crate) rows: Range<usize>,
    total: usize,
}

/// The page that the request asks for, of `total` rows.
///
/// The cursor is the number of the next record, from 1, as on SilverLake; `MaxRec` has at most six
/// digits.
pub(crate) fn page(call: &Call<'_>, total: usize) -> Result<Page, Fault> {
    let max = call.required(&["SrchMsgRqHdr", "MaxRec"])?;
    let most: usize = max
        .parse()
        .ok()
        .filter(|most| (1..=999_999).contains(most))
        .ok_or_else(|| call.unusable("MaxRec", &max))?;
    let first = match call.request.value(&["SrchMsgRqHdr", "Cursor"]) {
        None => 0,
        Some(cursor) => {
            cursor
                .parse()
                .ok()
                .filter(|number| (1..=total).contains(number))
                .ok_or_else(|| call.unusable("Cursor", cursor))?
                - 1
        }
    };
    Ok(Page {
        rows: first..total.min(first + most),
        total,
    })
}

/// Writes the `SrchMsgRsHdr`; `Cursor` stands there only if there is more.
pub(crate) fn write_header(call: &mut Call<'_>, page: &Page) {
    call.write_search_header(|x| {
        x.leaf("SentRec", &page.rows.len().to_string());
        let more = page.rows.end < page.total;
        x.leaf("MoreRec", if more { "true" } else { "false" });
        if more {
            x.leaf("Cursor", &(page.rows.end + 1).to_string());
        }
        x.leaf("TotRec", &page.total.to_string());
    });
}
