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
    assert_eq!(decoded(b"# coding: johab\n"), Err(SourceError::Elsewhere("johab".to_owned())));
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

/// What Python makes of these.
#[test]
fn utf_7_and_hz_are_read_as_python_reads_them() {
    let read = |name: &str, bytes: &[u8]| {
        let head = format!("# coding: {name}\n");
        let source = Source::decode([head.as_bytes(), bytes].concat()).ok()?;
        Some(source.text()[head.len()..].to_owned())
    };
    let utf7: [(&[u8], Option<&str>); 21] = [
        (b"+", Some("")),
        (b"+-", Some("+")),
        (b"+AGE", Some("a")),
        (b"+AGE-", Some("a")),
        (b"+AGEb", None),
        (b"+AGE ", Some("a ")),
        (b"+AA", None),
        (b"+A", None),
        (b"+2DXcsw-", Some("\u{1d4b3}")),
        (b"\x80", None),
        (b"~", Some("~")),
        (b"+AGE\\", Some("a\\")),
        (b"+/-", None),
        (b"+ -", None),
        (b"+.", None),
        (b"+AGF-", None),
        (b"+AGE+-", None),
        (b"+AGE-+AGE", Some("aa")),
        (b"+2DU-", None),
        (b"+AGE--x", Some("a-x")),
        (b"+ZeVnLIqe-", Some("\u{65e5}\u{672c}\u{8a9e}")),
    ];
    for (bytes, text) in utf7 {
        assert_eq!(read("utf-7", bytes).as_deref(), text, "{}", bytes.escape_ascii());
    }
    let hz: [(&[u8], Option<&str>); 15] = [
        (b"~~", Some("~")),
        (b"~{VP~}", Some("\u{4e2d}")),
        (b"~{VPND", Some("\u{4e2d}\u{6587}")),
        (b"~{VP\nND~}", None),
        (b"~\nab", Some("ab")),
        (b"~x", None),
        (b"~{V", None),
        (b"~{~}", Some("")),
        (b"~}", None),
        (b"~{~{~}", None),
        (b"~", None),
        (b"\x80", None),
        (b"~{VP~", None),
        (b"~{!$!*~}", Some("\u{30fb}\u{2015}")),
        (b"~{VP~~~}", None),
    ];
    for (bytes, text) in hz {
        assert_eq!(read("hz", bytes).as_deref(), text, "{}", bytes.escape_ascii());
    }
}

#[test]
fn utf_7_and_hz_are_written_as_python_writes_them() {
    let write = |name: &str, text: &str| {
        let head = format!("# coding: {name}\n");
        let written = Source::decode(head.clone().into_bytes()).unwrap().into_parts().1;
        Some(written.encode(&(head.clone() + text)).ok()?[head.len()..].to_owned())
    };
    let utf7: [(&str, &[u8]); 5] = [
        (
            "a+b \u{e9}\u{65e5}\u{672c} x\\n~+A \u{e9}- \u{e9}. \u{1d4b3}",
            b"a+-b +AOll5Wcs x+AFw-n+AH4AKw-A +AOk-- +AOk. +2DXcsw-",
        ),
        ("x\u{9}\u{d}\n!\"#$%&'()*[]^_`{|}", b"x\x09\x0d\n!\x22#$%&'()*[]^_`{|}"),
        ("\u{e9}", b"+AOk-"),
        ("~~", b"+AH4Afg-"),
        ("\u{e9}/\u{e9}+", b"+AOk-/+AOkAKw-"),
    ];
    for (text, bytes) in utf7 {
        assert_eq!(write("U7", text).as_deref(), Some(bytes), "{text}");
    }
    let hz: [(&str, Option<&[u8]>); 8] = [
        ("\u{4e2d}\u{6587}~abc", Some(b"~{VPND~}~~abc")),
        ("~", Some(b"~~")),
        ("a\n\u{4e2d}\n\u{6587}", Some(b"a\n~{VP~}\n~{ND~}")),
        ("\u{4e2d} \u{e9}", Some(b"~{VP~} ~{(&~}")),
        ("\u{30fb}\u{2015}", Some(b"~{!$!*~}")),
        ("\u{b7}", None),
        ("\u{4e02}", None),
        ("\u{4e2d}", Some(b"~{VP~}")),
    ];
    for (text, bytes) in hz {
        assert_eq!(write("HZ-GB-2312", text).as_deref(), bytes, "{text}");
    }
}
