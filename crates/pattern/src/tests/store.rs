//! Stored sets come back as they were, and broken bytes are errors.

use super::sample::{SYMBOLS, Sample};
use crate::{Pattern, PatternSet, StoreError, Titles};

const PATTERNS: [&str; 4] = [
    "p< x='a' t<any*> >",
    "x=any< (not ',' any)+ y=(',' any)* >",
    "NAME | t",
    "p< ['b'] x=('a' | TOKEN){1,2} >",
];
const TREES: [&str; 3] = ["p<a t<b , c>>", "p<b a t<>>", "t<a , p<a a>>"];

#[test]
fn the_picture_shows_what_was_met() {
    let set: PatternSet =
        [Pattern::parse_2to3("p< 'a' x=any >", &SYMBOLS).expect("a pattern")].into_iter().collect();
    let tree = Sample::parse("p<a b>");
    let trace: Vec<_> = {
        let mut scan = set.start(&tree);
        scan.trace(&tree, 0).into_iter().map(|step| (tree.print(step.node), step.complete)).collect()
    };
    let expected = [("a", vec![]), ("b", vec![]), ("p<a b>", vec![0])];
    assert_eq!(trace, expected.map(|(node, complete)| (node.to_owned(), complete)));
    let dot = set.to_dot(Titles {
        pattern: &|number| format!("pattern {number}"),
        kind: &|kind| format!("kind {kind}"),
    });
    for line in [
        "digraph patterns {",
        "  n3 [shape=box, peripheries=2, label=\"3\\npattern 0\"];",
        "    label=\"kind 25\";",
        "  c2_3 -> n3 [style=dashed, label=\"\"];",
    ] {
        assert!(dot.lines().any(|found| found == line), "{line}\n{dot}");
    }
}

fn used() -> PatternSet {
    let set: PatternSet =
        PATTERNS.iter().map(|text| Pattern::parse_2to3(text, &SYMBOLS).expect("a pattern")).collect();
    for tree in TREES {
        set.scan(&Sample::parse(tree));
    }
    set
}

#[test]
fn what_is_loaded_finds_the_same() {
    let set = used();
    let bytes = set.save();
    let loaded = PatternSet::load(&bytes).expect("it was just saved");
    assert_eq!(loaded.save(), bytes, "nothing is lost");
    for tree in TREES.iter().map(|tree| Sample::parse(tree)) {
        assert_eq!(loaded.scan(&tree), set.scan(&tree));
    }
    assert_eq!(loaded.save(), bytes, "nothing had to be computed again");
}

#[test]
fn broken_bytes_are_errors() {
    let bytes = used().save();
    let load = |bytes: &[u8]| PatternSet::load(bytes).map(|_| ());
    assert_eq!(load(b""), Err(StoreError::NoPatternSet));
    assert_eq!(load(b"STPM\x07"), Err(StoreError::OtherVersion));
    for end in 5..bytes.len() {
        assert_eq!(load(&bytes[..end]), Err(StoreError::Damaged), "{end}");
    }
    for at in 5..bytes.len() {
        let mut broken = bytes.clone();
        broken[at] ^= 0x55;
        assert_eq!(load(&broken), Err(StoreError::Damaged), "{at}");
    }
}

/// With a checksum that fits, any content may come: it is refused, or it works.
#[test]
fn forged_bytes_do_not_panic() {
    let bytes = used().save();
    let content = bytes.len() - 8;
    for at in 5..content {
        for change in [1, 2, 0x40, 0x7f, 0x80, 0xff] {
            let mut forged = bytes[..content].to_vec();
            forged[at] ^= change;
            let sum = forged.iter().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| {
                (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
            });
            forged.extend(sum.to_le_bytes());
            if let Ok(set) = PatternSet::load(&forged) {
                for tree in TREES {
                    set.scan(&Sample::parse(tree));
                }
            }
        }
    }
}
