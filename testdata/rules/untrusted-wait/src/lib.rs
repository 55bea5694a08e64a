//! See the page of untrusted-wait.
