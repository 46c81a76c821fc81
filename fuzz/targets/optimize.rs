//! Any bytes through `stc optimize`: decoding, the parser, the model, the rules.
//! What comes out parses, and stays as it is when it is optimized again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use spacetime_engine::{Options, Source, SourceKind, optimize};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = Source::decode(bytes) else { return };
    let options = Options::default();
    let Ok(first) = optimize(source.text(), SourceKind::Python, &options) else { return };
    assert!(first.faults.is_empty(), "{:?}", first.faults);
    let second = optimize(&first.text, SourceKind::Python, &options).expect("what comes out parses");
    assert_eq!(second.text, first.text, "it is not at rest");
});
