//! The log beside what it has to be, with values that wait and without.

use std::collections::BTreeMap;

use super::*;

fn key(number: u64) -> Vec<u8> {
    format!("{number:0width$}", width = 1 + number as usize % 90).into_bytes()
}

fn value(number: u64, round: u64) -> Vec<u8> {
    let length = (number * 31 + round * 177) % 60 * (1 + round % 3);
    vec![(number + round) as u8; length as usize]
}

fn set(keyed: &mut Keyed, hash: u64, key: &[u8], value: &[u8]) {
    match keyed.find(hash, key).unwrap() {
        Some((_, place)) => keyed.replace(place, Value::Bytes(value)).unwrap(),
        None => {
            keyed.insert(Some(hash), key, &[], Value::Bytes(value));
        }
    }
}

/// The hash has few bits, so that tags are the same for many keys.
fn check(directory: PathBuf, few: u64, room: usize) {
    check_with(directory.clone(), few, room, false);
    check_with(directory, few, room, true);
}

/// The same, for some time setting values without looking for their keys.
fn check_with(directory: PathBuf, few: u64, room: usize, put: bool) {
    let mut keyed = Keyed::new(directory, room);
    // By the order in which the keys came.
    let mut known: BTreeMap<u64, (u64, Vec<u8>)> = BTreeMap::new();
    let mut order: BTreeMap<u64, u64> = BTreeMap::new();
    let mut next = 0;
    let mut random = 1_u64;
    for round in 0..40_000_u64 {
        random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let number = (random >> 33) % 3000;
        let hash = number % few;
        let put = put && (round / 1700).is_multiple_of(2);
        if !put && (random >> 20).is_multiple_of(4) {
            let found = keyed.find(hash, &key(number)).unwrap();
            assert_eq!(found.is_some(), order.contains_key(&number));
            if let Some((slot, _)) = found {
                keyed.remove(slot).unwrap();
                known.remove(&order.remove(&number).unwrap());
            }
        } else {
            let value = value(number, round);
            if put {
                keyed.put(hash, &key(number), &[], &value).unwrap();
            } else {
                set(&mut keyed, hash, &key(number), &value);
            }
            let place = *order.entry(number).or_insert_with(|| {
                next += 1;
                next
            });
            known.insert(place, (number, value));
        }
    }
    keyed.settle().unwrap();
    assert_eq!(keyed.len(), known.len());
    for number in 0..3000 {
        let found = keyed.find(number % few, &key(number)).unwrap();
        let expected = order.get(&number).map(|place| known[place].1.clone());
        let found = found.map(|(_, place)| match keyed.value(place).unwrap() {
            Value::Bytes(bytes) => bytes.to_vec(),
            Value::Held => panic!("held"),
        });
        assert_eq!(found, expected, "{number}");
    }
    let mut walk = Walk::default();
    for (number, value) in known.values() {
        let entry = walk.next(&keyed).unwrap().unwrap();
        assert_eq!(entry.key, key(*number));
        assert_eq!(walk.value(&mut keyed).unwrap(), Value::Bytes(value));
    }
    assert_eq!(walk.next(&keyed).unwrap(), None);
    // What is added is found where the walk has ended.
    keyed.insert(Some(7), b"the last", b"beside", Value::Held);
    let entry = walk.next(&keyed).unwrap().unwrap();
    assert_eq!((entry.key, entry.beside), (&b"the last"[..], &b"beside"[..]));
    assert_eq!(walk.value(&mut keyed).unwrap(), Value::Held);
    assert_eq!(walk.next(&keyed).unwrap(), None);
}

#[test]
fn it_is_a_dictionary_in_order() {
    check(std::env::temp_dir(), u64::MAX, 0);
    check(std::env::temp_dir(), u64::MAX, 200_000);
    check(std::env::temp_dir(), 1_000, 0);
    check(std::env::temp_dir(), 1_000, usize::MAX);
}

