//! Helpers that run a closure on the state, by whatever name.

use candid::Principal;
use std::cell::RefCell;
use std::collections::BTreeMap;

#[derive(Default)]
struct Account {
    balance: u64,
    history: Vec<u64>,
}

#[derive(Default)]
struct Data {
    accounts: BTreeMap<Principal, Account>,
    total: u64,
}

#[derive(Default)]
struct Runtime {
    data: Data,
    started: bool,
}

thread_local! {
    static STATE: RefCell<Option<Runtime>> = RefCell::default();
    static PLAIN: RefCell<Runtime> = RefCell::default();
}

fn look<R>(f: impl FnOnce(&Runtime) -> R) -> R {
    STATE.with(|s| f(s.borrow().as_ref().expect("not started")))
}

fn change<F, R>(f: F) -> R
where
    F: FnOnce(&mut Runtime) -> R,
{
    STATE.with_borrow_mut(|s| f(s.as_mut().unwrap()))
}

// Two helpers deep.
fn change_data<R>(f: impl FnOnce(&mut Data) -> R) -> R {
    change(|r| f(&mut r.data))
}

struct Args {
    who: Principal,
    amount: u64,
}

fn prepare(args: &Args, runtime: &Runtime) -> Result<u64, String> {
    let account = runtime.data.accounts.get(&args.who).ok_or("no account")?;
    account.balance.checked_add(args.amount).ok_or_else(|| "too much".to_string())
}

fn commit(args: Args, balance: u64, runtime: &mut Runtime) {
    if let Some(account) = runtime.data.accounts.get_mut(&args.who) {
        account.balance = balance;
    }
}

// reads STATE.data.accounts[who].balance
// writes STATE.data.accounts[who].balance
#[ic_cdk::update]
fn deposit(who: Principal, amount: u64) -> Result<(), String> {
    let args = Args { who, amount };
    let balance = look(|r| prepare(&args, r))?;
    change(|r| commit(args, balance, r));
    Ok(())
}

// writes STATE.data.total
#[ic_cdk::update]
fn set_total(total: u64) {
    change_data(|d| d.total = total);
}

// reads STATE.data.total
#[ic_cdk::query]
fn total() -> u64 {
    look(|r| r.data.total)
}

// A function as the closure.
fn clear_total(r: &mut Runtime) {
    r.data.total = 0;
}

// writes STATE.data.total
#[ic_cdk::update]
fn reset_total() {
    change(clear_total);
}

// A bare with: the closure gets the RefCell.
// writes PLAIN.started
#[ic_cdk::update]
fn start() {
    PLAIN.with(|p| p.borrow_mut().started = true);
}

// writes PLAIN.data.accounts[who].history[*]
#[ic_cdk::update]
fn note(who: Principal, amount: u64) {
    PLAIN.with(|p| {
        let mut runtime = p.borrow_mut();
        if let Some(account) = runtime.data.accounts.get_mut(&who) {
            account.history.push(amount);
        }
    });
}

// Both cells at once.
// reads STATE.data.total
// writes PLAIN.data.total
#[ic_cdk::update]
fn copy_total() {
    look(|r| PLAIN.with_borrow_mut(|p| p.data.total = r.data.total));
}

// The helper is chosen by a type.
trait Store {
    fn store<R>(f: impl FnOnce(&mut Runtime) -> R) -> R;
}

struct Old;
struct New;

impl Store for Old {
    fn store<R>(f: impl FnOnce(&mut Runtime) -> R) -> R {
        PLAIN.with_borrow_mut(f)
    }
}

impl Store for New {
    fn store<R>(f: impl FnOnce(&mut Runtime) -> R) -> R {
        change(f)
    }
}

fn bump<S: Store>(by: u64) {
    S::store(|r| r.data.total += by)
}

// reads PLAIN.data.total
// writes PLAIN.data.total
#[ic_cdk::update]
fn bump_old(by: u64) {
    bump::<Old>(by)
}

// reads STATE.data.total
// writes STATE.data.total
#[ic_cdk::update]
fn bump_new(by: u64) {
    bump::<New>(by)
}
