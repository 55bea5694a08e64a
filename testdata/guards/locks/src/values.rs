//! Locks held by a value whose `Drop` gives them back.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::marker::PhantomData;

use candid::Principal;
use ic_cdk::api::msg_caller;
use ic_cdk::update;

use crate::work;

thread_local! {
    static CALLERS: RefCell<BTreeSet<Principal>> = RefCell::default();
    static BUSY: Cell<bool> = const { Cell::new(false) };
    static RUNNING: Cell<u32> = const { Cell::new(0) };
    static STATE: RefCell<State> = RefCell::default();
    static COMMANDS: RefCell<BTreeMap<u64, Command>> = const { RefCell::new(BTreeMap::new()) };
    static SERVED: Cell<u64> = const { Cell::new(0) };
}

// One caller at a time.

struct CallerGuard {
    caller: Principal,
}

impl CallerGuard {
    fn new(caller: Principal) -> Result<Self, String> {
        CALLERS.with_borrow_mut(|callers| {
            if !callers.insert(caller) {
                return Err(format!("{caller} is being served"));
            }
            Ok(Self { caller })
        })
    }
}

impl Drop for CallerGuard {
    fn drop(&mut self) {
        CALLERS.with_borrow_mut(|callers| {
            callers.remove(&self.caller);
        });
    }
}

/// lock: CALLERS[caller], value CallerGuard, 1 await, freed on return, error, trap
#[update]
async fn per_caller() -> Result<(), String> {
    let _guard = CallerGuard::new(msg_caller())?;
    work().await
}

// Dead before the await: nothing is held.
/// no lock
#[update]
async fn per_caller_dropped() -> Result<(), String> {
    let _ = CallerGuard::new(msg_caller())?;
    work().await
}

/// lock: CALLERS[caller], value CallerGuard, 1 await, freed on return, error, trap
#[update]
async fn in_callers_frame() -> Result<(), String> {
    let _guard = CallerGuard::new(msg_caller())?;
    dispatch(1).await
}

async fn dispatch(kind: u32) -> Result<(), String> {
    match kind {
        0 => Ok(()),
        _ => work().await,
    }
}

// A flag, taken in several ways.

struct BusyGuard;

impl BusyGuard {
    fn acquire() -> Option<Self> {
        if BUSY.replace(true) {
            None
        } else {
            Some(Self)
        }
    }
}

impl Drop for BusyGuard {
    fn drop(&mut self) {
        BUSY.set(false);
    }
}

/// lock: BUSY, value BusyGuard, 1 await, freed on return, trap
#[update]
async fn exclusive() {
    let Some(_guard) = BusyGuard::acquire() else {
        return;
    };
    let _ = work().await;
}

/// lock: BUSY, value BusyGuard, 2 awaits, freed on return, trap
#[update]
async fn exclusive_by_match() {
    let _guard = match BusyGuard::acquire() {
        Some(guard) => guard,
        None => return,
    };
    let _ = work().await;
    let _ = work().await;
}

/// lock: BUSY, value BusyGuard, 1 await, freed on return, trap
#[update]
async fn exclusive_or_trap() {
    let _guard = BusyGuard::acquire().expect("busy");
    let _ = work().await;
}

/// lock: BUSY, value BusyGuard, 1 await, freed on return, trap
#[update]
async fn released_early() {
    let guard = BusyGuard::acquire().expect("busy");
    let _ = work().await;
    drop(guard);
    let _ = work().await;
}

// No way out but a trap: the cleanup gives it back.
/// lock: BUSY, value BusyGuard, 1 await, freed on trap
#[update]
async fn always_traps() {
    let _guard = BusyGuard::acquire().expect("busy");
    let _ = work().await;
    panic!("always");
}

// Whoever is turned away from the first part goes on with the second.
/// lock: BUSY, value BusyGuard, 1 await, freed on return, error, trap
#[update]
async fn in_part() -> Result<(), String> {
    exclusive_part().await;
    work().await
}

async fn exclusive_part() {
    let Some(_guard) = BusyGuard::acquire() else {
        return;
    };
    let _ = work().await;
}

// A number of messages at a time.

const MOST: u32 = 10;

struct Slot;

impl Slot {
    fn try_new() -> Result<Self, String> {
        let running = RUNNING.get();
        if running >= MOST {
            return Err("too many".to_string());
        }
        RUNNING.set(running + 1);
        Ok(Self)
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        RUNNING.set(RUNNING.get() - 1);
    }
}

/// lock: RUNNING, value Slot, shared, 1 await, freed on return, error, trap
#[update]
async fn limited() -> Result<(), String> {
    let _slot = Slot::try_new()?;
    work().await
}

// `new` never refuses: it only counts.

struct Served;

impl Served {
    fn new() -> Self {
        SERVED.set(SERVED.get() + 1);
        Self
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        SERVED.set(SERVED.get() - 1);
    }
}

