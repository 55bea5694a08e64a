package model

import "testing"

// Each case is one canister: the function with @late is A, every function is
// tried as B (A included) unless its name starts with "query".
var raceCases = []struct {
	name string
	want Verdict
	text string
}{
	{"withdraw: check, call, debit", Confirmed, `
fn withdraw(amount: int) {
  let b = BAL.get(caller());
  if b.is_none() { return Err(0); }
  if b.some() < amount { return Err(1); }
  let r = await move pay(amount);
  if r.is_err() { return Err(2); }
  let c = BAL.get(caller());
  if c.is_some() { @late BAL[caller()] = load(c.some()).sat_sub(amount); }
  return Ok(1);
}`},
	{"withdraw: old balance written back", Confirmed, `
fn withdraw(amount: int) {
  let b = load(BAL[caller()]);
  if b < amount { return Err(1); }
  let r = await move pay(amount);
  @late BAL.insert(caller(), b - amount);
  return Ok(1);
}
fn deposit(amount: int) { BAL[caller()] += amount; }`},
	{"withdraw: debit first, relative refund", Refuted, `
fn withdraw(amount: int) {
  if BAL[caller()] < amount { return Err(1); }
  BAL[caller()] -= amount;
  let r = await move pay(amount);
  if r.is_err() { @late BAL[caller()] += amount; return Err(2); }
  return Ok(1);
}
fn deposit(amount: int) { BAL[caller()] += amount; }`},
	{"withdraw: debit first, refund to the old balance", Confirmed, `
fn withdraw(amount: int) {
  let b = load(BAL[caller()]);
  if b < amount { return Err(1); }
  BAL[caller()] = b - amount;
  let r = await move pay(amount);
  if r.is_err() { @late BAL[caller()] = b; return Err(2); }
  return Ok(1);
}
fn deposit(amount: int) { BAL[caller()] += amount; }`},
	{"cache fill", Refuted, `
fn price() {
  if CACHE.is_some() { return load(CACHE.some()); }
  let r = await fetch price();
  if r.is_err() { return 0; }
  @late CACHE = Some(r.ok());
  return load(r.ok());
}`},
	{"check, create, insert after the await", Confirmed, `
fn register(name: key) {
  if USERS.contains(name) { return Err(1); }
  let r = await move create_canister(name);
  if r.is_err() { return Err(2); }
  @late USERS.insert(name, load(r.ok()));
  return Ok(1);
}`},
	{"check, validate elsewhere, insert", Confirmed, `
fn migrate(id: key) {
  if JOBS.contains(id) { return Err(1); }
  let r = await fetch status(id);
  if r.is_err() { return Err(2); }
  @late JOBS.insert(id, 1);
  return Ok(1);
}`},
	{"check repeated after the await", Refuted, `
fn migrate(id: key) {
  if JOBS.contains(id) { return Err(1); }
  let r = await fetch status(id);
  if r.is_err() { return Err(2); }
  if JOBS.contains(id) { return Err(1); }
  @late JOBS.insert(id, 1);
  return Ok(1);
}`},
	{"claim and put back", Refuted, `
fn claim(id: key) {
  let o = OFFERS.remove(id);
  if o.is_none() { return Err(1); }
  let r = await move pay(load(o.some()));
  if r.is_err() { @late OFFERS.insert(id, load(o.some())); return Err(2); }
  return Ok(1);
}
fn offer(id: key, amount: int) { OFFERS.insert(id, amount); }`},
	{"claim: taken out only after the call", Confirmed, `
fn claim(id: key) {
  let o = OFFERS.get(id);
  if o.is_none() { return Err(1); }
  let r = await move pay(load(o.some()));
  if r.is_err() { return Err(2); }
  @late OFFERS.remove(id);
  return Ok(1);
}`},
	{"put back over a deposit", Confirmed, `
fn cash_out() {
  let o = BAL.remove(caller());
  if o.is_none() { return Err(1); }
  let r = await move pay(load(o.some()));
  if r.is_err() { @late BAL.insert(caller(), load(o.some())); return Err(2); }
  return Ok(1);
}
fn deposit(amount: int) { let e = BAL.entry_or(caller(), 0); e = e + amount; BAL[caller()] += amount; }`},
	{"key made again after a check", Possible, `
fn unlist(id: key) {
  let o = OFFERS.remove(id);
  if o.is_none() { return Err(1); }
  let r = await move refund(load(o.some()));
  if r.is_err() { @late OFFERS.insert(id, load(o.some())); return Err(2); }
  return Ok(1);
}
fn list(id: key, amount: int) {
  if OFFERS.contains(id) { return Err(1); }
  OFFERS.insert(id, amount);
  return Ok(1);
}`},
	{"guard held by both", Refuted, `
fn withdraw(amount: int) {
  if !LOCKS.add(caller()) { return Err(9); }
  guard g { LOCKS.remove(caller()); }
  let b = load(BAL[caller()]);
  if b < amount { drop g; return Err(1); }
  let r = await move pay(amount);
  @late BAL.insert(caller(), b - amount);
  drop g;
  return Ok(1);
}`},
	{"guard not held by the other", Confirmed, `
fn withdraw(amount: int) {
  if !LOCKS.add(caller()) { return Err(9); }
  guard g { LOCKS.remove(caller()); }
  let b = load(BAL[caller()]);
  if b < amount { drop g; return Err(1); }
  let r = await move pay(amount);
  @late BAL.insert(caller(), b - amount);
  drop g;
  return Ok(1);
}
fn deposit(amount: int) { BAL[caller()] += amount; }`},
	{"per-caller guard on shared state", Confirmed, `
fn withdraw(amount: int) {
  if !LOCKS.add(caller()) { return Err(9); }
  guard g { LOCKS.remove(caller()); }
  let b = load(TOTAL);
  if b < amount { drop g; return Err(1); }
  let r = await move pay(amount);
  @late TOTAL = b - amount;
  drop g;
  return Ok(1);
}`},
	{"busy flag", Refuted, `
task fn sweep() {
  if BUSY { return (); }
  BUSY = true;
  let n = load(FUND);
  let r = await move pay(n);
  if r.is_ok() { @late FUND = 0; }
  BUSY = false;
}`},
	{"no busy flag", Confirmed, `
task fn sweep() {
  let n = load(FUND);
  if n == 0 { return (); }
  let r = await move pay(n);
  if r.is_ok() { @late FUND = 0; }
}`},
	{"status machine", Refuted, `
fn pay_order(id: key) {
  let o = ORDERS.get(id);
  if o.is_none() { return Err(1); }
  if !o.some().status.is(Open) { return Err(2); }
  ORDERS[id].status = Paying;
  let r = await move pay(load(ORDERS[id].amount));
  if r.is_err() { ORDERS[id].status = Open; return Err(3); }
  @late ORDERS[id].status = Paid;
  return Ok(1);
}`},
	{"status written only after the call", Confirmed, `
fn pay_order(id: key) {
  let o = ORDERS.get(id);
  if o.is_none() { return Err(1); }
  if !o.some().status.is(Open) { return Err(2); }
  let r = await move pay(load(ORDERS[id].amount));
  if r.is_err() { return Err(3); }
  @late ORDERS[id].status = Paid;
  return Ok(1);
}`},
	{"draw in one segment", Refuted, `
fn mint(to: key) {
  let id = load(NEXT);
  NEXT += 1;
  let r = await move mint(id, to);
  if r.is_err() { return Err(1); }
  @late OWNERS.insert(id, to);
  return Ok(1);
}`},
	{"id read before, counted up after", Confirmed, `
fn mint(to: key) {
  let id = load(NEXT);
  let r = await move mint(id, to);
  if r.is_err() { return Err(1); }
  @late NEXT = id + 1;
  return Ok(1);
}`},
	{"snapshot compared again", Refuted, `
fn foo() {
  let before = load(X);
  let r = await move bar();
  let after = load(X);
  if before != after { return false; }
  @late X = after + 1;
  return true;
}
fn increment() { X = load(X) * 2; }`},
	{"saved copy of the whole record", Confirmed, `
fn touch(id: key) {
  let o = ORDERS.copied(id);
  if o.is_none() { return Err(1); }
  let p = o.some();
  let r = await fetch rate();
  p.rate = load(r.ok());
  @late ORDERS.insert(id, p);
  return Ok(1);
}
fn add(id: key, n: int) { ORDERS[id].amount += n; }`},
	{"min amount in the way of small numbers", Confirmed, `
fn withdraw(amount: int) {
  let b = load(BAL[caller()]);
  if amount < 10000 { return Err(0); }
  if b < amount { return Err(1); }
  let r = await move pay(amount);
  @late BAL.insert(caller(), b - amount);
  return Ok(1);
}`},
	{"opaque lock", Possible, `
fn withdraw(amount: int) {
  let b = load(BAL[caller()]);
  if !opaque try_lock(b) { return Err(9); }
  if b < amount { return Err(1); }
  let r = await move pay(amount);
  @late BAL.insert(caller(), b - amount);
  return Ok(1);
}`},
	{"gate over the caller protects nothing", Confirmed, `
fn withdraw(amount: int) {
  if !opaque is_user(caller()) { return Err(9); }
  let b = load(BAL[caller()]);
  if b < amount { return Err(1); }
  let r = await move pay(amount);
  @late BAL.insert(caller(), b - amount);
  return Ok(1);
}`},
	{"installer's value is not stale", Refuted, `
fn withdraw(amount: int) {
  let fee = load(FEE);
  if BAL[caller()] < amount + fee { return Err(1); }
  BAL[caller()] -= amount + fee;
  let r = await move pay(amount);
  if r.is_err() { @late BAL[caller()] += amount + fee; return Err(2); }
  return Ok(1);
}`},
	{"fee snapshot in a relative credit", Refuted, `
fn buy(amount: int) {
  let fee = load(FEE);
  let r = await move take(amount);
  if r.is_err() { return Err(1); }
  @late BAL[caller()] += amount - fee;
  return Ok(1);
}
fn set_fee(n: int) { FEE = n; }`},
	{"log after a call", Refuted, `
fn note(amount: int) {
  let r = await move pay(amount);
  @late LOG.push(amount);
}`},
	{"queue worker", Refuted, `
task fn work() {
  let j = QUEUE.pop_front();
  if j.is_none() { return (); }
  let r = await move run(load(j.some()));
  if r.is_err() { @late QUEUE.push(load(j.some())); }
}
fn submit(n: int) { QUEUE.push(n); }`},
	{"limits far from any number tried", Confirmed, `
fn withdraw(amount: int, memo: list) {
  if memo.len() > 64 { return Err(7); }
  if memo.len() < 32 { return Err(8); }
  if amount < 20000 { return Err(1); }
  if amount > 50000 { return Err(2); }
  let last = LAST.get(caller());
  if last.is_some() { if now() < load(last.some()) + 60000000000 { return Err(3); } }
  let b = load(BAL[caller()]);
  if b < amount + 10000 { return Err(4); }
  let r = await move pay(amount);
  if r.is_err() { return Err(5); }
  @late BAL.insert(caller(), b - amount);
  return Ok(1);
}`},
	{"limits far from any number tried, debit first", Refuted, `
fn withdraw(amount: int, memo: list) {
  if memo.len() > 64 { return Err(7); }
  if memo.len() < 32 { return Err(8); }
  if amount < 20000 { return Err(1); }
  let b = load(BAL[caller()]);
  if b < amount + 10000 { return Err(4); }
  BAL.insert(caller(), b - amount);
  let r = await move pay(amount);
  if r.is_err() { @late BAL[caller()] += amount; return Err(5); }
  return Ok(1);
}`},
}

