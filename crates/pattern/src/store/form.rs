//! Patterns as bytes.

use crate::pattern::{Group, Item, Items, Label, MOST_PLACES, MOST_REPEATS, One, Pattern, Test};
use crate::store::StoreError;
use crate::store::bytes::{Reader, Writer};

/// Items in items: no notation goes deeper, and each is a call of a function.
const DEEPEST: u32 = 500;
const ROLES: usize = 8;

pub(super) fn write(writer: &mut Writer, patterns: &[Pattern]) {
    writer.count(patterns.len());
    for pattern in patterns {
        writer.number(pattern.equal);
        writer.count(pattern.names.len());
        for name in &*pattern.names {
            writer.text(name);
        }
        write_items(writer, &pattern.items);
    }
}

fn write_items(writer: &mut Writer, items: &[Item]) {
    writer.count(items.len());
    for item in items {
        write_item(writer, item);
    }
}

fn write_item(writer: &mut Writer, item: &Item) {
    match item {
        Item::One(one) => {
            writer.number(0_u8);
            write_one(writer, one);
        }
        Item::Group(group) => {
            writer.number(1_u8);
            writer.number(group.least);
            writer.maybe(group.most);
            writer.maybe(group.name);
            writer.count(group.alternatives.len());
            for items in &group.alternatives {
                write_items(writer, items);
            }
        }
        Item::Not(inner) => {
            writer.number(2_u8);
            write_item(writer, inner);
        }
    }
}

fn write_one(writer: &mut Writer, one: &One) {
    writer.maybe(one.test.kind);
    match &one.test.label {
        Label::Any => writer.number(0_u8),
        Label::Some => writer.number(1_u8),
        Label::Is(None) => writer.number(2_u8),
        Label::Is(Some(text)) => {
            writer.number(3_u8);
            writer.text(text);
        }
    }
    writer.number(one.test.whole);
    writer.maybe(one.role);
    writer.maybe(one.name);
    writer.number(one.children.is_some());
    if let Some(items) = &one.children {
        write_items(writer, items);
    }
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<Vec<Pattern>, StoreError> {
    let count = reader.count()?;
    let mut patterns = Vec::new();
    for _ in 0..count {
        let equal = reader.flag()?;
        let names = (0..reader.count()?).map(|_| Ok(reader.text()?.into())).collect::<Result<Vec<_>, _>>()?;
        let items = Form { reader, names: names.len() }.items(0)?;
        let pattern = Pattern { items, names: names.into(), equal };
        if pattern.places() > MOST_PLACES {
            return Err(StoreError::Damaged);
        }
        patterns.push(pattern);
    }
    Ok(patterns)
}

/// Reads items whose names are below a number.
struct Form<'r, 'a> {
    reader: &'r mut Reader<'a>,
    names: usize,
}

impl Form<'_, '_> {
    fn items(&mut self, depth: u32) -> Result<Items, StoreError> {
        if depth > DEEPEST {
            return Err(StoreError::Damaged);
        }
        (0..self.reader.count()?).map(|_| self.item(depth + 1)).collect()
    }

    fn item(&mut self, depth: u32) -> Result<Item, StoreError> {
        if depth > DEEPEST {
            return Err(StoreError::Damaged);
        }
        match self.reader.at_most(2)? {
            0 => Ok(Item::One(self.one(depth)?)),
            1 => Ok(Item::Group(self.group(depth)?)),
            _ => Ok(Item::Not(Box::new(self.item(depth + 1)?))),
        }
    }

    fn group(&mut self, depth: u32) -> Result<Group, StoreError> {
        let least = self.reader.at_most(MOST_REPEATS as usize)?;
        let most = self.reader.maybe(MOST_REPEATS as usize)?;
        if most.is_some_and(|most| most < least) {
            return Err(StoreError::Damaged);
        }
        let name = self.name()?;
        let alternatives = (0..self.reader.count()?).map(|_| self.items(depth)).collect::<Result<_, _>>()?;
        Ok(Group { alternatives, least, most, name })
    }

    fn one(&mut self, depth: u32) -> Result<One, StoreError> {
        let kind = self.reader.maybe(usize::from(u16::MAX) - 1)?.map(|kind| kind as u16);
        let label = match self.reader.at_most(3)? {
            0 => Label::Any,
            1 => Label::Some,
            2 => Label::Is(None),
            _ => Label::Is(Some(self.reader.text()?.into())),
        };
        let test = Test { kind, label, whole: self.reader.flag()? };
        let role = self.reader.maybe(ROLES - 1)?.map(|role| role as u8);
        let name = self.name()?;
        let children = if self.reader.flag()? { Some(self.items(depth)?) } else { None };
        Ok(One { test, role, children, name })
    }

    fn name(&mut self) -> Result<Option<u16>, StoreError> {
        match self.reader.maybe(usize::from(u16::MAX))? {
            Some(name) if name as usize >= self.names => Err(StoreError::Damaged),
            name => Ok(name.map(|name| name as u16)),
        }
    }
}
