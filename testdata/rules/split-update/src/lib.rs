//! See the page of split-update.
