//! `stc graph patterns`: the automaton, for Graphviz.

use crate::common::Folder;

#[test]
fn the_automaton_is_drawn() {
    let folder = Folder::new(&[("a.py", "x = sorted(y)[0]\n"), ("b.py", "print raw_input()\n")]);
    for (args, words) in [
        (&["graph", "patterns"][..], &["StmtFor", "drop_list: list($X)"][..]),
        (&["graph", "patterns", "a.py"], &["ExprCall", "ExprSubscript"]),
        (&["graph", "patterns", "--upgrade"], &["power", "raw_input", "print_stmt"]),
        (&["graph", "patterns", "--upgrade", "b.py"], &["power", "raw_input", "peripheries=2"]),
    ] {
        let ran = folder.stc(args);
        assert_eq!((ran.code, &*ran.err), (0, ""), "{args:?}");
        assert!(ran.out.starts_with("digraph patterns {\n") && ran.out.ends_with("}\n"), "{}", ran.out);
        for word in words {
            assert!(ran.out.contains(word), "{args:?} {word}\n{}", ran.out);
        }
        assert_eq!(ran.out, folder.stc(args).out, "the same again");
    }
    let missing = folder.stc(&["graph", "patterns", "none.py"]);
    assert_eq!(missing.code, 1);
    assert!(missing.err.contains("none.py"), "{}", missing.err);
}

#[test]
fn the_walk_is_traced_leaf_by_leaf() {
    let folder = Folder::new(&[("a.py", "x = sorted(y)[0]\n"), ("b.py", "print raw_input()\n")]);
    let ran = folder.stc(&["graph", "patterns", "--upgrade", "-v", "b.py"]);
    assert!(ran.out.starts_with("digraph patterns {\n"), "the picture goes to standard output as ever");
    let lines: Vec<&str> = ran.err.lines().collect();
    assert_eq!(lines[0], "b.py");
    assert!(lines[1].starts_with("1: NAME 'print' -> "), "{}", ran.err);
    let calls =
        lines.iter().position(|line| line.starts_with("1: power -> ") && line.ends_with(" raw_input"));
    let whole =
        lines.iter().position(|line| line.starts_with("1: print_stmt -> ") && line.ends_with(" print"));
    assert!(calls.is_some() && calls < whole, "{}", ran.err);
    let ran = folder.stc(&["graph", "patterns", "-v", "a.py"]);
    assert!(ran.err.starts_with("a.py\n1: ") && ran.err.contains("sorted($"), "{}", ran.err);
    assert_eq!(folder.stc(&["graph", "patterns", "a.py"]).err, "");
}
