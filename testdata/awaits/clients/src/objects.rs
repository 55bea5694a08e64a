//! Trait objects, async_trait, traits on foreign types, implementations that differ.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;

use async_trait::async_trait;
use candid::Principal;
use ic_cdk::call::Call;
use ic_cdk::update;

#[async_trait]
pub trait Ledger: Send + Sync {
    async fn transfer(&self, amount: u64) -> Result<u64, String>;
    async fn quote(&self) -> u64;
}

pub struct Icrc {
    pub id: Principal,
}

#[async_trait]
impl Ledger for Icrc {
    async fn transfer(&self, amount: u64) -> Result<u64, String> {
        let r = Call::bounded_wait(self.id, "icrc1_transfer").with_arg(amount).await; // await: must, bounded, "icrc1_transfer"
        r.map_err(|e| e.to_string())?.candid().map_err(|e| e.to_string())
    }

    async fn quote(&self) -> u64 {
        10
    }
}

#[update]
async fn by_box(id: Principal) -> u64 {
    let ledger: Box<dyn Ledger> = Box::new(Icrc { id });
    let q = ledger.quote().await; // await: never
    ledger.transfer(q).await.unwrap_or(0) // await: must, bounded, "icrc1_transfer"
}

#[update]
async fn by_arc(id: Principal) -> u64 {
    let ledger: Arc<dyn Ledger> = Arc::new(Icrc { id });
    pay_with(ledger.clone()).await // await: must, bounded, "icrc1_transfer"
}

async fn pay_with(ledger: Arc<dyn Ledger>) -> u64 {
    ledger.transfer(1).await.unwrap_or(0) // await: must, bounded, "icrc1_transfer"
}

#[update]
async fn by_dyn_reference(id: Principal) -> u64 {
    through(&Icrc { id }).await // await: must, bounded, "icrc1_transfer"
}

async fn through(ledger: &dyn Ledger) -> u64 {
    ledger.transfer(2).await.unwrap_or(0) // await: must, bounded, "icrc1_transfer"
}

thread_local! {
    static LEDGER: RefCell<Option<Rc<dyn Ledger>>> = const { RefCell::new(None) };
}

#[update]
async fn from_state() -> u64 {
    let ledger = LEDGER.with_borrow(|l| l.clone()).unwrap();
    ledger.transfer(3).await.unwrap_or(0) // await: must, bounded, "icrc1_transfer"
}

// Two implementations of which one makes no call: which runs is not known.
#[async_trait(?Send)]
trait Price {
    async fn price(&self) -> u64;
}

struct Fixed(u64);
struct Asked(Principal);

#[async_trait(?Send)]
impl Price for Fixed {
    async fn price(&self) -> u64 {
        self.0
    }
}

#[async_trait(?Send)]
impl Price for Asked {
    async fn price(&self) -> u64 {
        Call::bounded_wait(self.0, "price").await.unwrap().candid().unwrap() // await: must, bounded, "price"
    }
}

#[update]
async fn priced(fixed: bool, id: Principal) -> u64 {
    let p: Box<dyn Price> = if fixed { Box::new(Fixed(1)) } else { Box::new(Asked(id)) };
    p.price().await // await: may, bounded, "price"
}

// A trait for a foreign type.
trait Dip20 {
    async fn burn(&self, amount: u64) -> Result<u64, String>;
}

impl Dip20 for Principal {
    async fn burn(&self, amount: u64) -> Result<u64, String> {
        let r = Call::unbounded_wait(*self, "burn").with_arg(amount).await.map_err(|e| e.to_string())?; // await: must, unbounded, "burn"
        r.candid().map_err(|e| e.to_string())
    }
}

#[update]
async fn burn(weth: Principal) -> u64 {
    weth.burn(9).await.unwrap_or(0) // await: must, unbounded, "burn"
}

// What async_trait expands to, written out by hand.
trait Handler {
    fn handle<'a>(&'a self, n: u64) -> Pin<Box<dyn Future<Output = u64> + 'a>>;
}

struct Forward(Principal);

impl Handler for Forward {
    fn handle<'a>(&'a self, n: u64) -> Pin<Box<dyn Future<Output = u64> + 'a>> {
        Box::pin(async move {
            let r = Call::bounded_wait(self.0, "handle").with_arg(n).await; // await: must, bounded, "handle"
            r.unwrap().candid().unwrap()
        })
    }
}

#[update]
async fn handled(id: Principal) -> u64 {
    let h: &dyn Handler = &Forward(id);
    h.handle(4).await // await: must, bounded, "handle"
}

// A default method that calls a required one.
trait Step {
    async fn once(&self) -> u64;

    async fn twice(&self) -> u64 {
        self.once().await + self.once().await // await: must, bounded, "once"
    }
}

impl Step for Forward {
    async fn once(&self) -> u64 {
        Call::bounded_wait(self.0, "once").await.unwrap().candid().unwrap() // await: must, bounded, "once"
    }
}

#[update]
async fn stepped(id: Principal) -> u64 {
    Forward(id).twice().await // await: must, bounded, "once"
}
