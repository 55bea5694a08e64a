//! See the page of unawaited-call.
