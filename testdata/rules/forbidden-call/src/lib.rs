//! See the page of forbidden-call.
