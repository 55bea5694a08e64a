package effects_test

import (
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
	"github.com/awaitlint/awaitlint/analyzer/shadow/opsbuild"
)

func message(t *testing.T, f *ops.Func) *effects.Message {
	t.Helper()
	if err := shadow.Verify(f); err != nil {
		t.Fatal(err)
	}
	m := effects.New(&effects.Canister{}, effects.Input{Func: f})
	if m.Err != nil {
		t.Fatal(m.Err)
	}
	return m
}

// show lists the accesses: "r BALANCES[who]".
func show(m *effects.Message) string {
	var out []string
	for _, a := range m.Accesses {
		s := ""
		if a.Read {
			s += "r"
		}
		if a.Write {
			s += "w"
		}
		if a.Presence {
			s += "?"
		}
		out = append(out, s+" "+a.Place.String())
	}
	return strings.Join(out, "; ")
}

func access(t *testing.T, m *effects.Message, write bool, place string) *effects.Access {
	t.Helper()
	for _, a := range m.Accesses {
		if a.Place.String() == place && (write && a.Write || !write && a.Read) {
			return a
		}
	}
	t.Fatalf("no access of %s in %s", place, show(m))
	return nil
}

// withdraw: check, call, write the old balance less the amount; put back what
// was there on error if restore.
func withdraw(restore bool) *ops.Func {
	b := opsbuild.New("withdraw", "who", "amount")
	who, amount := b.Param(0), b.Param(1)
	balance := b.Var("balance")
	entry := b.Verb(ops.MapGet, b.Cell("BALANCES"), who)
	b.If(b.Test(entry, "Some"), func() { b.Set(balance, b.Load(b.Payload(entry, "Some"))) }, func() { b.Set(balance, b.Int(0)) })
	b.If(b.Bin(b.Get(balance), "<", amount), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
	if restore {
		b.Verb(ops.MapInsert, b.Cell("BALANCES"), who, b.Bin(b.Get(balance), "-", amount))
	}
	answer := b.Pay(amount)
	b.If(b.Test(answer, "Err"), func() {
		if restore {
			b.Verb(ops.MapInsert, b.Cell("BALANCES"), who, b.Get(balance))
		}
		b.Return(b.Make("Err", b.Payload(answer, "Err")))
	}, nil)
	if !restore {
		b.Verb(ops.MapInsert, b.Cell("BALANCES"), who, b.Bin(b.Get(balance), "-", amount))
	}
	b.Return(b.Make("Ok", b.Unit()))
	return b.Func()
}

func TestAccesses(t *testing.T) {
	m := message(t, withdraw(false))
	want := "r? BALANCES[who]; r? BALANCES[who]; r BALANCES[who]; w BALANCES[who]"
	if got := show(m); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	read, write := m.Accesses[2], m.Accesses[3]
	if got := m.CommitsBetween(read.Instr, write.Instr); len(got) != 1 {
		t.Errorf("%d commits between read and write, want 1", len(got))
	}
	if m.SameSegment(read.Instr, write.Instr) {
		t.Error("read and write are not in one segment")
	}
	s := m.Slice(write.Value)
	if len(s.Reads) != 1 || s.Reads[0] != read {
		t.Errorf("the written value depends on %d reads", len(s.Reads))
	}
	checked := 0
	for _, c := range m.Checks(write.Instr) {
		if m.Slice(c.Cond).Depends(write.Place) {
			checked++
		}
	}
	if checked != 1 {
		t.Errorf("%d checks on the balance guard the write, want 1 (the Some test joins again before it)", checked)
	}
}

func TestOutcomes(t *testing.T) {
	m := message(t, withdraw(true))
	var writes []*effects.Access
	for _, a := range m.Accesses {
		if a.Write {
			writes = append(writes, a)
		}
	}
	w := m.Awaits[0]
	if m.OnFailure(w, writes[0].Instr) || !m.OnFailure(w, writes[1].Instr) {
		t.Error("the second write, and it alone, is on the error path")
	}
	if got := len(m.Exits(w, effects.Rejected)); got != 1 {
		t.Errorf("%d exits after a reject, want 1", got)
	}
}

// What is decoded from a reply that says that it worked is Ok if it is a Result at
// all: a write behind its Err is made only where the call failed. Behind its Ok,
// or a variant of another type, a write is made where it worked.
func TestOutcomeOfDecoded(t *testing.T) {
	b := opsbuild.New("f", "n")
	answer := b.Await(b.Request("pay", ops.ReplyResult, b.Param(0)), ops.Must)
	b.If(b.Test(answer, "Err"), func() { b.Return(0) }, nil)
	decoded := b.Payload(b.Verb(ops.Decode, b.Payload(answer, "Ok")), "Ok")
	b.If(b.Test(decoded, "Err"), func() { b.Store(b.Cell("REFUND"), b.Int(1)); b.Return(0) }, nil)
	b.If(b.Test(decoded, "Pending"), func() { b.Store(b.Cell("LATER"), b.Int(1)); b.Return(0) }, nil)
	b.Store(b.Cell("DONE"), b.Int(1))
	b.Return(0)
	m := message(t, b.Func())
	for cell, works := range map[string]bool{"REFUND": false, "LATER": true, "DONE": true} {
		if got := m.Under(m.Awaits[0], effects.Replied).Has(access(t, m, true, cell).Instr); got != works {
			t.Errorf("%s where the call worked: reached = %v", cell, got)
		}
	}
}

// `call.await.map_err(f)?` makes a new Result on each side, joins them and
// tests again: the sides must stay apart.
func TestOutcomeThroughMapErr(t *testing.T) {
	b := opsbuild.New("f", "n")
	answer := b.Await(b.Request("pay", ops.ReplyDouble, b.Param(0)), ops.Must)
	r := b.Var("r")
	b.If(b.Test(answer, "Ok"), func() { b.Set(r, b.Make("Ok", b.Payload(answer, "Ok"))) }, func() { b.Set(r, b.Make("Err", b.Int(7))) })
	mapped := b.Get(r)
	b.If(b.Test(mapped, "Err"), func() { b.Store(b.Cell("OUTER"), b.Int(1)); b.Return(0) }, nil)
	inner := b.Payload(mapped, "Ok")
	b.If(b.Test(inner, "Err"), func() { b.Store(b.Cell("INNER"), b.Int(1)); b.Return(0) }, nil)
	b.Store(b.Cell("DONE"), b.Int(1))
	b.Return(0)
	m := message(t, b.Func())
	w := m.Awaits[0]
	for _, c := range []struct {
		cell string
		o    effects.Outcome
	}{{"OUTER", effects.Rejected}, {"INNER", effects.InnerErr}, {"DONE", effects.Replied}} {
		for _, o := range m.Outcomes(w) {
			if got := m.Under(w, o).Has(access(t, m, true, c.cell).Instr); got != (o == c.o) {
				t.Errorf("%s under %v: reached = %v", c.cell, o, got)
			}
		}
	}
}

// The fields of a local aggregate are told apart, also after one was overwritten.
func TestSliceFields(t *testing.T) {
	b := opsbuild.New("f", "n")
	n := b.Param(0)
	v := b.Var("pair")
	b.Set(v, b.Make("()", b.Load(b.Cell("A")), b.Load(b.Cell("B"))))
	b.Store(b.Field(b.Ref(v), "0"), n)
	b.Store(b.Cell("X"), b.Field(b.Get(v), "0"))
	b.Store(b.Cell("Y"), b.Field(b.Get(v), "1"))
	b.Store(b.Cell("Z"), b.Load(b.Get(v)))
	b.Return(0)
	m := message(t, b.Func())
	for cell, want := range map[string]string{"X": "", "Y": "B", "Z": "B"} {
		var got []string
		for _, r := range m.Slice(access(t, m, true, cell).Value).Reads {
			got = append(got, r.Place.String())
		}
		// Z keeps A: what lies in other fields of a whole value is not told apart from it.
		if s := strings.Join(got, " "); s != want && !(cell == "Z" && strings.Contains(s, "B")) {
			t.Errorf("%s depends on %q, want %q", cell, s, want)
		}
	}
}

// A local that holds a reference writes through to the state.
func TestReferenceInLocal(t *testing.T) {
	b := opsbuild.New("f", "id")
	acc := b.Var("acc")
	b.Set(acc, b.Verb(ops.Unwrap, b.Verb(ops.MapGet, b.Field(b.Cell("STATE"), "accounts"), b.Param(0))))
	b.Store(b.Field(b.Ref(acc), "balance"), b.Int(0))
	b.Store(b.Field(b.Ref(acc), "owner"), b.Verb(ops.Caller))
	b.Return(0)
	m := message(t, b.Func())
	access(t, m, true, "STATE.accounts[id].balance")
	access(t, m, true, "STATE.accounts[id].owner")
}

// In a loop, what is read anew in each round is not stale in the next.
func TestLoopReadsAgain(t *testing.T) {
	b := opsbuild.New("f", "n")
	n := b.Param(0)
	b.Loop(func(l ops.Label) {
		x := b.Load(b.Cell("X"))
		b.Store(b.Cell("X"), b.Bin(x, "-", n))
		r := b.Pay(n)
		b.If(b.Test(r, "Err"), func() { b.Break(l) }, nil)
	})
	b.Return(0)
	m := message(t, b.Func())
	read, write := access(t, m, false, "X"), access(t, m, true, "X")
	if len(m.CommitsBetween(read.Instr, write.Instr)) != 0 {
		t.Error("the write follows the read of its own round")
	}
	if len(m.CommitsBetween(write.Instr, read.Instr)) != 1 {
		t.Error("the read of the next round comes after a commit")
	}
}

// The drop body of a guard that was moved away is never run here.
func TestArmedGuards(t *testing.T) {
	b := opsbuild.New("f", "n")
	g := b.Var("g")
	b.Set(g, b.Param(0))
	b.Guard(g, func() { b.Store(b.Cell("BUSY"), b.Int(0)) })
	b.Move(g)
	b.Drop(g)
	b.Return(0)
	m := message(t, b.Func())
	if len(m.Accesses) != 0 {
		t.Errorf("accesses of a disarmed guard: %s", show(m))
	}
}

func TestPlaces(t *testing.T) {
	field := func(s string) effects.Elem { return effects.Elem{Field: s} }
	key := func(n string, k effects.Known) effects.Elem {
		return effects.Elem{Key: effects.Key{Number: n, Text: n, Known: k}}
	}
	from, to := key("p0", effects.KeyParam), key("p1", effects.KeyParam)
	one, two := key("c1", effects.KeyConst), key("c2", effects.KeyConst)
	s := func(path ...effects.Elem) effects.Place { return effects.Place{Cell: "S", Path: path} }
	for _, c := range []struct {
		a, b effects.Place
		want effects.Overlap
		same bool
	}{
		{s(), s(field("a")), effects.Contained, true},
		{s(field("a")), s(field("b")), effects.Disjoint, false},
		{s(from), s(from, field("x")), effects.Contained, true},
		{s(from), s(to), effects.Maybe, false},
		{s(one), s(two), effects.Disjoint, false},
		{s(one), s(from), effects.Maybe, false},
		{s(key("v9", effects.KeyComputed)), s(from), effects.Maybe, true},
		{s(), effects.Place{Cell: "T"}, effects.Disjoint, false},
	} {
		if got := c.a.In(c.b); got != c.want || c.b.In(c.a) != c.want {
			t.Errorf("%v in %v: %v, want %v", c.a, c.b, got, c.want)
		}
		if got := c.a.Same(c.b); got != c.same {
			t.Errorf("%v same as %v: %v", c.a, c.b, got)
		}
	}
}

func TestSummarise(t *testing.T) {
	s := effects.Summarise(withdraw(false))
	if got := s.String(); got != "reads BALANCES.[$0]; writes BALANCES.[$0]; may commit" {
		t.Error(got)
	}
}

// Whatever comes in, no query panics.
func TestQueriesAreTotal(t *testing.T) {
	m := message(t, withdraw(true))
	for _, b := range m.Fn.SSA.Blocks {
		for _, i := range b.Instrs {
			m.Checks(i)
			m.At(i)
			if v, ok := i.(ssa.Value); ok {
				m.Slice(v)
				m.KeyOf(v)
			}
		}
	}
}
