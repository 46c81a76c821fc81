//! The catalogue of this crate: a rule is added by writing its file and
//! putting its name here.

spacetime_rule::rules![spill_sort, stream_any_all, stream_appends, stream_list, stream_reduction];
