//! The catalogue of this crate: a rule is added by writing its file and
//! putting its name here.

spacetime_rule::rules![count_items, drop_list, stream_any_all, stream_dict, stream_into, stream_lines, stream_reduction, stream_set, take_smallest];
