//! The space-time rules, one file each. They know neither each other nor the
//! engine.

mod across;
mod append_loop;
mod by_lines;
mod changing;
mod comprehension;
mod consumer;
mod counting;
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
mod made_list;
mod made_set;
mod matches;
mod naming;
mod picked;
mod price;
mod producer;
mod reliances;
mod repeated;
mod rolling;
mod rules;
mod safety;
mod sliding;
mod sorted_set;
mod source;
mod spilled;
mod walked;
mod whole_file;

pub use rules::RULES;
