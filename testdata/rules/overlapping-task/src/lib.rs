//! See the page of overlapping-task.
