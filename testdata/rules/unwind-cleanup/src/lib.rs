//! See the page of unwind-cleanup.
