//! A lock is part of what an upgrade saves; the message that holds it is not.
//!
//! Every module is a small service of its own: one with a lock that survives, and its fixed
//! versions. The hooks at the end save and restore all of them.

mod exports;
mod fetches;
mod heap;
mod imports;
mod jobs;
mod parts;
mod resets;
mod skipped;
mod stable;

use candid::Principal;
use ic_cdk::storage::{stable_restore, stable_save};
use ic_cdk::{post_upgrade, pre_upgrade};

/// The service every module calls.
const SERVICE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

type Saved = (jobs::State, resets::State, exports::State, imports::State, skipped::State, fetches::State, parts::Data);

#[pre_upgrade]
fn pre_upgrade() {
    exports::unlock();
    let all: Saved = (
        jobs::save(),
        resets::save(),
        exports::save(),
        imports::save(),
        skipped::save(),
        fetches::save(),
        parts::save(),
    );
    stable_save(all).expect("the state cannot be saved");
}

#[post_upgrade]
fn post_upgrade() {
    let (jobs, resets, exports, imports, skipped, fetches, parts): Saved =
        stable_restore().expect("the state cannot be restored");
    jobs::restore(jobs);
    resets::restore(resets);
    exports::restore(exports);
    imports::restore(imports);
    skipped::restore(skipped);
    fetches::restore(fetches);
    parts::restore(parts);
    stable::restore();
}
