package shadow_test

import (
	"bytes"
	"errors"
	"math/rand"
	"strings"
	"testing"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/analyzer/shadow"
	"github.com/awaitlint/awaitlint/analyzer/shadow/opsbuild"
)

// withdraw checks the balance, pays, and writes the old balance less the amount.
func withdraw() *ops.Func {
	b := opsbuild.New("withdraw", "who", "amount")
	who, amount := b.Param(0), b.Param(1)
	balance := b.Var("balance é")
	b.Set(balance, b.Load(b.Index(b.Cell("BALANCES"), who)))
	b.If(b.Bin(b.Get(balance), "<", amount), func() { b.Return(b.Make("Err", b.Unit())) }, nil)
	answer := b.Pay(amount)
	b.If(b.Test(answer, "Err"), func() { b.Return(b.Make("Err", b.Payload(answer, "Err"))) }, nil)
	b.Verb(ops.MapInsert, b.Cell("BALANCES"), who, b.Bin(b.Get(balance), "-", amount))
	b.Return(b.Make("Ok", b.Unit()))
	return b.Func()
}

func TestWithdraw(t *testing.T) {
	f := withdraw()
	if err := shadow.Verify(f); err != nil {
		t.Fatal(err)
	}
	fn, err := shadow.Build(f)
	if err != nil {
		t.Fatal(err)
	}
	calls := map[ops.Kind]int{}
	for _, b := range fn.SSA.Blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.Call); ok && fn.Op(c) != nil {
				calls[fn.Op(c).Kind]++
			}
			if branch, ok := i.(*ssa.If); ok {
				if _, op, ok := fn.Cond(branch); !ok || op.Kind != ops.If {
					t.Errorf("branch %v does not map to its operation", branch)
				}
			}
		}
	}
	if calls[ops.Await] != 1 || calls[ops.Verb] != 1 || calls[ops.If] != 2 || calls[ops.Load] != 1 {
		t.Errorf("operations found in the SSA: %v", calls)
	}
	if got := fn.Op(fn.SSA.Params[1]); got == nil || got.Index != 1 {
		t.Errorf("parameter 1 maps to %v", got)
	}
	var out bytes.Buffer
	if err := fn.Dump(&out); err != nil || !strings.Contains(out.String(), "await must commit") {
		t.Errorf("dump: %v\n%s", err, out.String())
	}
}

// What is stored into a local aggregate flows out of it again.
func TestLocalAggregate(t *testing.T) {
	b := opsbuild.New("f", "x")
	x := b.Param(0)
	v := b.Var("state")
	b.Set(v, b.Load(b.Cell("STATE")))
	b.Store(b.Field(b.Ref(v), "total"), x)
	b.Store(b.Cell("STATE"), b.Get(v))
	f := b.Func()
	if err := shadow.Verify(f); err != nil {
		t.Fatal(err)
	}
	fn, _ := shadow.Build(f)
	for _, i := range fn.SSA.Blocks[0].Instrs {
		if c, ok := i.(*ssa.Call); ok && fn.Op(c) != nil && fn.Op(c).Kind == ops.Store && len(c.Call.Args) == 2 {
			if up, ok := c.Call.Args[1].(*ssa.Call); !ok || fn.Op(up).Kind != ops.Store {
				t.Errorf("the stored value is %v, not the updated local", c.Call.Args[1])
			}
			return
		}
	}
	t.Error("no store to the cell")
}

// A guard's drop body is built at each drop, under what is known of its being armed.
func TestGuard(t *testing.T) {
	b := opsbuild.New("f", "x")
	x := b.Param(0)
	g := b.Var("_g")
	b.Set(g, b.Make("Guard", x))
	b.Verb(ops.SetInsert, b.Cell("BUSY"), x)
	b.Guard(g, func() { b.Verb(ops.SetRemove, b.Cell("BUSY"), b.Field(b.Ref(g), "0")) })
	ok := b.Pay(x)
	b.If(b.Test(ok, "Err"), func() { b.Drop(g); b.Return(0) }, nil)
	b.Drop(g)
	b.Return(0)
	f := b.Func()
	if err := shadow.Verify(f); err != nil {
		t.Fatal(err)
	}
	fn, _ := shadow.Build(f)
	removes := 0
	for _, blk := range fn.SSA.Blocks {
		for _, i := range blk.Instrs {
			if c, ok := i.(*ssa.Call); ok && fn.Op(c) != nil && fn.Op(c).Name == ops.SetRemove {
				removes++
			}
		}
	}
	if removes != 2 {
		t.Errorf("the drop body was built %d times, want 2", removes)
	}
}

