//! See the page of lock-survives-upgrade.
