//! Byte ranges of a request (RFC 9110 §14): one range or none. Pure.

use std::ops::RangeInclusive;

/// Which part of a file is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// All of it.
    Whole,
    /// These bytes.
    Part(RangeInclusive<u64>),
    /// Nothing there is.
    Unsatisfiable,
}

/// Reads a `Range` field for a file of this size. Other units are ignored, as the standard has it; several ranges are not served.
pub(super) fn read(field: Option<&str>, size: u64) -> Wanted {
    let Some(spec) = field.map(str::trim).and_then(|field| field.strip_prefix("bytes=")) else { return Wanted::Whole };
    let Some((first, last)) = spec.trim().split_once('-') else { return Wanted::Unsatisfiable };
    let (first, last) = (number(first), number(last));
    let found = match (first, last) {
        (Some(Some(first)), Some(Some(last))) if first <= last => Some(first..=last.min(size.saturating_sub(1))),
        (Some(Some(first)), Some(None)) => Some(first..=size.saturating_sub(1)),
        (Some(None), Some(Some(suffix))) if suffix > 0 => Some(size.saturating_sub(suffix)..=size.saturating_sub(1)),
        (_, _) => None,
    };
    match found {
        Some(range) if *range.start() < size => Wanted::Part(range),
        Some(_) | None => Wanted::Unsatisfiable,
    }
}

/// `Some(None)` where there is nothing, `None` for what is no number.
fn number(text: &str) -> Option<Option<u64>> {
    match text.trim() {
        "" => Some(None),
        digits if digits.bytes().all(|byte| byte.is_ascii_digit()) => Some(Some(digits.parse().unwrap_or(u64::MAX))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_range_or_none() {
        let part = |first, last| Wanted::Part(first..=last);
        let rows = [
            (None, 10, Wanted::Whole),
            (Some("bytes=0-"), 10, part(0, 9)),
            (Some("bytes=0-0"), 10, part(0, 0)),
            (Some("bytes=2-5"), 10, part(2, 5)),
            (Some("bytes=9-"), 10, part(9, 9)),
            (Some("bytes=5-99"), 10, part(5, 9)),
            (Some("bytes=-3"), 10, part(7, 9)),
            (Some("bytes=-99"), 10, part(0, 9)),
            (Some(" bytes= 2 - 5 "), 10, part(2, 5)),
            (Some("bytes=0-99999999999999999999999"), 10, part(0, 9)),
            (Some("bytes=10-"), 10, Wanted::Unsatisfiable),
            (Some("bytes=99999999999999999999999-"), 10, Wanted::Unsatisfiable),
            (Some("bytes=5-2"), 10, Wanted::Unsatisfiable),
            (Some("bytes=-0"), 10, Wanted::Unsatisfiable),
            (Some("bytes=-"), 10, Wanted::Unsatisfiable),
            (Some("bytes="), 10, Wanted::Unsatisfiable),
            (Some("bytes=a-b"), 10, Wanted::Unsatisfiable),
            (Some("bytes=+1-2"), 10, Wanted::Unsatisfiable),
            (Some("bytes=0-1,3-4"), 10, Wanted::Unsatisfiable),
            (Some("bytes=0-"), 0, Wanted::Unsatisfiable),
            (Some("bytes=-1"), 0, Wanted::Unsatisfiable),
            (Some("items=0-1"), 10, Wanted::Whole),
            (Some(""), 10, Wanted::Whole),
        ];
        for (field, size, expected) in rows {
            assert_eq!(read(field, size), expected, "{field:?} of {size}");
        }
    }
}