func TestTooLarge(t *testing.T) {
	b := opsbuild.New("f", "x")
	x := b.Param(0)
	for range shadow.MaxBlocks {
		b.If(x, func() { b.Trap() }, nil)
	}
	if _, err := shadow.Build(b.Func()); !errors.Is(err, shadow.ErrTooLarge) {
		t.Errorf("got %v", err)
	}
}

func TestIllFormed(t *testing.T) {
	for name, f := range map[string]*ops.Func{
		"unknown value":    {Name: "f", Values: 1, Vars: make([]ops.VarInfo, 1), Body: []*ops.Op{{Kind: ops.Return, Args: []ops.Value{3}}}},
		"unknown variable": {Name: "f", Values: 1, Vars: make([]ops.VarInfo, 1), Body: []*ops.Op{{Kind: ops.Drop, Var: 7}}},
		"missing operand":  {Name: "f", Values: 1, Vars: make([]ops.VarInfo, 2), Body: []*ops.Op{{Kind: ops.Set, Var: 1}}},
		"stray break":      {Name: "f", Values: 1, Vars: make([]ops.VarInfo, 1), Body: []*ops.Op{{Kind: ops.Break, Label: 4}}},
	} {
		if _, err := shadow.Build(f); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestRandom builds random well-formed functions and holds the hand-filled
// type information against go/types and the sanity checker.
func TestRandom(t *testing.T) {
	for seed := range int64(300) {
		f := random(rand.New(rand.NewSource(seed)))
		if err := shadow.Verify(f); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
	}
}

func random(r *rand.Rand) *ops.Func {
	b := opsbuild.New("r", "a", "b")
	vals := []ops.Value{b.Param(0), b.Param(1)}
	var vars []ops.Var
	var labels, loops []ops.Label
	pick := func() ops.Value { return vals[r.Intn(len(vals))] }
	var list func(depth int)
	nested := func(depth int) func() {
		return func() {
			nvals, nvars := len(vals), len(vars)
			list(depth - 1)
			if r.Intn(8) > 0 { // seldom leave what lowering should not: uses out of scope
				vals, vars = vals[:nvals], vars[:nvars]
			}
		}
	}
	list = func(depth int) {
		for range 1 + r.Intn(7) {
			switch n := r.Intn(20); {
			case n < 5:
				vals = append(vals, b.Bin(pick(), "+", pick()))
			case n == 5:
				vals = append(vals, b.Load(b.Field(b.Cell("S"), "f")))
			case n == 6:
				vars = append(vars, b.Var("x"))
				b.Set(vars[len(vars)-1], pick())
			case n == 7:
				b.Store(b.Index(b.Cell("S"), pick()), pick())
			case n == 8:
				vals = append(vals, b.Pay(pick()))
			case len(vars) > 0 && n < 14:
				v := vars[r.Intn(len(vars))]
				switch r.Intn(6) {
				case 0, 1:
					vals = append(vals, b.Get(v))
				case 2:
					b.Store(b.Field(b.Ref(v), "g"), pick())
				case 3:
					b.Out(v, b.Verb(ops.ListPush, b.Ref(v), pick()))
				case 4:
					b.Guard(v, func() { b.Store(b.Cell("G"), b.Bin(b.Get(v), "+", vals[0])) })
				default:
					b.Drop(v)
				}
			case n == 14 && depth > 0:
				b.Block(func(l ops.Label) {
					labels = append(labels, l)
					nested(depth)()
					labels = labels[:len(labels)-1]
				})
			case n == 15 && depth > 0:
				b.Loop(func(l ops.Label) {
					labels, loops = append(labels, l), append(loops, l)
					nested(depth)()
					labels, loops = labels[:len(labels)-1], loops[:len(loops)-1]
				})
			case n < 18 && depth > 0:
				b.If(pick(), nested(depth), nested(depth))
			case n == 18 && len(labels) > 0:
				if len(loops) > 0 && r.Intn(2) == 0 {
					b.Continue(loops[r.Intn(len(loops))])
				} else {
					b.Break(labels[r.Intn(len(labels))])
				}
			case n == 19:
				if r.Intn(2) == 0 {
					b.Return(pick())
				} else {
					b.Trap()
				}
			default:
				b.Assert(pick())
			}
		}
	}
	list(4)
	return b.Func()
}
