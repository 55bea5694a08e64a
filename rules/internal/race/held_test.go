package race

import (
	"testing"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow/opsbuild"
)

func truth(b *opsbuild.Builder, text string) ops.Value {
	return b.Add(&ops.Op{Kind: ops.Const, Lit: ops.LitBool, Text: text}, true)
}

// A lock that every other writer takes keeps them out; one that some writer
// passes by, or that is given back before the call, does not.
func TestHeldOff(t *testing.T) {
	tick := func(early bool) *ops.Func {
		b := opsbuild.New("tick", "n")
		b.If(b.Load(b.Cell("BUSY")), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
		b.Store(b.Cell("BUSY"), truth(b, "true"))
		b.If(b.Bin(b.Load(b.Cell("X")), "<", b.Param(0)), func() { b.Store(b.Cell("BUSY"), truth(b, "false")); b.Return(b.Make("Err", b.Unit())) }, nil)
		if early {
			b.Store(b.Cell("BUSY"), truth(b, "false"))
		}
		b.Pay(b.Param(0))
		b.Store(b.Cell("X"), b.Int(0))
		b.Store(b.Cell("BUSY"), truth(b, "false"))
		b.Return(b.Make("Ok", b.Unit()))
		return b.Func()
	}
	set := func(asks bool) *ops.Func {
		b := opsbuild.New("set", "n")
		if asks {
			b.If(b.Load(b.Cell("BUSY")), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
		}
		b.Store(b.Cell("X"), b.Param(0))
		b.Return(b.Make("Ok", b.Unit()))
		return b.Func()
	}
	for _, c := range []struct {
		name string
		fns  []*ops.Func
		held bool
	}{
		{"alone", []*ops.Func{tick(false)}, true},
		{"beside one that takes it too", []*ops.Func{tick(false), tick(false)}, true},
		{"beside a writer that does not", []*ops.Func{tick(false), set(false)}, false},
		{"beside a writer that asks for it", []*ops.Func{tick(false), set(true)}, true},
		{"given back before the call", []*ops.Func{tick(true)}, false},
	} {
		canister := &effects.Canister{}
		for _, f := range c.fns {
			in := effects.Input{Func: f, Lasts: true}
			m := effects.New(canister, in)
			if m.Err != nil {
				t.Fatal(m.Err)
			}
			if len(m.Awaits) == 0 { // as a run has it: not built until somebody asks
				m = &effects.Message{Canister: canister, Input: in, Err: effects.ErrAtomic}
			}
			canister.Messages = append(canister.Messages, m)
		}
		checks := StaleChecks(canister.Messages[0])
		found := false
		for _, k := range checks {
			if k.Write.Place.Cell == "X" {
				found = true
				if got := heldOff(k) != nil; got != c.held {
					t.Errorf("%s: held off is %v", c.name, got)
				}
			}
		}
		if !found {
			t.Errorf("%s: no candidate among %d", c.name, len(checks))
		}
	}
}

// A check that is closed in its own segment needs no run; one that is closed on
// some ways only, or of another place, does.
func TestClaimed(t *testing.T) {
	for _, c := range []struct {
		name   string
		before func(b *opsbuild.Builder)
		closed bool
	}{
		{"taken before the call", func(b *opsbuild.Builder) { b.Store(b.Cell("X"), b.Bin(b.Load(b.Cell("X")), "-", b.Param(0))) }, true},
		{"nothing before the call", func(*opsbuild.Builder) {}, false},
		{"another place", func(b *opsbuild.Builder) { b.Store(b.Cell("Y"), b.Param(0)) }, false},
		{"taken on some ways", func(b *opsbuild.Builder) {
			b.If(b.Load(b.Cell("MODE")), func() { b.Store(b.Cell("X"), b.Int(0)) }, nil)
		}, false},
	} {
		b := opsbuild.New("pay", "n")
		b.If(b.Bin(b.Load(b.Cell("X")), "<", b.Param(0)), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
		c.before(b)
		b.Pay(b.Param(0))
		b.Store(b.Cell("X"), b.Bin(b.Load(b.Cell("X")), "-", b.Int(1)))
		b.Return(b.Make("Ok", b.Unit()))
		m := effects.New(&effects.Canister{}, effects.Input{Func: b.Func(), Lasts: true})
		if m.Err != nil {
			t.Fatal(m.Err)
		}
		checks := StaleChecks(m)
		if len(checks) == 0 {
			t.Errorf("%s: no candidate", c.name)
		}
		for _, k := range checks {
			if got := claimed(k) != nil; got != c.closed {
				t.Errorf("%s: closed is %v", c.name, got)
			}
		}
	}
}
