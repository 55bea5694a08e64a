//! See the page of ignored-result.
