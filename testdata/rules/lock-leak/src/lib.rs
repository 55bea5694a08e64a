//! See the page of lock-leak.