/// no lock
#[update]
async fn counted() -> Result<(), String> {
    let _served = Served::new();
    work().await
}

// Generic in what it locks.

#[derive(Default)]
struct State {
    deposits: BTreeSet<Principal>,
    withdrawals: BTreeSet<Principal>,
    tasks: BTreeSet<Task>,
}

trait Requests {
    fn requests(state: &mut State) -> &mut BTreeSet<Principal>;
}

struct Deposits;

impl Requests for Deposits {
    fn requests(state: &mut State) -> &mut BTreeSet<Principal> {
        &mut state.deposits
    }
}

struct Withdrawals;

impl Requests for Withdrawals {
    fn requests(state: &mut State) -> &mut BTreeSet<Principal> {
        &mut state.withdrawals
    }
}

const MANY: usize = 100;

struct Guard<R: Requests> {
    principal: Principal,
    _marker: PhantomData<R>,
}

impl<R: Requests> Guard<R> {
    fn new(principal: Principal) -> Result<Self, String> {
        STATE.with_borrow_mut(|state| {
            let requests = R::requests(state);
            if requests.contains(&principal) {
                return Err("busy".to_string());
            }
            if requests.len() >= MANY {
                return Err("too many".to_string());
            }
            requests.insert(principal);
            Ok(Self { principal, _marker: PhantomData })
        })
    }
}

impl<R: Requests> Drop for Guard<R> {
    fn drop(&mut self) {
        STATE.with_borrow_mut(|state| R::requests(state).remove(&self.principal));
    }
}

fn deposit_guard(principal: Principal) -> Result<Guard<Deposits>, String> {
    Guard::new(principal)
}

/// lock: STATE.deposits[caller], value Guard, 1 await, freed on return, error, trap
#[update]
async fn deposit() -> Result<(), String> {
    let _guard = deposit_guard(msg_caller())?;
    work().await
}

/// lock: STATE.withdrawals[caller], value Guard, 1 await, freed on return, error, trap
#[update]
async fn withdraw() -> Result<(), String> {
    let _guard = Guard::<Withdrawals>::new(msg_caller())?;
    work().await
}

// By a key of the program's own.

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Task {
    Mint,
    Burn,
}

struct TimerGuard {
    task: Task,
}

impl TimerGuard {
    fn new(task: Task) -> Result<Self, String> {
        STATE.with_borrow_mut(|state| {
            if !state.tasks.insert(task) {
                return Err("runs already".to_string());
            }
            Ok(Self { task })
        })
    }
}

impl Drop for TimerGuard {
    fn drop(&mut self) {
        STATE.with_borrow_mut(|state| state.tasks.remove(&self.task));
    }
}

/// lock: STATE.tasks[Task::Mint], value TimerGuard, 1 await, freed on return, trap
#[update]
async fn mint() {
    let _guard = match TimerGuard::new(Task::Mint) {
        Ok(guard) => guard,
        Err(_) => return,
    };
    let _ = work().await;
}

/// lock: STATE.tasks[Task::Burn], value TimerGuard, 1 await, freed on return, trap
#[update]
async fn burn() {
    if let Ok(_guard) = TimerGuard::new(Task::Burn) {
        let _ = work().await;
    }
}

// Kept on purpose when what follows traps, or when told so.

struct Command;

struct CommandLock {
    id: u64,
    retain: bool,
}

impl CommandLock {
    fn new(id: u64) -> Result<Self, String> {
        COMMANDS.with_borrow_mut(|commands| {
            if commands.contains_key(&id) {
                return Err("in flight".to_string());
            }
            commands.insert(id, Command);
            Ok(Self { id, retain: false })
        })
    }

    fn retain(&mut self) {
        self.retain = true;
    }
}

impl Drop for CommandLock {
    fn drop(&mut self) {
        if self.retain {
            return;
        }
        if ic_cdk::futures::is_recovering_from_trap() {
            return;
        }
        COMMANDS.with_borrow_mut(|commands| commands.remove(&self.id));
    }
}

/// lock: COMMANDS[id], value CommandLock, 1 await, freed on return, error; stays after trap
#[update]
async fn command(id: u64) -> Result<(), String> {
    let _lock = CommandLock::new(id)?;
    work().await
}

/// lock: COMMANDS[id], value CommandLock, 1 await, freed on return; stays after error, trap
#[update]
async fn command_retained(id: u64) -> Result<(), String> {
    let mut lock = CommandLock::new(id)?;
    if let Err(e) = work().await {
        lock.retain();
        return Err(e);
    }
    Ok(())
}

// Taken by whoever starts the task, held by the task.

/// no lock
#[update]
fn start() {
    let Some(guard) = BusyGuard::acquire() else {
        return;
    };
    // task: BUSY, value BusyGuard, handed over, 1 await, freed on return, trap
    ic_cdk::futures::spawn(async move {
        let _guard = guard;
        let _ = work().await;
    });
}
