//! Just enough DER (X.690) to name the kind and size of a key.

/// What an `AlgorithmIdentifier` and its key say about themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// rsaEncryption.
    Rsa,
    /// id-ecPublicKey with this curve.
    Ec(Curve),
    /// Anything else, by name.
    Other(&'static str),
}

/// A curve, by name or P-256.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Curve {
    P256,
    Other(&'static str),
}

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTET_STRING: u8 = 0x04;
const OBJECT_IDENTIFIER: u8 = 0x06;
const CONTEXT_0: u8 = 0xa0;

/// Kind and inner key of a PKCS#8 `PrivateKeyInfo` (RFC 5958 section 2).
pub(super) fn pkcs8(der: &[u8]) -> Option<(Kind, &[u8])> {
    let mut info = Reader(Reader(der).value(SEQUENCE)?);
    info.value(INTEGER)?;
    let mut algorithm = Reader(info.value(SEQUENCE)?);
    let key = info.value(OCTET_STRING)?;
    let kind = match algorithm.value(OBJECT_IDENTIFIER)? {
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01" => Kind::Rsa,
        b"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a" => Kind::Other("RSA restricted to PSS"),
        b"\x2a\x86\x48\xce\x3d\x02\x01" => Kind::Ec(curve(algorithm)),
        b"\x2a\x86\x48\xce\x38\x04\x01" => Kind::Other("DSA"),
        b"\x2b\x65\x6e" => Kind::Other("X25519"),
        b"\x2b\x65\x6f" => Kind::Other("X448"),
        b"\x2b\x65\x70" => Kind::Other("Ed25519"),
        b"\x2b\x65\x71" => Kind::Other("Ed448"),
        _ => Kind::Other("of an unknown algorithm"),
    };
    Some((kind, key))
}

/// Curve of a SEC1 `ECPrivateKey` (RFC 5915 section 3); told by its size where it names none.
pub(super) fn sec1(der: &[u8]) -> Option<Curve> {
    let mut key = Reader(Reader(der).value(SEQUENCE)?);
    key.value(INTEGER)?;
    let number = key.value(OCTET_STRING)?;
    match key.value(CONTEXT_0) {
        Some(parameters) => Some(curve(Reader(parameters))),
        None if number.len() == 32 => Some(Curve::P256),
        None => Some(Curve::Other("an unnamed curve")),
    }
}

/// Bits of the modulus of a PKCS#1 `RSAPrivateKey` (RFC 8017 appendix A.1.2).
pub(super) fn rsa_bits(der: &[u8]) -> Option<usize> {
    let mut key = Reader(Reader(der).value(SEQUENCE)?);
    key.value(INTEGER)?;
    Some(bits(key.unsigned()?))
}

/// Bits of a big-endian number without leading zeros.
pub(super) fn bits(number: &[u8]) -> usize {
    number
        .first()
        .map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Modulus and exponent of a PKCS#1 `RSAPublicKey` (RFC 8017 appendix A.1.1), big-endian.
pub(super) fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut key = Reader(Reader(der).value(SEQUENCE)?);
    Some((key.unsigned()?, key.unsigned()?))
}

fn curve(mut parameters: Reader<'_>) -> Curve {
    match parameters.value(OBJECT_IDENTIFIER) {
        Some(b"\x2a\x86\x48\xce\x3d\x03\x01\x07") => Curve::P256,
        Some(b"\x2b\x81\x04\x00\x22") => Curve::Other("P-384"),
        Some(b"\x2b\x81\x04\x00\x23") => Curve::Other("P-521"),
        Some(b"\x2b\x81\x04\x00\x0a") => Curve::Other("secp256k1"),
        Some(_) => Curve::Other("an unknown curve"),
        None => Curve::Other("a curve given by parameters, not by name"),
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// The content of the next element if it has this tag; otherwise stays where it is.
    fn value(&mut self, tag: u8) -> Option<&'a [u8]> {
        let (&found, rest) = self.0.split_first()?;
        if found != tag {
            return None;
        }
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = match first {
            0..=0x7f => (usize::from(first), rest),
            0x81..=0x84 => {
                let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
                let length = bytes
                    .iter()
                    .fold(0, |length, byte| length << 8 | usize::from(*byte));
                (length, rest)
            }
            _ => return None,
        };
        let (value, rest) = rest.split_at_checked(length)?;
        self.0 = rest;
        Some(value)
    }

    /// The next INTEGER without its leading zeros.
    fn unsigned(&mut self) -> Option<&'a [u8]> {
        let number = self.value(INTEGER)?;
        let zeros = number.iter().take_while(|byte| **byte == 0).count();
        number.get(zeros..)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_and_oversized_elements_are_no_keys() {
        for der in [
            &b""[..],
            b"\x30",
            b"\x30\x80",
            b"\x30\x05\x02\x01",
            b"\x30\x84\xff\xff\xff\xff\x00",
            b"\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff",
            b"\x30\x03\x02\x01\x00",
        ] {
            assert_eq!(pkcs8(der), None);
            assert_eq!(sec1(der), None);
            assert_eq!(rsa_bits(der), None);
            assert_eq!(rsa_public_key(der), None);
        }
    }

    #[test]
    fn bits_are_counted_from_the_first_one() {
        assert_eq!(bits(b""), 0);
        assert_eq!(bits(b"\x01"), 1);
        assert_eq!(bits(b"\x80\x00"), 16);
    }
}
