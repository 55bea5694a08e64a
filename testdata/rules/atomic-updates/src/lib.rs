//! Updates around an await, in the shapes that linters of other languages test for: an old value that is
//! written back after other messages ran. The cases follow those of a rule for JavaScript, with a state
//! cell for its shared variable and a call for its await; what has no counterpart in Rust is left out.
//!
//! Each module has its own state, which anybody may set.

use candid::Principal;
use ic_cdk::call::Call;

/// Whom every module asks.
const ORACLE: Principal = Principal::from_slice(&[0, 0, 0, 0, 0, 0, 0, 2, 1, 1]);

async fn ask(n: u64) -> u64 {
    match Call::unbounded_wait(ORACLE, "ask").with_arg(n).await {
        Ok(response) => response.candid().unwrap_or(0),
        Err(_) => 0,
    }
}

fn mix(a: u64, b: u64) -> u64 {
    a * 2 + b
}

#[derive(Default)]
struct Record {
    bar: u64,
    name: Option<u64>,
}

/// `foo += await`.
mod add_assign {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn add_assign() {
        let old = FOO.get();
        FOO.set(old + ask(1).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_add_assign(foo: u64) {
        FOO.set(foo);
    }
}

/// Behind a branch that ends before it.
mod after_a_branch {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static LOG: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn after_a_branch() {
        if flag() {
            LOG.set(1);
        }
        let old = FOO.get();
        FOO.set(old + ask(1).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_after_a_branch(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_after_a_branch(flag: bool) {
        FLAG.set(flag);
    }
}

/// Each turn of a loop.
mod in_a_loop {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn in_a_loop() {
        let mut turns = 0;
        while turns < 2 {
            let old = FOO.get();
            FOO.set(old + ask(turns).await); // want "stale-write confirmed"
            turns += 1;
        }
    }

    #[update]
    fn set_foo_of_in_a_loop(foo: u64) {
        FOO.set(foo);
    }
}

/// The await is in one arm, the value in the sum.
mod either_waits_or_not {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn either_waits_or_not() {
        let old = FOO.get();
        let more = if flag() { 1 } else { ask(1).await };
        FOO.set(old + more); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_either_waits_or_not(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_either_waits_or_not(flag: bool) {
        FLAG.set(flag);
    }
}

/// The same, the other way round.
mod waits_first_or_not {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn waits_first_or_not() {
        let old = FOO.get();
        let more = if flag() { ask(1).await } else { 1 };
        FOO.set(old + more); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_waits_first_or_not(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_waits_first_or_not(flag: bool) {
        FLAG.set(flag);
    }
}

/// The whole sum is in one arm.
mod in_one_arm {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn in_one_arm() {
        let new = if flag() {
            let old = FOO.get();
            old + ask(1).await
        } else {
            7
        };
        FOO.set(new); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_in_one_arm(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_in_one_arm(flag: bool) {
        FLAG.set(flag);
    }
}

/// Only one arm reads, both wait afterwards.
mod read_in_one_arm {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn read_in_one_arm() {
        let part = if flag() { FOO.get() } else { ask(1).await };
        FOO.set(part + ask(2).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_read_in_one_arm(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_read_in_one_arm(flag: bool) {
        FLAG.set(flag);
    }
}

/// More terms than two.
mod three_terms {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn three_terms() {
        let old = FOO.get();
        FOO.set(old + 5 + ask(1).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_three_terms(foo: u64) {
        FOO.set(foo);
    }
}

/// The old value is an argument of a function.
mod through_a_function {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::{ask, mix};

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn through_a_function() {
        let old = FOO.get();
        let more = ask(1).await;
        FOO.set(mix(old, more)); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_through_a_function(foo: u64) {
        FOO.set(foo);
    }
}

/// A field of a record.
mod a_field {
    use std::cell::RefCell;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static RECORD: RefCell<Record> = RefCell::default();
    }

    #[update]
    async fn a_field() {
        let old = RECORD.with_borrow(|r| r.bar);
        let more = ask(1).await;
        RECORD.with_borrow_mut(|r| r.bar = old + more); // want "stale-write confirmed"
    }

    #[update]
    fn set_record_of_a_field(bar: u64) {
        RECORD.with_borrow_mut(|r| r.bar = bar);
    }
}

/// A field of an element of a map.
mod a_field_of_an_element {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static TABLE: RefCell<BTreeMap<u64, Record>> = RefCell::default();
    }

    #[update]
    async fn a_field_of_an_element() {
        let old = TABLE.with_borrow(|t| t.get(&3).map_or(0, |r| r.bar));
        let more = ask(1).await;
        TABLE.with_borrow_mut(|t| t.entry(3).or_default().bar = old + more); // want "stale-write confirmed"
    }

    #[update]
    fn set_element_of_a_field_of_an_element(bar: u64) {
        TABLE.with_borrow_mut(|t| t.entry(3).or_default().bar = bar);
    }
}

/// Two awaits, the value is read between them.
mod waits_twice {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn waits_twice() {
        let first = ask(FOO.get()).await;
        let old = FOO.get();
        FOO.set(old + first + ask(2).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_waits_twice(foo: u64) {
        FOO.set(foo);
    }
}

/// The old value goes into the question too.
mod also_asked_with_it {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn also_asked_with_it() {
        let old = FOO.get();
        FOO.set(old + ask(old).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_also_asked_with_it(foo: u64) {
        FOO.set(foo);
    }
}

/// The update stands in an async function that is awaited.
mod in_a_helper {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    async fn add_late() {
        let old = FOO.get();
        FOO.set(old + ask(1).await); // want "stale-write confirmed"
    }

    #[update]
    async fn in_a_helper() {
        add_late().await;
    }

    #[update]
    fn set_foo_of_in_a_helper(foo: u64) {
        FOO.set(foo);
    }
}

/// A choice within a choice within a choice.
mod in_a_nested_choice {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn in_a_nested_choice() {
        let part = if flag() {
            if FOO.get() > 3 {
                if flag() {
                    FOO.get()
                } else {
                    1
                }
            } else {
                2
            }
        } else {
            3
        };
        FOO.set(part + ask(1).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_in_a_nested_choice(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_in_a_nested_choice(flag: bool) {
        FLAG.set(flag);
    }
}

/// A value that another message may have replaced is written as it was.
mod stored_before {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn stored_before() {
        let old = FOO.get();
        let _ = ask(1).await;
        if flag() {
            FOO.set(old); // want "stale-write confirmed"
        }
    }

    #[update]
    fn set_foo_of_stored_before(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_stored_before(flag: bool) {
        FLAG.set(flag);
    }
}

/// The read sits in an expression that waits in between.
mod with_a_default {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn with_a_default() {
        FOO.set(FOO.get() + ask(1).await); // want "stale-write confirmed"
    }

    #[update]
    fn set_foo_of_with_a_default(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: Add_assign without a call.
mod add_assign_at_once {
    use std::cell::Cell;

    use ic_cdk::update;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn add_assign_at_once() {
        FOO.set(FOO.get() + 1);
    }

    #[update]
    fn set_foo_of_add_assign_at_once(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: Add_assign: the old value is read behind the await.
mod read_behind {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn read_behind() {
        let more = ask(1).await;
        FOO.set(more + FOO.get());
    }

    #[update]
    fn set_foo_of_read_behind(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: Add_assign on a local: nobody else sees it.
mod a_local {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static LOG: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn a_local() {
        let mut foo = 4;
        foo += ask(1).await;
        LOG.set(foo);
    }
}

/// Quiet: Through_a_function, read behind the await.
mod argument_read_behind {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::{ask, mix};

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn argument_read_behind() {
        let more = ask(1).await;
        FOO.set(mix(FOO.get(), more));
    }

    #[update]
    fn set_foo_of_argument_read_behind(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: In_a_loop, each turn reads behind its await.
mod in_a_loop_behind {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn in_a_loop_behind() {
        let mut turns = 0;
        while turns < 2 {
            let more = ask(turns).await;
            FOO.set(FOO.get() + more);
            turns += 1;
        }
    }

    #[update]
    fn set_foo_of_in_a_loop_behind(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: A_field, changed in one segment.
mod a_field_behind {
    use std::cell::RefCell;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static RECORD: RefCell<Record> = RefCell::default();
    }

    #[update]
    async fn a_field_behind() {
        let more = ask(1).await;
        RECORD.with_borrow_mut(|r| r.bar += more);
    }

    #[update]
    fn set_record_of_a_field_behind(bar: u64) {
        RECORD.with_borrow_mut(|r| r.bar = bar);
    }
}

/// Quiet: A_field_of_an_element, changed in one segment.
mod an_element_behind {
    use std::cell::RefCell;
    use std::collections::BTreeMap;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static TABLE: RefCell<BTreeMap<u64, Record>> = RefCell::default();
    }

    #[update]
    async fn an_element_behind() {
        let more = ask(1).await;
        TABLE.with_borrow_mut(|t| t.entry(3).or_default().bar += more);
    }

    #[update]
    fn set_element_of_an_element_behind(bar: u64) {
        TABLE.with_borrow_mut(|t| t.entry(3).or_default().bar = bar);
    }
}

/// Quiet: What the call answered is stored.
mod the_answer_only {
    use std::cell::RefCell;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static RECORD: RefCell<Record> = RefCell::default();
    }

    #[update]
    async fn the_answer_only() {
        let answer = ask(1).await;
        RECORD.with_borrow_mut(|r| r.bar = answer);
    }

    #[update]
    fn set_record_of_the_answer_only(bar: u64) {
        RECORD.with_borrow_mut(|r| r.bar = bar);
    }
}

/// Quiet: In_one_arm: no path reads and waits.
mod either_or {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn either_or() {
        let new = if flag() { FOO.get() } else { ask(1).await };
        FOO.set(new);
    }

    #[update]
    fn set_foo_of_either_or(foo: u64) {
        FOO.set(foo);
    }

    #[update]
    fn set_flag_of_either_or(flag: bool) {
        FLAG.set(flag);
    }
}

/// Quiet: Changed before the call, nothing afterwards.
mod changed_before {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn changed_before() {
        FOO.set(FOO.get() + 1);
        let _ = ask(1).await;
    }

    #[update]
    fn set_foo_of_changed_before(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: A count of those under way: up before, down behind.
mod up_and_down {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn up_and_down() {
        FOO.set(FOO.get() + 1);
        let _ = ask(1).await;
        FOO.set(FOO.get() - 1);
    }

    #[update]
    fn set_foo_of_up_and_down(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: An assignment in the arm of the failure, nothing was read.
mod reset_on_failure {
    use std::cell::RefCell;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static RECORD: RefCell<Record> = RefCell::default();
    }

    #[update]
    async fn reset_on_failure() {
        RECORD.with_borrow_mut(|r| r.bar = 1);
        if ask(1).await == 0 {
            RECORD.with_borrow_mut(|r| r.bar = 0);
        }
    }

    #[update]
    fn set_record_of_reset_on_failure(bar: u64) {
        RECORD.with_borrow_mut(|r| r.bar = bar);
    }
}

/// Quiet: What was read goes into another place.
mod another_place {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static FOO: Cell<u64> = const { Cell::new(0) };
        static LOG: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn another_place() {
        let key = FOO.get();
        let answer = ask(key).await;
        LOG.set(answer);
    }

    #[update]
    fn set_foo_of_another_place(foo: u64) {
        FOO.set(foo);
    }
}

/// Quiet: A constant is stored behind the await.
mod a_constant_behind {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static LOG: Cell<u64> = const { Cell::new(0) };
    }

    #[update]
    async fn a_constant_behind() {
        let _ = ask(1).await;
        LOG.set(1);
    }
}

/// Quiet: The place is found empty, the answer is stored.
mod a_cache {
    use std::cell::RefCell;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static RECORD: RefCell<Record> = RefCell::default();
    }

    #[update]
    async fn a_cache() {
        if RECORD.with_borrow(|r| r.name.is_none()) {
            let answer = ask(1).await;
            RECORD.with_borrow_mut(|r| r.name = Some(answer));
        }
    }

    #[update]
    fn set_record_of_a_cache(bar: u64) {
        RECORD.with_borrow_mut(|r| r.bar = bar);
    }
}

/// Quiet: Many branches cost no more than few.
mod twenty_branches {
    use std::cell::Cell;

    use ic_cdk::update;

    use super::ask;

    thread_local! {
        static LOG: Cell<u64> = const { Cell::new(0) };
        static FLAG: Cell<bool> = const { Cell::new(false) };
    }

    fn flag() -> bool {
        FLAG.get()
    }

    #[update]
    async fn twenty_branches() {
        if flag() {
            LOG.set(1);
        }
        if flag() {
            LOG.set(2);
        }
        if flag() {
            LOG.set(3);
        }
        if flag() {
            LOG.set(4);
        }
        if flag() {
            LOG.set(5);
        }
        if flag() {
            LOG.set(6);
        }
        if flag() {
            LOG.set(7);
        }
        if flag() {
            LOG.set(8);
        }
        if flag() {
            LOG.set(9);
        }
        if flag() {
            LOG.set(10);
        }
        if flag() {
            LOG.set(11);
        }
        if flag() {
            LOG.set(12);
        }
        if flag() {
            LOG.set(13);
        }
        if flag() {
            LOG.set(14);
        }
        if flag() {
            LOG.set(15);
        }
        if flag() {
            LOG.set(16);
        }
        if flag() {
            LOG.set(17);
        }
        if flag() {
            LOG.set(18);
        }
        if flag() {
            LOG.set(19);
        }
        if flag() {
            LOG.set(20);
        }
        let _ = ask(1).await;
    }

    #[update]
    fn set_flag_of_twenty_branches(flag: bool) {
        FLAG.set(flag);
    }
}

/// Quiet: A loop over a copy waits each turn, and nothing is written.
mod a_loop_over_a_copy {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use ic_cdk::update;

    use super::{ask, Record};

    thread_local! {
        static LOG: Cell<u64> = const { Cell::new(0) };
        static TABLE: RefCell<BTreeMap<u64, Record>> = RefCell::default();
    }

    #[update]
    async fn a_loop_over_a_copy() {
        let all: Vec<u64> = TABLE.with_borrow(|t| t.keys().copied().collect());
        for key in &all {
            let known = TABLE.with_borrow(|t| t.contains_key(key));
            let _ = ask(u64::from(known)).await;
        }
        for key in all {
            LOG.set(key);
        }
    }

    #[update]
    fn set_element_of_a_loop_over_a_copy(bar: u64) {
        TABLE.with_borrow_mut(|t| t.entry(3).or_default().bar = bar);
    }
}
