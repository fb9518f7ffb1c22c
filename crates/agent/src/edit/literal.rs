//! Where a piece stands in a text, letter by letter. Nothing is looked past here.

/// Where `search` stands in `body`, from the front and without overlaps; nowhere when it is empty.
pub(super) fn places(body: &str, search: &str) -> Vec<usize> {
    if search.is_empty() { Vec::new() } else { body.match_indices(search).map(|(at, _)| at).collect() }
}

/// Those places that begin a line.
pub(super) fn at_line_starts(body: &str, search: &str) -> Vec<usize> {
    let bytes = body.as_bytes();
    places(body, search).into_iter().filter(|at| *at == 0 || bytes[at - 1] == b'\n').collect()
}

/// The lines of places, from 1.
pub(super) fn lines(body: &str, places: &[usize]) -> Vec<usize> {
    let (mut line, mut from) = (1, 0);
    let mut lines = Vec::with_capacity(places.len());
    for place in places {
        line += body.as_bytes()[from..*place].iter().filter(|byte| **byte == b'\n').count();
        from = *place;
        lines.push(line);
    }
    lines
}
