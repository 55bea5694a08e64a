//! See the page of unknown-outcome.
