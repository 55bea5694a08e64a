//! Methods of the state, also over awaits, and the ways to get at `self`.

use candid::Principal;
use ic_cdk::call::Call;
use std::cell::RefCell;
use std::collections::BTreeMap;

#[derive(Default)]
struct Ledger {
    balances: BTreeMap<Principal, u64>,
    fee: u64,
}

#[derive(Default)]
struct Governance {
    ledger: Ledger,
    proposals: Vec<Proposal>,
    in_flight: Option<u64>,
}

#[derive(Default, Clone)]
struct Proposal {
    votes: BTreeMap<Principal, bool>,
    decided: bool,
}

impl Ledger {
    fn balance(&self, who: &Principal) -> u64 {
        self.balances.get(who).copied().unwrap_or_default()
    }

    fn credit(&mut self, who: Principal, amount: u64) {
        *self.balances.entry(who).or_default() += amount;
    }
}

impl Governance {
    fn proposal_mut(&mut self, id: usize) -> Option<&mut Proposal> {
        self.proposals.get_mut(id)
    }

    fn ledger_mut(&mut self) -> &mut Ledger {
        &mut self.ledger
    }

    async fn execute(&mut self, id: u64, at: Principal) -> Result<(), String> {
        self.in_flight = Some(id);
        let answer = Call::unbounded_wait(at, "run").await;
        self.in_flight = None;
        answer.map(|_| ()).map_err(|e| e.to_string())
    }
}

static mut GOVERNANCE: Option<Governance> = None;

#[allow(static_mut_refs)]
fn governance() -> &'static Governance {
    unsafe { GOVERNANCE.as_ref().expect("not initialised") }
}

#[allow(static_mut_refs)]
fn governance_mut() -> &'static mut Governance {
    unsafe { GOVERNANCE.as_mut().expect("not initialised") }
}

// writes GOVERNANCE
#[ic_cdk::init]
fn init() {
    unsafe { GOVERNANCE = Some(Governance::default()) }
}

// writes GOVERNANCE.in_flight
#[ic_cdk::update]
async fn execute(id: u64, at: Principal) -> Result<(), String> {
    governance_mut().execute(id, at).await
}

// reads GOVERNANCE.ledger.balances[who]
#[ic_cdk::query]
fn balance(who: Principal) -> u64 {
    governance().ledger.balance(&who)
}

// writes GOVERNANCE.ledger.balances[who]
#[ic_cdk::update]
fn credit(who: Principal, amount: u64) {
    governance_mut().ledger_mut().credit(who, amount)
}

// writes GOVERNANCE.proposals[id].votes[caller]
#[ic_cdk::update]
fn vote(id: usize, yes: bool) {
    let governance = governance_mut();
    if let Some(proposal) = governance.proposal_mut(id) {
        proposal.votes.insert(ic_cdk::api::msg_caller(), yes);
    }
}

thread_local! {
    static OTHER: RefCell<Governance> = RefCell::default();
}

// writes OTHER.ledger.balances[who] OTHER.ledger.fee
#[ic_cdk::update]
fn charge(who: Principal, fee: u64) {
    OTHER.with(|g| {
        let g = &mut *g.borrow_mut();
        g.ledger_mut().credit(who, 1);
        let Governance { ledger, .. } = g;
        ledger.fee = fee;
    });
}

// writes OTHER.proposals[*].decided
#[ic_cdk::update]
fn decide_all() {
    OTHER.with_borrow_mut(|g| {
        for p in g.proposals.iter_mut().filter(|p| !p.decided) {
            p.decided = true;
        }
    });
}

// writes OTHER.proposals[*].decided
#[ic_cdk::update]
fn decide_first_open() {
    OTHER.with_borrow_mut(|g| {
        if let Some(p) = g.proposals.iter_mut().find(|p| !p.decided) {
            p.decided = true;
        }
    });
}

// A trait with a default method over one that each implementation gives.
trait Fees {
    fn ledger(&mut self) -> &mut Ledger;
    fn set_fee(&mut self, fee: u64) {
        self.ledger().fee = fee;
    }
}

impl Fees for Governance {
    fn ledger(&mut self) -> &mut Ledger {
        &mut self.ledger
    }
}

// writes OTHER.ledger.fee
#[ic_cdk::update]
fn set_fee(fee: u64) {
    OTHER.with_borrow_mut(|g| g.set_fee(fee));
}

fn raise(fees: &mut dyn Fees, by: u64) {
    fees.ledger().fee += by;
}

// writes OTHER.ledger.fee
#[ic_cdk::update]
fn raise_fee(by: u64) {
    OTHER.with_borrow_mut(|g| raise(g, by));
}
