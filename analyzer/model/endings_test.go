package model

import (
	"fmt"
	"slices"
	"testing"
)

// What each function leaves behind, as "kind place" (owed only for traps).
var survivalCases = []struct {
	name string
	want []string
	text string
}{
	{"debit, failure forgotten", []string{"forgotten BAL[p]"}, `
fn withdraw(amount: int) {
  if BAL[caller()] < amount { return Err(1); }
  BAL[caller()] -= amount;
  let r = await move pay(amount);
  if r.is_err() { return Err(2); }
  return Ok(1);
}`},
	{"debit, refunded on a clean reject only", nil, `
fn withdraw(amount: int) {
  if BAL[caller()] < amount { return Err(1); }
  BAL[caller()] -= amount;
  let r = await move pay(amount);
  if r.is_err() { if r.clean() { BAL[caller()] += amount; return Err(2); } PENDING.insert(caller(), amount); }
  return Ok(1);
}`},
	{"debit, refunded on any error", []string{"undone BAL[p]"}, `
fn withdraw(amount: int) {
  if BAL[caller()] < amount { return Err(1); }
  BAL[caller()] -= amount;
  let r = await move pay(amount);
  if r.is_err() { BAL[caller()] += amount; return Err(2); }
  return Ok(1);
}`},
	{"a mark that is taken off however the call ends", nil, `
fn pay(id: key) {
  if !MARKS.add(id) { return Err(1); }
  let r = await move pay(id);
  MARKS.remove(id);
  return r;
}`},
	{"a drop refunds what was paid", []string{"undone BAL"}, `
fn pay(amount: int) {
  if BAL < amount { return Err(1); }
  BAL -= amount;
  guard g { BAL += amount; }
  let r = await move pay(amount);
  if r.is_err() { if r.clean() { drop g; return Err(2); } OPEN.insert(amount, 1); }
  return Ok(1);
}`},
	{"inner error forgotten", []string{"forgotten BAL[p]"}, `
fn withdraw(amount: int) {
  if BAL[caller()] < amount { return Err(1); }
  BAL[caller()] -= amount;
  let r = await double move pay(amount);
  if r.is_err() { if r.clean() { BAL[caller()] += amount; } return Err(2); }
  return Ok(1);
}`},
	{"result ignored", []string{"forgotten BAL[p]"}, `
fn withdraw(amount: int) {
  if BAL[caller()] < amount { return Err(1); }
  BAL[caller()] -= amount;
  let r = await move pay(amount);
  return Ok(1);
}`},
	{"attempts counter", nil, `
fn ping() {
  COUNT += 1;
  let r = await call ping();
  if r.is_err() { return Err(1); }
  return Ok(1);
}`},
	{"rename and tell", nil, `
fn rename(name: key) {
  NAME = name;
  let r = await call renamed(name);
  if r.is_err() { return Err(1); }
  return Ok(1);
}`},
	{"insert before the call, error returns", []string{"forgotten NEURONS[p]"}, `
fn claim(id: key) {
  NEURONS.insert(id, 0);
  let r = await fetch balance(id);
  if r.is_err() { return Err(1); }
  NEURONS.insert(id, load(r.ok()));
  return Ok(1);
}`},
	{"status Failed is dealt with", nil, `
fn pay(id: key) {
  let o = ORDERS.get(id);
  if o.is_none() { return Err(1); }
  ORDERS[id].status = Paying;
  let r = await move pay(load(ORDERS[id].amount));
  if r.is_err() { ORDERS[id].status = Failed; return Err(3); }
  ORDERS[id].status = Paid;
  return Ok(1);
}`},
	{"flag left on", []string{"leaked BUSY"}, `
task fn fetch() {
  BUSY = true;
  let r = await fetch rates();
  if r.is_err() { return (); }
  RATES = r.ok();
  BUSY = false;
}`},
	{"flag left on by a good run", []string{"leaked BUSY"}, `
task fn fetch() {
  BUSY = true;
  let r = await fetch rates();
  if r.is_err() { BUSY = false; return (); }
  if load(r.ok()) == 40 { return (); }
  BUSY = false;
}`},
	{"kept by good runs, given back by refusals: a reservation", nil, `
fn reserve(name: key) {
  NAMES.insert(name, 1);
  let r = await fetch price();
  if r.is_err() { NAMES.remove(name); return Err(1); }
  if load(r.ok()) == 40 { NAMES.remove(name); return Err(2); }
  return Ok(1);
}`},
	{"flag left on, with a record of why", nil, `
task fn fetch(id: key) {
  BUSY[id] = true;
  let r = await fetch rates(id);
  if r.is_err() { FAILED.insert(id, 1); return (); }
  BUSY[id] = false;
}`},
	{"flag always taken back", nil, `
task fn fetch() {
  BUSY = true;
  let r = await fetch rates();
  BUSY = false;
  if r.is_err() { return (); }
  RATES = r.ok();
}`},
	{"increment, call, assert false", []string{"trap X"}, `
fn foo() {
  X += 1;
  let r = await move bar();
  assert false;
}`},
	{"increment, assert, call", nil, `
fn foo(ok: bool) {
  X += 1;
  assert ok;
  let r = await move bar();
}`},
	{"guard released by cleanup", []string{"trap – lost"}, `
fn pay(amount: int) {
  if !LOCKS.add(caller()) { return Err(9); }
  guard g { LOCKS.remove(caller()); }
  let r = await move pay(amount);
  assert r.is_ok();
  DONE.insert(caller(), amount);
  assert amount < 50;
  drop g;
  return Ok(1);
}`},
	{"status row before a call that reply-traps", []string{"trap ORDERS[p].status owed lost"}, `
fn pay(id: key) {
  if !ORDERS.contains(id) { return Err(1); }
  ORDERS[id].status = Paying;
  let r = await move pay(load(ORDERS[id].amount));
  let x = r.unwrap();
  ORDERS[id].status = Paid;
  return Ok(1);
}`},
}

