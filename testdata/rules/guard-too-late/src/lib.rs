//! See the page of guard-too-late.
