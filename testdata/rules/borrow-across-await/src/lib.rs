//! See the page of borrow-across-await.
