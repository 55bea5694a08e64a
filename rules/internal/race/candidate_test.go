package race

import (
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow/opsbuild"
)

// A step is one operation of a withdraw-like function on BALANCES[who].
type step func(b *opsbuild.Builder, s *state)

type state struct {
	who, amount, answer ops.Value
	balance             ops.Var
}

func (s *state) place(b *opsbuild.Builder) ops.Value { return b.Index(b.Cell("BALANCES"), s.who) }

func read(b *opsbuild.Builder, s *state) { b.Set(s.balance, b.Load(s.place(b))) }
func check(b *opsbuild.Builder, s *state) {
	b.If(b.Bin(b.Get(s.balance), "<", s.amount), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
}
func call(b *opsbuild.Builder, s *state) { s.answer = b.Pay(s.amount) }
func setOld(b *opsbuild.Builder, s *state) {
	b.Verb(ops.MapInsert, b.Cell("BALANCES"), s.who, b.Bin(b.Get(s.balance), "-", s.amount))
}
func adjust(b *opsbuild.Builder, s *state) {
	b.Store(s.place(b), b.Bin(b.Load(s.place(b)), "-", s.amount))
}
func remove(b *opsbuild.Builder, s *state) { b.Verb(ops.MapRemove, b.Cell("BALANCES"), s.who) }
func setOther(b *opsbuild.Builder, s *state) {
	b.Store(b.Cell("FEES"), b.Bin(b.Get(s.balance), "/", b.Int(100)))
}
func count(b *opsbuild.Builder, s *state) { b.Set(s.balance, b.Verb(ops.Len, b.Cell("BALANCES"))) }
func insertAt(b *opsbuild.Builder, s *state) {
	b.Verb(ops.MapInsert, b.Cell("BALANCES"), b.Get(s.balance), s.amount)
}
func onError(steps ...step) step {
	return func(b *opsbuild.Builder, s *state) {
		b.If(b.Test(s.answer, "Err"), func() {
			for _, st := range steps {
				st(b, s)
			}
			b.Return(b.Make("Err", b.Unit()))
		}, nil)
	}
}

func TestCandidates(t *testing.T) {
	for _, c := range []struct {
		name                      string
		steps                     []step
		writes, rollbacks, checks int
	}{
		{"old balance written back", []step{read, check, call, setOld}, 1, 0, 1},
		{"no check", []step{read, call, setOld}, 1, 0, 0},
		{"adjusted after a check before", []step{read, check, call, adjust}, 0, 0, 1},
		{"removed after a check before", []step{read, check, call, remove}, 0, 0, 1},
		{"read again after the call", []step{read, call, read, setOld}, 0, 0, 0},
		{"all before the call", []step{read, check, setOld, call}, 0, 0, 0},
		{"all after the call", []step{call, read, check, setOld}, 0, 0, 0},
		{"flows to another place", []step{read, call, setOther}, 0, 0, 0},
		{"restored on error to the old balance", []step{read, check, setOld, call, onError(setOld)}, 0, 1, 0},
		{"adjusted back on error", []step{read, check, adjust, call, onError(adjust)}, 0, 0, 0},
		{"failure ends it, success writes", []step{read, check, call, onError(), setOld}, 1, 0, 1},
		{"number given by the length before the call", []step{count, call, insertAt}, 1, 0, 0},
		{"number given by the length after it", []step{call, count, insertAt}, 0, 0, 0},
		{"two calls", []step{read, check, call, call, setOld}, 1, 0, 1},
	} {
		b := opsbuild.New("withdraw", "who", "amount")
		s := &state{who: b.Param(0), amount: b.Param(1), balance: b.Var("balance")}
		for _, st := range c.steps {
			st(b, s)
		}
		b.Return(b.Make("Ok", b.Unit()))
		m := effects.New(&effects.Canister{}, effects.Input{Func: b.Func()})
		if m.Err != nil {
			t.Fatal(m.Err)
		}
		writes, rollbacks := StaleWrites(m)
		checks := StaleChecks(m)
		if len(writes) != c.writes || len(rollbacks) != c.rollbacks || len(checks) != c.checks {
			t.Errorf("%s: %d writes, %d rollbacks, %d checks; want %d, %d, %d",
				c.name, len(writes), len(rollbacks), len(checks), c.writes, c.rollbacks, c.checks)
		}
	}
}
