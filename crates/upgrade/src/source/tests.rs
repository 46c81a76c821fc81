//! Files as they are on disk, and how they come back.

use super::*;

fn decoded(bytes: &[u8]) -> Result<(String, String), SourceError> {
    let (text, written) = Source::decode(bytes.to_vec())?.into_parts();
    assert_eq!(written.encode(&text).as_deref(), Ok(bytes), "it comes back as it was");
    Ok((text, written.encoding().to_owned()))
}

#[test]
fn encodings_are_declared_in_two_lines() {
    let cases: [(&[u8], &str, &str); 10] = [
        (b"a\r\nb\r", "a\r\nb\r", "utf-8"),
        (b"\xef\xbb\xbfa\n", "a\n", "utf-8"),
        (b"# -*- coding: latin-1 -*-\n'\xe9'\n", "# -*- coding: latin-1 -*-\n'\u{e9}'\n", "iso-8859-1"),
        (
            b"#!x\n# vim: fileencoding=ISO8859-15:\n\xa4",
            "#!x\n# vim: fileencoding=ISO8859-15:\n\u{20ac}",
            "ISO8859-15",
        ),
        (b"#coding=koi8-r\n\xc1", "#coding=koi8-r\n\u{430}", "koi8-r"),
        (b"#coding: cp1252\n\x80", "#coding: cp1252\n\u{20ac}", "cp1252"),
        (b"#coding: shift_jis\n\x83\x65", "#coding: shift_jis\n\u{30c6}", "shift_jis"),
        (b"#coding: iso-2022-jp\n\x1b$B%F\x1b(B\n", "#coding: iso-2022-jp\n\u{30c6}\n", "iso-2022-jp"),
        (b"x = 1\n#coding: latin-1\n", "x = 1\n#coding: latin-1\n", "utf-8"),
        (b"#coding: utf-8-unix\n", "#coding: utf-8-unix\n", "utf-8"),
    ];
    for (bytes, text, name) in cases {
        assert_eq!(decoded(bytes), Ok((text.to_owned(), name.to_owned())));
    }
}

#[test]
fn what_cannot_be_read_is_an_error() {
    let undecodable = SourceError::Undecodable { encoding: "utf-8".to_owned(), byte: 0xe9, at: 2 };
    assert_eq!(decoded(b"a\n\xe9"), Err(undecodable));
    assert_eq!(decoded(b"# coding: nonsense\n"), Err(SourceError::Unknown("nonsense".to_owned())));
    assert_eq!(decoded(b"# coding: UTF-7\n"), Err(SourceError::Elsewhere("UTF-7".to_owned())));
    assert_eq!(decoded(b"\xef\xbb\xbf#coding: cp1252\n"), Err(SourceError::BomAgainst("cp1252".to_owned())));
    // A cookie line that is not ASCII does not count.
    assert!(decoded(b"# coding: latin-1 \xe9\n").is_err());
    assert!(matches!(decoded(b"# coding: ascii\n\xe9"), Err(SourceError::Undecodable { at: 16, .. })));
}

#[test]
fn what_cannot_be_written_is_an_error() {
    let (_, written) = Source::decode(b"# coding: ascii\n".to_vec()).unwrap().into_parts();
    assert!(matches!(written.encode("\u{e9}"), Err(SourceError::Unencodable { char: '\u{e9}', .. })));
}