func TestRace(t *testing.T) {
	for _, c := range raceCases {
		t.Run(c.name, func(t *testing.T) {
			got := raceOf(t, c.text)
			if got.Verdict != c.want {
				t.Errorf("verdict %v (%s), want %v; %d runs, reasons %v", got.Verdict, got.Reason, c.want, got.Runs, got.Reasons)
			}
			t.Logf("%v after %d runs, %d steps", got.Verdict, got.Runs, got.Steps)
		})
	}
}

// raceOf returns the worst outcome over all B.
func raceOf(t *testing.T, text string) RaceOutcome {
	fs, marks := parseScript(t, text)
	var progs []*Program
	var a *Program
	var late []Site
	names := make([]string, 0, len(fs))
	for n := range fs {
		names = append(names, n)
	}
	byName := map[string]*Program{}
	for _, n := range sorted(names) {
		p := Compile(fs[n])
		byName[n] = p
		progs = append(progs, p)
		if len(marks[n]) > 0 {
			a, late = p, marks[n]
		}
	}
	s := NewSystem(progs)
	best := RaceOutcome{Verdict: Refuted}
	for _, n := range sorted(names) {
		got := s.Race(RaceQuery{A: a, B: byName[n], Marks: late})
		t.Logf("  B = %s: %v (%s) %v", n, got.Verdict, got.Reason, got.Reasons)
		if got.Verdict > best.Verdict {
			got.Runs += best.Runs
			best = got
		} else {
			best.Runs += got.Runs
			best.Steps += got.Steps
			if best.Reasons == nil {
				best.Reasons, best.Reason = got.Reasons, got.Reason
			}
		}
	}
	return best
}

func sorted(ss []string) []string {
	for i := range ss {
		for j := i; j > 0 && ss[j] < ss[j-1]; j-- {
			ss[j], ss[j-1] = ss[j-1], ss[j]
		}
	}
	return ss
}
