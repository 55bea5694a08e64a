//! See the page of guard-dropped.
