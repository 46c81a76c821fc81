//! The space-time rules, one file each. They know neither each other nor the
//! engine.

mod across;
mod append_loop;
mod asked_apart;
mod by_lines;
mod changing;
mod comprehension;
mod consumer;
mod counting;
mod cursor;
mod cut_text;
mod drain;
mod ending;
mod factory;
mod files;
mod fused;
mod grouped;
mod holder;
mod layout;
mod line_pattern;
mod literal;
mod looked_at;
mod made_counts;
mod made_list;
mod made_set;
mod matches;
mod naming;
mod picked;
mod price;
mod producer;
mod query;
mod reliances;
mod repeated;
mod rolling;
mod rules;
mod safety;
mod sliding;
mod sorted_set;
mod source;
mod spilled;
mod spilled_list;
mod walked;
mod whole_file;

pub use rules::RULES;
