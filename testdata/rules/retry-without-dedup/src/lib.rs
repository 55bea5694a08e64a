//! See the page of retry-without-dedup.
