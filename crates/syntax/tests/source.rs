//! Bytes to text and back: encodings, byte-order marks, newlines.

use spacetime_syntax::{DecodeProblem, Source};

fn text(bytes: &[u8]) -> Result<String, String> {
    Source::decode(bytes).map(Source::into_text).map_err(|problem| problem.to_string())
}

#[test]
fn reads_as_python_does() {
    let table: &[(&[u8], &str)] = &[
        (b"", ""),
        (b"x = 1", "x = 1"),
        ("é = '€'\n".as_bytes(), "é = '€'\n"),
        (b"\xef\xbb\xbfx\n", "x\n"),
        (b"\xef\xbb\xbf# coding: utf-8\nx\n", "# coding: utf-8\nx\n"),
        (b"# -*- coding: latin-1 -*-\n'\xe9\x80'", "# -*- coding: latin-1 -*-\n'é\u{80}'"),
        (
            b"#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\n'\xa4'",
            "#!/usr/bin/python\n# vim: set fileencoding=iso-8859-15 :\n'€'",
        ),
        (b"\n# coding: cp1252\n'\x80'", "\n# coding: cp1252\n'€'"),
        (b"\r\n\t# coding:cp1251\r\n'\xe9'", "\r\n\t# coding:cp1251\r\n'й'"),
        (b"# coding: iso-8859-9\n'\xfe\xc0'", "# coding: iso-8859-9\n'şÀ'"),
        (b"# coding: koi8-r\n'\xc1'", "# coding: koi8-r\n'а'"),
        (b"# coding: shift_jis\n'\x82\xa0'", "# coding: shift_jis\n'あ'"),
        (b"# coding=gbk\n'\xc4\xe3'", "# coding=gbk\n'你'"),
        // The second line does not count after code, nor does the third.
        (b"x = 1\n# coding: nonsense\n", "x = 1\n# coding: nonsense\n"),
        (b"\n\n# coding: nonsense\n", "\n\n# coding: nonsense\n"),
        (b"x = 1 # coding: nonsense\n", "x = 1 # coding: nonsense\n"),
    ];
    for (bytes, expected) in table {
        assert_eq!(text(bytes).as_deref(), Ok(*expected));
        assert_eq!(Source::decode(bytes).unwrap().encode(expected).unwrap(), *bytes);
    }
}

#[test]
fn says_what_is_wrong_and_where() {
    let table: &[(&[u8], &str)] = &[
        (b"a\nb\r\n'\xe9'\n", "line 3: byte 0xe9 is no utf-8 (declare"),
        (b"# coding: ascii\n'\xe9'\n", "line 2: byte 0xe9 is no ascii (the declared"),
        (b"# coding: cp1252\n\n'\x81'\n", "line 3: byte 0x81 is no cp1252"),
        (b"# coding: cp1251\n'\xe9\x98'\n", "line 2: byte 0x98 is no windows-1251"),
        (b"# coding: shift_jis\nx\n'\x82'\n'a'\n", "line 3: byte 0x82 is no Shift_JIS"),
        (b"#\n# coding: klingon\n", "line 2: unknown encoding `klingon`: convert"),
        (b"# coding: utf-16\n", "line 1: unknown encoding `utf-16`"),
        (
            b"\xef\xbb\xbf# coding: latin-1\n",
            "line 1: the file starts with a UTF-8 byte-order mark, but declares `latin-1`",
        ),
        (b"\xef\xbb\xbf# coding: utf8\n", "line 1: the file starts with a UTF-8 byte-order mark"),
        (b"a\rb\0\n", "line 2: source code cannot contain null bytes"),
        (b"\xff\xfea\0\n\0", "line 1: source code cannot contain null bytes"),
    ];
    for (bytes, expected) in table {
        let problem = Source::decode(bytes).unwrap_err();
        let message = format!("line {}: {problem}", problem.line());
        assert!(message.starts_with(expected), "{message}");
    }
    assert_eq!(
        Source::decode(b"\xef\xbb\xbf\xff").unwrap_err(),
        DecodeProblem::Undecodable { encoding: "utf-8".to_owned(), line: 1, byte: 0xff, at: 3 }
    );
}

#[test]
fn new_characters_must_fit_the_encoding() {
    let source = Source::decode(b"# coding: latin-1\n").unwrap();
    let problem = source.encode("# coding: latin-1\nx\n'€'").unwrap_err();
    assert_eq!((problem.character, problem.line), ('€', 3));
    assert!(problem.to_string().contains("iso-8859-1"));
    assert_eq!(Source::decode(b"# coding: gbk\n").unwrap().encode("\u{1f600}").unwrap_err().line, 1);
    assert_eq!(Source::decode(b"# coding: cp1252\n").unwrap().encode("a€").unwrap(), b"a\x80");
}

#[test]
fn knows_the_dominant_newline() {
    let newline = |bytes: &[u8]| Source::decode(bytes).unwrap().newline();
    assert_eq!(newline(b""), "\n");
    assert_eq!(newline(b"a\nb\r\n"), "\n");
    assert_eq!(newline(b"a\r\nb\r\nc\n"), "\r\n");
    assert_eq!(newline(b"a\rb\r\rc\n"), "\r");
}
