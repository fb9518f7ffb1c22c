//! The bytes-to-text parts by themselves: what is kept where it is cut, and characters put together.

use super::super::keep::Keep;
use super::super::repair::Repair;

fn kept(caps: (usize, usize), pieces: &[&[u8]]) -> (String, u64, u64) {
    let mut keep = Keep::new(caps.0, caps.1);
    pieces.iter().for_each(|piece| keep.take(piece));
    let kept = keep.kept(1);
    (kept.text(), kept.lines, kept.left_out)
}

/// Caps, what came, the record's text, lines, bytes left out.
type Row<'a> = ((usize, usize), &'a [&'a [u8]], &'a str, u64, u64);

#[test]
fn the_middle_is_left_out() {
    let ten: &[u8] = b"0123456789";
    let table: [Row; 14] = [
        ((4, 4), &[], "", 0, 0),
        ((4, 4), &[b""], "", 0, 0),
        ((4, 4), &[b"abcdefgh"], "abcdefgh", 1, 0),
        ((4, 4), &[b"a", b"b", b"cdef", b"gh"], "abcdefgh", 1, 0),
        ((4, 4), &[b"abcdefghi"], "abcd\n… 1 byte left out …\nfghi", 1, 1),
        ((4, 4), &[ten, ten, ten], "0123\n… 22 bytes left out …\n6789", 1, 22),
        ((0, 4), &[ten], "… 6 bytes left out …\n6789", 1, 6),
        ((4, 0), &[ten], "0123\n… 6 bytes left out …\n", 1, 6),
        ((6, 6), &[b"abcd\nefgh\nijkl\nmnop\n"], "abcd\n… 10 bytes left out …\nmnop\n", 4, 10),
        ((6, 8), &[b"a\nbcdefghijklmnopqrstuv\nwxyz"], "a\nbcde\n… 18 bytes left out …\nwxyz", 3, 18),
        ((4, 4), &["aaa€bbbbbb€ccc".as_bytes()], "aaa\n… 12 bytes left out …\nccc", 1, 12),
        ((4, 4), &["a€bbbbbb€c".as_bytes()], "a€\n… 6 bytes left out …\n€c", 1, 6),
        (
            (4, 4),
            &[b"\xff\xff\xff\xff\xff\xff\xff\xff\xff"],
            "\u{fffd}\u{fffd}\u{fffd}\u{fffd}\n… 1 byte left out …\n\u{fffd}\u{fffd}\u{fffd}\u{fffd}",
            1,
            1,
        ),
        ((4, 4), &[b"\n\n\n\n\n\n\n\n\n"], "\n\n\n\n… 1 byte left out …\n\n\n\n\n", 9, 1),
    ];
    for (caps, pieces, text, lines, left_out) in table {
        assert_eq!(kept(caps, pieces), (text.to_owned(), lines, left_out), "{pieces:?}");
    }
}

#[test]
fn the_newest_lines() {
    let mut keep = Keep::new(4, 20);
    keep.take("€€€€€€\none\ntwo\nthree".as_bytes());
    let table = [(0, 99, ""), (1, 99, "three"), (2, 99, "two\nthree"), (3, 99, "one\ntwo\nthree"), (9, 99, "one\ntwo\nthree")];
    for (lines, cap, text) in table.into_iter().chain([(1, 3, "ree"), (9, 18, "one\ntwo\nthree"), (2, 0, "")]) {
        assert_eq!(keep.newest(lines, cap), text, "{lines} {cap}");
    }
    keep.take(b"\n");
    assert_eq!((keep.newest(1, 99).as_str(), keep.newest(2, 99).as_str()), ("three\n", "two\nthree\n"));
}

#[test]
fn characters_are_put_together() {
    let table: [(&[&[u8]], &str); 12] = [
        (&[b"abc"], "abc"),
        (&[b"\xe2", b"\x82", b"\xac"], "€"),
        (&[b"\xe2\x82", b"\xac\xe2", b"\x82\xac"], "€€"),
        (&[b"\xf0\x9f\x98", b"\x80!"], "😀!"),
        (&[b"\xe2\x82"], "\u{fffd}"),
        (&[b"\xe2\x82", b"x"], "\u{fffd}x"),
        (&[b"\xe2\x82", b"\xe2\x82\xac"], "\u{fffd}€"),
        (&[b"a\xff\xfeb"], "a\u{fffd}\u{fffd}b"),
        (&[b"\xc0\xaf"], "\u{fffd}\u{fffd}"),
        (&[b"\xed\xa0\x80"], "\u{fffd}\u{fffd}\u{fffd}"),
        (&[b"\xff", b"", b"\xff"], "\u{fffd}\u{fffd}"),
        (&[b"a\0b"], "a\0b"),
    ];
    for (pieces, expected) in table {
        let (mut repair, mut text) = (Repair::default(), String::new());
        pieces.iter().for_each(|piece| repair.push(piece, &mut text));
        repair.finish(&mut text);
        assert_eq!(text, expected, "{pieces:?}");
    }
}
