//! The catalogue of this crate: a rule is added by writing its file and
//! putting its name here.

spacetime_rule::rules![
    count_items,
    drop_list,
    fold_groups,
    roll_rows,
    spill_groups,
    spill_join,
    spill_list,
    spill_set,
    spill_sort,
    spill_sorted_set,
    stop_split,
    stream_any_all,
    stream_appends,
    stream_dict,
    stream_into,
    stream_lines,
    stream_list,
    stream_reduction,
    stream_matches,
    stream_result,
    stream_rows,
    stream_set,
    stream_slice,
    take_smallest,
];
