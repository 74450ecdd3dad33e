//! Decides which byte ranges of an envelope go.

mod edges;
mod header;
mod wide;

use std::ops::Range;

use bytes::{Buf, Bytes, BytesMut};
use smallvec::SmallVec;

use crate::check::{Checker, Start};
use crate::encoding::{Form, Named, Prolog};
use crate::error::Refusal;
use crate::policy::Policy;
use crate::report::{Finding, Removed, Report, SoapVersion};
use crate::scan::{Event, Ns, Scanner, Tag, chars};

/// Plans the cut of `Envelope/Header/{wsse}Security`: which bytes of `input` go.
///
/// Reads from the start to the end of Body's start tag and nothing behind that, so the cost does not
/// depend on Body (but see [`Policy::inspect_body`] and [`Policy::well_formed`]). Blocks are matched by namespace and path: any
/// prefix, SOAP 1.1 and 1.2, the OASIS 2004 namespace of WS-Security and the drafts before it. Of a
/// block goes `<…Security…>…</…>` or `<…Security…/>`; white space around it stays, and so does Header.
///
/// Reads UTF-8, UTF-16 of either byte order with or without byte order mark, and single-byte supersets of
/// ASCII. Nothing is encoded anew: ranges and offsets are always those of `input`.
///
/// # Errors
/// A [`Refusal`] for everything that is no SOAP envelope up to there, or cannot be cut safely under `policy`.
///
/// ```
/// use castile_envelope::{Policy, cut};
///
/// let old = br#"<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header><w:Security
///   xmlns:w="http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
///   /></Header><Body/></Envelope>"#;
/// let cuts = cut(old, &Policy::default())?;
/// assert_eq!(
///     cuts.to_vec(old),
///     br#"<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Header></Header><Body/></Envelope>"#
/// );
/// # Ok::<(), castile_envelope::Refusal>(())
/// ```
pub fn cut(input: &[u8], policy: &Policy) -> Result<Cuts, Refusal> {
    cut_as(input, None, policy)
}

/// As [`cut()`], for bytes beside which the encoding is named: the `charset` of HTTP's or MIME's Content-Type.
///
/// A byte order mark speaks first, then `charset`, then the XML declaration (RFC 7303, section 3); who
/// speaks later must agree. Among single-byte encodings each agrees with each: what is cut is ASCII.
///
/// # Errors
/// As [`cut()`]; [`Refusal::Encoding`] or [`Refusal::EncodingContradicted`] at offset 0 where `charset` is to blame.
///
/// ```
/// use castile_envelope::{Policy, cut_with_charset};
///
/// let latin = b"<Envelope xmlns='http://schemas.xmlsoap.org/soap/envelope/'><Header><a>\xe9</a></Header><Body/></Envelope>";
/// assert!(cut_with_charset(latin, "ISO-8859-1", &Policy::default()).is_ok());
/// assert!(cut_with_charset(latin, "utf-8", &Policy::default()).is_err());
/// ```
pub fn cut_with_charset(input: &[u8], charset: &str, policy: &Policy) -> Result<Cuts, Refusal> {
    cut_as(input, Some(charset), policy)
}

/// As [`cut()`], with the charset that the Content-Type names, if any.
pub(crate) fn cut_as(
    input: &[u8],
    charset: Option<&str>,
    policy: &Policy,
) -> Result<Cuts, Refusal> {
    let (mut cuts, start) = plan(input, charset, policy)?;
    if let Some(mut checker) = Checker::new(start, cuts.soap, policy) {
        checker.push(&input[start.at..])?;
        cuts.add(checker.finish()?);
    }
    Ok(cuts)
}

/// Plans the cut from the header alone.
pub(crate) fn plan(
    input: &[u8],
    charset: Option<&str>,
    policy: &Policy,
) -> Result<(Cuts, Start), Refusal> {
    let limit = policy.limits.header_bytes;
    let window = &input[..input.len().min(limit)];
    let beside = match charset {
        Some(name) => Some(Named::of(name.as_bytes()).ok_or(Refusal::Encoding { offset: 0 })?),
        None => None,
    };
    let planned = Form::of(window, beside).and_then(|form| match form {
        Form::Bytes => narrow(window, input.len(), beside, policy),
        Form::Wide { .. } => wide::plan(window, input.len(), form, beside, policy),
    });
    planned.map_err(|refusal| match refusal {
        Refusal::Truncated { .. } if limit < input.len() => Refusal::HeaderTooLarge {
            offset: limit,
            limit,
        },
        refusal => refusal,
    })
}

fn narrow(
    window: &[u8],
    input_length: usize,
    beside: Option<Named>,
    policy: &Policy,
) -> Result<(Cuts, Start), Refusal> {
    let prolog = Prolog::read(window, Form::Bytes, beside)?;
    let mut scanner = Scanner::new(window, prolog.end, &policy.limits);
    let (cuts, end) = header::plan(&mut scanner, policy, input_length)?;
    prolog.charset.check(&window[..end])?;
    let start = Start {
        form: Form::Bytes,
        charset: prolog.charset,
        at: prolog.end,
    };
    Ok((cuts, start))
}

/// Cuts an owned envelope where it is: what stands before the cut moves right, Body stays in place.
///
/// The cost is that of [`cut()`] plus moving less than the header's length.
///
/// # Errors
/// As [`cut()`]; `envelope` is then unchanged.
pub fn cut_in_place(envelope: &mut BytesMut, policy: &Policy) -> Result<Report, Refusal> {
    let cuts = cut(envelope, policy)?;
    cuts.apply(envelope);
    Ok(cuts.report())
}

