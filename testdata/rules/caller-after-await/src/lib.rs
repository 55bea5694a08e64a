//! See the page of caller-after-await.
