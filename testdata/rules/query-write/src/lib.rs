//! See the page of query-write.