/// The byte ranges that go, in order and without overlap, and what was noticed on the way.
///
/// The output is the input minus these ranges, so byte identity of the rest holds by construction.
/// Methods that take the input want the bytes that [`cut()`] was given; with others the result means nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cuts {
    soap: SoapVersion,
    input_length: usize,
    ranges: SmallVec<[Range<usize>; 2]>,
    report_only: bool,
    dropped_header: Option<Range<usize>>,
    removed: SmallVec<[Removed; 1]>,
    findings: SmallVec<[Finding; 2]>,
}

impl Cuts {
    /// The ranges that go, as offsets into the input.
    pub fn ranges(&self) -> &[Range<usize>] {
        &self.ranges
    }

    /// Whether nothing goes.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// Length of the output in bytes.
    pub fn output_length(&self) -> usize {
        self.input_length - self.removed_length()
    }

    /// How many bytes go.
    pub(crate) fn removed_length(&self) -> usize {
        self.ranges.iter().map(ExactSizeIterator::len).sum()
    }

    /// The slices of `input` that stay, in order; none is empty.
    pub fn kept<'i>(&'i self, input: &'i [u8]) -> impl Iterator<Item = &'i [u8]> {
        self.kept_ranges(input.len())
            .filter_map(|range| input.get(range))
    }

    /// As [`kept`](Self::kept), sharing the buffer instead of borrowing from it.
    pub fn kept_bytes<'i>(&'i self, input: &'i Bytes) -> impl Iterator<Item = Bytes> + 'i {
        self.kept_ranges(input.len())
            .filter(|range| range.end <= input.len())
            .map(|range| input.slice(range))
    }

    /// The output in one buffer of its own.
    pub fn to_vec(&self, input: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(input, &mut out);
        out
    }

    /// Replaces what `out` holds by the output, reusing its memory.
    pub fn write_to(&self, input: &[u8], out: &mut Vec<u8>) {
        out.clear();
        out.reserve(self.output_length());
        for slice in self.kept(input) {
            out.extend_from_slice(slice);
        }
    }

    /// Makes the output of the input where it is, as [`cut_in_place`] does.
    pub fn apply(&self, input: &mut BytesMut) {
        if self
            .ranges
            .last()
            .is_some_and(|last| last.end > input.len())
        {
            return;
        }
        let mut shift = 0;
        for (at, range) in self.ranges.iter().enumerate().rev() {
            let start = if at == 0 { 0 } else { self.ranges[at - 1].end };
            shift += range.len();
            input.copy_within(start..range.start, start + shift);
        }
        input.advance(shift);
    }

    /// The blocks that go, in the order of the input; under [`Policy::report_only`] those that would go.
    pub fn removed(&self) -> &[Removed] {
        &self.removed
    }

    /// What was noticed, in the order of the input.
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The version of SOAP.
    pub fn soap(&self) -> SoapVersion {
        self.soap
    }

    /// All that is to be told about this rewrite.
    pub fn report(&self) -> Report {
        self.report_of(self.input_length)
    }

    /// The report when more input came than was planned on.
    pub(crate) fn report_of(&self, input_length: usize) -> Report {
        Report {
            schema_version: 1,
            soap: self.soap,
            input_length,
            output_length: input_length - self.removed_length(),
            corrected: None,
            report_only: self.report_only,
            removed: self.removed.to_vec(),
            dropped_header: self.dropped_header.clone(),
            findings: self.findings.to_vec(),
        }
    }

    /// Adds what was noticed behind Header.
    pub(crate) fn add(&mut self, findings: Vec<Finding>) {
        self.findings.extend(findings);
        self.findings.sort_by_key(Finding::offset);
    }

    /// The same cuts seen from `by` bytes further to the front, in an input of that length.
    pub(crate) fn shifted(mut self, by: usize, input_length: usize) -> Self {
        self.input_length = input_length;
        let own = self.ranges.iter_mut();
        let told = self.removed.iter_mut().map(|removed| &mut removed.range);
        for range in own.chain(told).chain(&mut self.dropped_header) {
            *range = range.start + by..range.end + by;
        }
        for finding in &mut self.findings {
            *finding.offset_mut() += by;
        }
        self
    }

    fn kept_ranges(&self, length: usize) -> impl Iterator<Item = Range<usize>> {
        let starts = std::iter::once(0).chain(self.ranges.iter().map(|range| range.end));
        let ends = self
            .ranges
            .iter()
            .map(|range| range.start)
            .chain(std::iter::once(length));
        starts
            .zip(ends)
            .map(|(start, end)| start..end)
            .filter(|range| range.start < range.end)
    }
}

/// Reads up to the root element, which must be an Envelope with something inside.
pub(crate) fn envelope(scanner: &mut Scanner<'_>) -> Result<(SoapVersion, Tag), Refusal> {
    const JXCHANGE: &[u8] = b"http://jackhenry.com/";
    let Event::Start(tag) = scanner.next()? else {
        // Outside of the root the scanner gives nothing else.
        return Err(Refusal::NotXml { offset: 0 });
    };
    let offset = tag.span.start;
    let soap = match (tag.ns, scanner.bytes(tag.local)) {
        (Ns::Soap11, b"Envelope") => SoapVersion::V11,
        (Ns::Soap12, b"Envelope") => SoapVersion::V12,
        (Ns::Other(uri), _) if chars::unescape(scanner.bytes(uri)).starts_with(JXCHANGE) => {
            return Err(Refusal::BareBody { offset });
        }
        _ => return Err(Refusal::NotSoap { offset }),
    };
    if tag.empty {
        return Err(Refusal::BodyExpected {
            offset,
            expected: "Header or Body",
        });
    }
    Ok((soap, tag))
}

impl SoapVersion {
    pub(crate) fn ns(self) -> Ns {
        match self {
            Self::V11 => Ns::Soap11,
            Self::V12 => Ns::Soap12,
        }
    }
}
