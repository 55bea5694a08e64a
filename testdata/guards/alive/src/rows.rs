//! Is the guard alive at the await, and when does it die? One function for
//! each way to bind one. Comments at the end of a line state, for a run in which
//! the lock is free and the call works:
//!
//!     // held      the await in this line suspends with one guard alive
//!     // held 2    with two
//!     // free      with none
//!     // drop      the last guard that dies here dies in this line
//!     // 2024: free   what holds in that edition only
//!
//! A function without `drop` never gives its guard back.

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::update;
use std::cell::Cell;
use std::mem::ManuallyDrop;

thread_local! {
    static ALIVE: Cell<u32> = const { Cell::new(0) };
}

const MOST: u32 = 2;

pub struct Guard(());

impl Guard {
    fn new() -> Result<Guard, String> {
        let alive = ALIVE.get();
        if alive >= MOST {
            return Err("busy".to_string());
        }
        ALIVE.set(alive + 1);
        Ok(Guard(()))
    }

    fn acquire() -> Option<Guard> {
        Guard::new().ok()
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        ALIVE.set(ALIVE.get() - 1);
    }
}

async fn tick() {
    let _ = Call::unbounded_wait(Principal::management_canister(), "raw_rand").await;
}

// Bound to a name.

#[update]
async fn named() -> Result<(), String> {
    let _guard = Guard::new()?;
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn unwrapped() {
    let _guard = Guard::new().expect("busy");
    tick().await; // held
} // drop

#[update]
async fn named_by_let_else() {
    let Ok(_guard) = Guard::new() else { return };
    tick().await; // held
} // drop

#[update]
async fn named_by_option() {
    let Some(_guard) = Guard::acquire() else {
        return;
    };
    tick().await; // held
} // drop

#[update]
async fn named_by_match() {
    let _guard = match Guard::new() {
        Ok(g) => g,
        Err(_) => return,
    };
    tick().await; // held
} // drop

#[update]
async fn named_in_if_let() {
    if let Ok(_guard) = Guard::new() {
        tick().await; // held
    } // drop
    tick().await; // free
}

#[update]
async fn mapped_error() -> Result<(), u32> {
    let _guard = Guard::new().map_err(|_| 3u32)?;
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn whole_result() {
    let r = Guard::new();
    if r.is_err() {
        return;
    }
    tick().await; // held
} // drop

#[update]
async fn reference_to_temporary() -> Result<(), String> {
    let _guard = &Guard::new()?;
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn assigned_later() -> Result<(), String> {
    let _guard;
    _guard = Guard::new()?;
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn renamed() -> Result<(), String> {
    let first = Guard::new()?;
    let _second = first;
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn shadowed() -> Result<(), String> {
    let _guard = Guard::new()?;
    let _guard = Guard::new()?;
    tick().await; // held 2
    Ok(())
} // drop

#[update]
async fn in_tuple() -> Result<(), String> {
    let _both = (Guard::new()?, 1);
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn out_of_tuple() -> Result<(), String> {
    let (_guard, _one) = (Guard::new()?, 1);
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn boxed() -> Result<(), String> {
    let _guard = Box::new(Guard::new()?);
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn optional() {
    let _guard = Guard::acquire();
    tick().await; // held
} // drop

#[update]
async fn wrapped() -> Result<(), String> {
    let _guard = Some(Guard::new()?);
    tick().await; // held
    Ok(())
} // drop

struct Session {
    _guard: Guard,
    rounds: u32,
}

#[update]
async fn in_struct() -> Result<u32, String> {
    let session = Session { _guard: Guard::new()?, rounds: 1 };
    tick().await; // held
    Ok(session.rounds)
} // drop

#[update]
async fn made_elsewhere() -> Result<u32, String> {
    let session = open()?;
    tick().await; // held
    Ok(session.rounds)
} // drop

fn open() -> Result<Session, String> {
    let guard = Guard::new()?;
    Ok(Session { _guard: guard, rounds: 2 })
}

#[update]
async fn many() -> Result<(), String> {
    let mut guards = Vec::new();
    guards.push(Guard::new()?);
    guards.push(Guard::new()?);
    tick().await; // held 2
    Ok(())
} // drop

// Not bound: dead before the await.

#[update]
async fn wildcard() {
    let _ = Guard::new(); // drop
    tick().await; // free
}

#[update]
async fn wildcard_after_question_mark() -> Result<(), String> {
    let _ = Guard::new()?; // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn wildcard_assignment() -> Result<(), String> {
    _ = Guard::new()?; // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn statement() -> Result<(), String> {
    Guard::new()?; // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn wildcard_of_match() {
    let _ = match Guard::new() {
        Ok(g) => g,
        Err(_) => return,
    }; // drop
    tick().await; // free
}

#[update]
async fn wildcard_in_let_else() {
    let Ok(_) = Guard::new() else { return }; // drop
    tick().await; // free
}

#[update]
async fn only_the_error() -> Result<(), String> {
    if let Err(e) = Guard::new() {
        return Err(e);
    } // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn only_asked_is_err() {
    if Guard::new().is_err() { // drop
        return;
    }
    tick().await; // free
}

#[update]
async fn only_asked_is_ok() {
    if Guard::new().is_ok() { // drop
        tick().await; // free
    }
}

#[update]
async fn only_asked_kept_bool() {
    let ok = Guard::new().is_ok(); // drop
    if ok {
        tick().await; // free
    }
}

#[update]
async fn mapped_to_unit() -> Result<(), String> {
    Guard::new().map(|_| ())?; // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn option_asked() {
    if Guard::new().ok().is_some() { // drop
        tick().await; // free
    }
}

fn check() -> Result<(), String> {
    let _guard = Guard::new()?;
    Ok(())
} // drop

#[update]
async fn helper_that_gives_unit() -> Result<(), String> {
    check()?;
    tick().await; // free
    Ok(())
}

#[update(guard = "check")]
async fn attribute() {
    tick().await; // free
}

#[update]
async fn wildcard_in_tuple() -> Result<u32, String> {
    let (_, one) = (Guard::new()?, 1); // drop
    tick().await; // free
    Ok(one)
}

// Bound to nothing, and alive all the same.

#[update]
async fn wildcard_of_a_name() -> Result<(), String> {
    let guard = Guard::new()?;
    let _ = guard;
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn scrutinee_of_if_let() {
    if let Ok(_) = Guard::new() {
        tick().await; // held
    } // 2024: drop
} // 2021: drop

#[update]
async fn scrutinee_of_if_let_statement() {
    if let Ok(_) = Guard::new() {
        tick().await; // held
    } // drop
    tick().await; // free
}

#[update]
async fn scrutinee_of_match() {
    match Guard::new() {
        Ok(_) => tick().await, // held
        Err(_) => return,
    } // 2024: drop
} // 2021: drop

#[update]
async fn scrutinee_of_match_with_wildcard() -> Result<(), String> {
    match Guard::new()? {
        _ => tick().await, // held
    } // drop
    Ok(())
}

#[update]
async fn scrutinee_of_while_let() {
    let mut rounds = 0;
    while let Some(_) = at_most_once(rounds) {
        tick().await; // held
        rounds += 1;
    } // drop
}

fn at_most_once(rounds: u32) -> Option<Guard> {
    if rounds == 0 {
        Guard::acquire()
    } else {
        None
    }
}

#[update]
async fn scrutinee_and_else() {
    if let Err(_) = Guard::new() {
    } else { // 2024: drop
        tick().await; // 2021: held // 2024: free
    }
} // 2021: drop

#[update]
async fn argument_by_reference() -> Result<(), String> {
    borrow(&Guard::new()?).await; // drop
    Ok(())
}

async fn borrow(_guard: &Guard) {
    tick().await; // held
}

#[update]
async fn argument_by_value() -> Result<(), String> {
    let guard = Guard::new()?;
    consume(guard).await;
    tick().await; // free
    Ok(())
}

async fn consume(_guard: Guard) {
    tick().await; // held
} // drop

#[update]
async fn argument_ignored() -> Result<(), String> {
    ignore(Guard::new()?).await;
    tick().await; // free
    Ok(())
}

async fn ignore(_: Guard) {
    tick().await; // held
} // drop

// Ended before the await.

#[update]
async fn inner_block() -> Result<(), String> {
    {
        let _guard = Guard::new()?;
    } // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn dropped() -> Result<(), String> {
    let guard = Guard::new()?;
    drop(guard); // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn replaced_by_none() {
    let mut _guard = Guard::acquire();
    _guard = None; // drop
    tick().await; // free
}

#[update]
async fn taken_out() {
    let mut guard = Guard::acquire();
    guard.take(); // drop
    tick().await; // free
}

#[update]
async fn reference_dropped() -> Result<(), String> {
    let guard = Guard::new()?;
    #[allow(dropping_references)]
    drop(&guard);
    tick().await; // held
    Ok(())
} // drop

#[update]
async fn dropped_between() -> Result<(), String> {
    let guard = Guard::new()?;
    tick().await; // held
    drop(guard); // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn dropped_on_one_way(early: bool) -> Result<(), String> {
    let guard = Guard::new()?;
    if early {
        drop(guard); // drop
        tick().await; // free
    } else {
        tick().await;
    }
    Ok(())
}

#[update]
async fn each_round() -> Result<(), String> {
    for _ in 0..1 {
        let _guard = Guard::new()?;
        tick().await; // held
    } // drop
    tick().await; // free
    Ok(())
}

#[update]
async fn left_by_question_mark() -> Result<(), String> {
    let _guard = Guard::new()?;
    tick().await; // held
    Err("no".to_string())?; // drop
    Ok(())
}

#[update]
async fn left_by_break() -> Result<(), String> {
    loop {
        let _guard = Guard::new()?;
        tick().await; // held
        break; // drop
    }
    tick().await; // free
    Ok(())
}

// In blocks and tasks of their own.

#[update]
async fn moved_into_block() -> Result<(), String> {
    let guard = Guard::new()?;
    async move {
        let _guard = guard;
        tick().await; // held
    } // drop
    .await;
    tick().await; // free
    Ok(())
}

#[update]
async fn moved_into_task() -> Result<(), String> {
    let guard = Guard::new()?;
    ic_cdk::futures::spawn(async move {
        let _guard = guard;
        tick().await; // held
    }); // drop
    Ok(())
}

#[update]
async fn borrowed_in_task() -> Result<(), String> {
    let guard = Guard::new()?;
    ic_cdk::futures::spawn(async move {
        let _ = &guard;
        tick().await; // held
    }); // drop
    Ok(())
}

#[update]
async fn not_captured_by_task() -> Result<(), String> {
    let guard = Guard::new()?;
    ic_cdk::futures::spawn(async move {
        let _ = guard;
        tick().await; // free
    });
    Ok(())
} // drop

// Never released.

#[update]
async fn manually_dropped() -> Result<(), String> {
    let _guard = ManuallyDrop::new(Guard::new()?);
    tick().await; // held
    Ok(())
}

#[update]
async fn forgotten() -> Result<(), String> {
    let guard = Guard::new()?;
    std::mem::forget(guard);
    tick().await; // held
    Ok(())
}

#[update]
async fn leaked() -> Result<(), String> {
    let _guard = Box::leak(Box::new(Guard::new()?));
    tick().await; // held
    Ok(())
}

// Scope guards.

fn count_up() {
    ALIVE.set(ALIVE.get() + 1);
}

fn count_down() {
    ALIVE.set(ALIVE.get() - 1);
}

#[update]
async fn scope_guard() {
    count_up();
    let _guard = scopeguard::guard((), |_| count_down());
    tick().await; // held
} // drop

#[update]
async fn deferred() {
    count_up();
    scopeguard::defer! {
        count_down();
    }
    tick().await; // held
} // drop

#[update]
async fn scope_guard_wildcard() {
    count_up();
    let _ = scopeguard::guard((), |_| count_down()); // drop
    tick().await; // free
}

#[update]
async fn scope_guard_defused() {
    count_up();
    let guard = scopeguard::guard((), |_| count_down());
    scopeguard::ScopeGuard::into_inner(guard);
    tick().await; // held
}
