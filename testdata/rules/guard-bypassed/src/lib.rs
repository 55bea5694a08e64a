//! See the page of guard-bypassed.
