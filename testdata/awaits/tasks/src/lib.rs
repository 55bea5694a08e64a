//! Work that is started and not awaited: tasks, timers, queues of tasks. A task
//! is a message of its own; starting it ends no segment (S32, S34).

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::futures::{spawn, spawn_017_compat, spawn_migratory, spawn_weak};
use ic_cdk::{heartbeat, init, post_upgrade, update};
use ic_cdk_timers::{set_timer, set_timer_interval, set_timer_interval_serial};

thread_local! {
    static N: Cell<u64> = const { Cell::new(0) };
    static QUEUE: RefCell<VecDeque<Job>> = const { RefCell::new(VecDeque::new()) };
}

async fn tick() {
    N.set(N.get() + 1);
    let _ = Call::bounded_wait(Principal::anonymous(), "tick").await; // await: must, bounded, "tick", in task
}

#[update]
fn starts_tasks(id: Principal) {
    spawn(tick());
    spawn(async move {
        let _ = Call::bounded_wait(id, "protected").await; // await: must, bounded, "protected", in task
    });
    spawn_weak(async move {
        let _ = Call::bounded_wait(id, "weak").await; // await: must, bounded, "weak", in task
    });
    spawn_migratory(async {
        let _ = Call::bounded_wait(Principal::anonymous(), "migratory").await; // await: must, bounded, "migratory", in task
    });
    spawn_017_compat(async {
        let _ = Call::bounded_wait(Principal::anonymous(), "compat").await; // await: must, bounded, "compat", in task
    });
}

// A task that runs a future made outside, under a name that hides another.
#[update]
fn wrapped_task(id: Principal, quick: bool) {
    let work = async move { Call::bounded_wait(id, "inner").await.is_ok() }; // await: must, bounded, "inner", in task
    let work = async move {
        let good = work.await; // await: must, bounded, "inner", in task
        N.set(good as u64);
    };
    let again = move || async move {
        let _ = Call::bounded_wait(id, "again").await; // await: must, bounded, "again", in task
    };
    if quick {
        spawn(work);
    } else {
        spawn(async move {
            work.await; // await: must, bounded, "inner", in task
            again().await; // await: must, bounded, "again", in task
        });
    }
}

// The reply is sent by the task.
#[update(manual_reply = true)]
fn reply_by_a_task(id: Principal) {
    spawn(async move {
        let r = Call::unbounded_wait(id, "late").await; // await: must, unbounded, "late", in task
        ic_cdk::api::msg_reply(candid::encode_one(r.is_ok()).unwrap());
    });
}

#[init]
fn init() {
    schedule();
}

#[post_upgrade]
fn post_upgrade() {
    schedule();
}

fn schedule() {
    set_timer(Duration::ZERO, async {
        let _ = Call::bounded_wait(Principal::anonymous(), "once").await; // await: must, bounded, "once", in task
    });
    set_timer(Duration::from_secs(1), rearmed());
    set_timer_interval(Duration::from_secs(60), tick);
    set_timer_interval(Duration::from_secs(60), || async {
        let _ = Call::bounded_wait(Principal::anonymous(), "interval").await; // await: must, bounded, "interval", in task
    });
    set_timer_interval(Duration::from_secs(60), async || {
        let _ = Call::bounded_wait(Principal::anonymous(), "async closure").await; // await: must, bounded, "async closure", in task
    });
    set_timer_interval_serial(Duration::from_secs(60), async || {
        let _ = Call::bounded_wait(Principal::anonymous(), "serial").await; // await: must, bounded, "serial", in task
    });
}

// A one-shot timer that arms itself again.
async fn rearmed() {
    let _ = Call::bounded_wait(Principal::anonymous(), "rearmed").await; // await: must, bounded, "rearmed", in task
    set_timer(Duration::from_secs(1), rearmed());
}

// The helper of the project around set_timer.
fn run_soon<F: Future<Output = ()> + 'static>(work: F) {
    set_timer(Duration::ZERO, work);
}

#[update]
fn soon(id: Principal) {
    run_soon(async move {
        let _ = Call::bounded_wait(id, "soon").await; // await: must, bounded, "soon", in task
    });
}

// A queue of tasks, worked off by the heartbeat.

#[derive(Clone)]
enum Job {
    Pay(Principal, u64),
    Clean,
}

impl Job {
    async fn run(self) {
        match self {
            Job::Pay(id, amount) => {
                let _ = Call::unbounded_wait(id, "pay").with_arg(amount).await; // await: must, unbounded, "pay"
            }
            Job::Clean => N.set(0),
        }
    }
}

#[update]
fn enqueue(id: Principal, amount: u64) {
    QUEUE.with_borrow_mut(|q| {
        q.push_back(Job::Pay(id, amount));
        q.push_back(Job::Clean);
    });
}

#[heartbeat]
async fn heartbeat() {
    while let Some(job) = QUEUE.with_borrow_mut(|q| q.pop_front()) {
        job.run().await; // await: may, unbounded, "pay"
    }
}
