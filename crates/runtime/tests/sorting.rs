//! The sorter against the standard library's stable sort, over small budgets so
//! that spilling and merging in several passes happen.

#![expect(clippy::unwrap_used, reason = "a test")]

use spacetime_runtime::{Finished, Record, Sorted, Sorter, codec, spilled};

/// A small generator of numbers, so that tests need no crate and repeat.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

fn sorter(budget: usize, reverse: bool, words: bool) -> Sorter {
    Sorter::new(budget, std::env::temp_dir(), reverse, words)
}

fn sorted(sorter: Sorter) -> Sorted {
    match sorter.finish().unwrap() {
        Finished::Sorted(sorted) => sorted,
        Finished::Incomparable(_) => panic!("incomparable"),
    }
}

fn push(sorter: &mut Sorter, key: &[u8], payload: &[u8]) {
    sorter.push(key, payload, 0);
    if sorter.is_full() {
        sorter.spill().unwrap();
    }
}

fn records(sorter: Sorter) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut sorted = sorted(sorter);
    let mut all = Vec::new();
    while let Some(record) = sorted.next().unwrap() {
        match record {
            Record::Bytes { key, payload } => all.push((key.to_vec(), payload.to_vec())),
            other => panic!("{other:?}"),
        }
    }
    all
}

fn texts(numbers: &mut Numbers, count: usize) -> Vec<(Vec<u8>, Vec<u8>)> {
    (0..count)
        .map(|number| {
            let length = numbers.below(12);
            let mut key = b"shared".to_vec();
            key.extend((0..length).map(|_| numbers.below(4) as u8));
            (key, number.to_le_bytes().to_vec())
        })
        .collect()
}

#[test]
fn records_come_out_stable_at_every_budget() {
    let mut numbers = Numbers(1);
    for (count, budget) in [(0, 16384), (1, 16384), (700, 1 << 20), (5000, 16384), (40_000, 16384)] {
        for reverse in [false, true] {
            let input = texts(&mut numbers, count);
            let mut sorter = sorter(budget, reverse, false);
            for (key, payload) in &input {
                push(&mut sorter, key, payload);
            }
            assert_eq!(sorter.has_spilled(), count >= 5000);
            let mut expected = input;
            if reverse {
                expected.sort_by(|a, b| b.0.cmp(&a.0));
            } else {
                expected.sort_by(|a, b| a.0.cmp(&b.0));
            }
            assert!(records(sorter) == expected, "{count} {reverse}");
        }
    }
}

/// Keys that the first eight bytes tell apart, or nearly so.
#[test]
fn short_keys_are_told_apart() {
    for zeros in [false, true] {
        let mut numbers = Numbers(9);
        let mut sorter = sorter(16384, zeros, false);
        let mut expected = Vec::new();
        for number in 0..8000_u32 {
            let mut content = vec![b'k'; 3];
            content.extend((0..numbers.below(4)).map(|_| numbers.below(2) as u8 + u8::from(!zeros)));
            let mut key = Vec::new();
            codec::rest(&mut key, codec::Kind::Bytes, &content);
            push(&mut sorter, &key, &number.to_le_bytes());
            expected.push((key, number.to_le_bytes().to_vec()));
        }
        if zeros {
            expected.sort_by(|a, b| b.0.cmp(&a.0));
        } else {
            expected.sort_by(|a, b| a.0.cmp(&b.0));
        }
        assert!(records(sorter) == expected);
    }
}

#[test]
fn large_records_pass_through_small_buffers() {
    let mut numbers = Numbers(2);
    let mut sorter = sorter(16384, false, false);
    let mut expected = Vec::new();
    for number in 0..200_u32 {
        let size = if number % 17 == 0 { 60_000 } else { 5 };
        let key = vec![numbers.below(200) as u8; 3];
        let payload = vec![number as u8; size];
        push(&mut sorter, &key, &payload);
        expected.push((key, payload));
    }
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert!(records(sorter) == expected);
}

#[test]
fn words_are_sorted_and_widened() {
    for widen in [false, true] {
        let mut numbers = Numbers(3);
        let mut sorter = sorter(16384, true, true);
        let mut expected = Vec::new();
        for step in 0..30_000 {
            let value = numbers.below(1 << 31).cast_signed() - (1 << 30);
            sorter.push_int(value, 40);
            expected.push(value);
            if widen && step == 20_000 {
                let mut key = Vec::new();
                codec::big_int(&mut key, false, &[255; 9]);
                sorter.push(&key, &[], 40);
            }
            if sorter.is_full() {
                sorter.spill().unwrap();
            }
        }
        expected.sort_unstable_by(|a, b| b.cmp(a));
        let mut sorted = sorted(sorter);
        let mut values = Vec::new();
        while let Some(record) = sorted.next().unwrap() {
            match record {
                Record::Int(value) => values.push(value),
                Record::Bytes { key, .. } => match codec::Reader::new(key).next() {
                    Some(codec::Event::Int(value)) => values.push(value),
                    Some(codec::Event::BigInt { .. }) => assert!(widen && values.is_empty()),
                    other => panic!("{other:?}"),
                },
                Record::Float(_) => panic!("a float"),
            }
        }
        assert!(values == expected);
    }
}

#[test]
fn replay_gives_the_order_of_arrival() {
    let mut numbers = Numbers(4);
    let input = texts(&mut numbers, 9000);
    let mut sorter = sorter(16384, false, false);
    for (key, payload) in &input {
        push(&mut sorter, key, payload);
    }
    let mut back = vec![None; input.len()];
    sorter
        .replay(|place, record| {
            if let Record::Bytes { key, payload } = record {
                back[place] = Some((key.to_vec(), payload.to_vec()));
            }
            Ok::<_, spacetime_runtime::Error>(())
        })
        .unwrap();
    assert!(back.into_iter().map(Option::unwrap).eq(input));
}

#[test]
fn mixed_keys_are_given_back_when_they_meet() {
    for clash in [false, true] {
        let mut sorter = sorter(16384, false, false);
        for number in 0..3000_i64 {
            let mut key = Vec::new();
            codec::begin_tuple(&mut key);
            codec::int(&mut key, if clash { number % 2999 } else { number });
            if number == 0 {
                codec::none(&mut key);
            } else {
                codec::float(&mut key, 1.0);
            }
            codec::end_tuple(&mut key);
            push(&mut sorter, &key, b"x");
        }
        sorter.set_mixed();
        match sorter.finish().unwrap() {
            Finished::Sorted(sorted) => assert!(!clash && sorted.left() == 3000),
            Finished::Incomparable(sorter) => {
                assert!(clash);
                let mut seen = vec![false; 3000];
                let each = |place: usize, _: Record<'_>| {
                    seen[place] = true;
                    Ok::<_, spacetime_runtime::Error>(())
                };
                sorter.replay(each).unwrap();
                assert!(seen.into_iter().all(|seen| seen));
            }
        }
    }
}

#[test]
fn what_is_spilled_is_counted() {
    let before = spilled();
    let mut sorter = sorter(16384, false, true);
    for value in 0..1000 {
        sorter.push_int(value, 40);
    }
    sorter.spill().unwrap();
    let after = spilled();
    assert!(after.bytes - before.bytes >= 16_000);
    assert!(after.runs > before.runs && after.files > before.files);
}