/// Nearly all keys seem to be there already, and stand where they came nonetheless.
#[test]
fn keys_that_come_late_are_in_order() {
    let mut keyed = Keyed::new(std::env::temp_dir(), 0);
    let mut wanted = Vec::new();
    for number in 0..30_000_u64 {
        let hash = if number % 3 == 0 { number } else { number % 40 };
        keyed.put(hash, &key(number), b"b", &value(number, 1)).unwrap();
        if number % 7000 == 6999 {
            keyed.settle().unwrap();
        }
        wanted.push(number);
    }
    keyed.settle().unwrap();
    assert!(keyed.late.len() > 15_000 && keyed.len() == wanted.len());
    for number in (0..30_000).filter(|number| number % 5 == 0) {
        let hash = if number % 3 == 0 { number } else { number % 40 };
        let (slot, _) = keyed.find(hash, &key(number)).unwrap().unwrap();
        keyed.remove(slot).unwrap();
    }
    wanted.retain(|number| number % 5 != 0);
    let mut walk = Walk::default();
    for number in wanted {
        let entry = walk.next(&keyed).unwrap().unwrap();
        assert_eq!((entry.key, entry.beside), (&*key(number), &b"b"[..]));
        assert_eq!(walk.value(&mut keyed).unwrap(), Value::Bytes(&value(number, 1)));
    }
    assert_eq!(walk.next(&keyed).unwrap(), None);
}

#[test]
fn values_are_written_over_many_times() {
    let mut keyed = Keyed::new(std::env::temp_dir(), 100_000);
    for round in 0..12 {
        for number in 0..20_000_u64 {
            let number = number * 7919 % 20_000;
            keyed.put(number, &number.to_le_bytes(), &[], &value(number, round)).unwrap();
        }
    }
    keyed.settle().unwrap();
    assert_eq!((keyed.len(), keyed.late.len()), (20_000, 0));
    for number in 0..20_000_u64 {
        let (_, place) = keyed.find(number, &number.to_le_bytes()).unwrap().unwrap();
        assert_eq!(keyed.value(place).unwrap(), Value::Bytes(&value(number, 11)));
    }
}

#[test]
fn a_full_disk_changes_nothing() {
    check(PathBuf::from("/nonexistent/folder"), u64::MAX, 0);
    check(PathBuf::from("/nonexistent/folder"), u64::MAX, 200_000);
}

#[test]
fn parts_of_which_nothing_is_needed_are_given_back() {
    let mut keyed = Keyed::new(std::env::temp_dir(), 0);
    for number in 0..50_000_u64 {
        keyed.insert(Some(number), &number.to_le_bytes(), &[], Value::Bytes(&[1; 40]));
        if let Some(old) = number.checked_sub(100) {
            let (slot, _) = keyed.find(old, &old.to_le_bytes()).unwrap().unwrap();
            keyed.remove(slot).unwrap();
        }
    }
    let kept = keyed.parts.iter().filter(|part| !matches!(part, Part::Gone)).count();
    assert!(kept <= 1, "{kept} of {}", keyed.parts.len());
    assert_eq!(keyed.len(), 100);
}

#[test]
fn values_that_grow_do_not_fill_the_disk() {
    let mut keyed = Keyed::new(std::env::temp_dir(), 0);
    keyed.insert(Some(1), b"first", &[], Value::Bytes(b""));
    for length in 0..5000 {
        set(&mut keyed, 2, b"second", &vec![1; length]);
    }
    let log: usize = keyed.parts.len();
    assert!(log < 4, "{log}");
}

#[test]
fn the_table_is_small() {
    let mut keyed = Keyed::new(std::env::temp_dir(), 0);
    for number in 0..300_000_u64 {
        keyed.insert(Some(number), &number.to_le_bytes(), &[], Value::Bytes(&[1]));
        assert!(number < 20_000 || keyed.table() as u64 <= number * 13, "{number}");
    }
}