func TestSurvival(t *testing.T) {
	kinds := map[DamageKind]string{Forgotten: "forgotten", Leaked: "leaked", UndoneAfterAll: "undone", LostByTrap: "trap"}
	for _, c := range survivalCases {
		t.Run(c.name, func(t *testing.T) {
			fs, _ := parseScript(t, c.text)
			var p *Program
			for _, f := range fs {
				p = Compile(f)
			}
			s := NewSystem([]*Program{p})
			v := s.Survival(p)
			var got []string
			for _, d := range v.Damages {
				name := d.Place.Name
				if name == "" {
					name = "–"
				}
				g := kinds[d.Kind] + " " + name
				if d.Kind == LostByTrap && d.Owed {
					g += " owed"
				}
				if d.Kind == LostByTrap && d.Lost {
					g += " lost"
				}
				if d.Kind == Leaked && d.Owed {
					continue // told as forgotten too
				}
				if !slices.Contains(got, g) {
					got = append(got, g)
				}
				for _, row := range s.Endings(d.Example) {
					t.Log("    row", row.Ending, row.Trap, row.This, row.Run.Final(d.Place), row.Run.Changes)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("got %q, want %q after %d runs", got, c.want, v.Runs)
			}
		})
	}
}

// A value replaced by a part of itself has no end to compare.
func TestDiffIsFinite(t *testing.T) {
	w := newWorld(&System{}, &chooser{}, domain{})
	l := w.lazy(fromState, nil)
	l.shape = shStruct
	inner := l.kid("next")
	inner.kid("next")
	n := 0
	diff(Value{k: vLazy, l: l}, Value{k: vLazy, l: inner}, place{}, func(place, Value, Value) { n++ })
	if n != 1 {
		t.Errorf("%d differences, want 1", n)
	}
}
