package evidence

import (
	"slices"
	"strconv"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/model"
	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// program translates a lowered function into a program of the segment model.
// The two step languages are all but the same; what differs is said here.
func program(f *ops.Func, anonymous bool) *model.Program {
	return model.Compile(function(f, anonymous))
}

func function(f *ops.Func, anonymous bool) *model.Func {
	t := &translator{f: f, consts: map[ops.Value]*ops.Op{}, blocks: map[ops.Label]ops.Site{}}
	m := &model.Func{Name: f.Name, Regs: f.Values, Slots: len(f.Vars), Anonymous: anonymous, Refusals: f.Refusals}
	for _, p := range f.Params {
		m.Params = append(m.Params, model.ParamInfo{Name: p.Name, Sort: sortOf(p.Type)})
	}
	m.Body = t.steps(f.Body)
	return m
}

type translator struct {
	f      *ops.Func
	consts map[ops.Value]*ops.Op
	blocks map[ops.Label]ops.Site // where labels are
}

func (t *translator) steps(list []*ops.Op) []*model.Step {
	var out []*model.Step
	for _, op := range list {
		if s := t.step(op); s != nil {
			out = append(out, s)
		}
	}
	return out
}

// kinds maps operations to steps where the names tell all.
var kinds = map[ops.Kind]model.Kind{
	ops.Param: model.Param, ops.Cell: model.Cell, ops.Get: model.Get, ops.Ref: model.Ref, ops.Field: model.Field,
	ops.Index: model.Index, ops.Load: model.Load, ops.Make: model.Make, ops.Bin: model.Bin, ops.Un: model.Un,
	ops.Cast: model.Copy, ops.Test: model.Test, ops.Proj: model.Proj, ops.Verb: model.Verb, ops.Declare: model.Declare,
	ops.Set: model.Set, ops.Store: model.Store, ops.If: model.If, ops.Block: model.Block, ops.Loop: model.Loop,
	ops.Break: model.Break, ops.Continue: model.Continue, ops.Return: model.Return, ops.Join: model.Join,
	ops.Guard: model.Guard, ops.Drop: model.Drop, ops.Move: model.Move, ops.Await: model.Await,
	ops.Trap: model.Trap, ops.Assert: model.Assert, ops.Request: model.Request, ops.Oneway: model.Oneway,
	ops.Spawn: model.Spawn, ops.Call: model.Call, ops.Opaque: model.Opaque, ops.Const: model.Const,
}

func (t *translator) step(op *ops.Op) *model.Step {
	kind, ok := kinds[op.Kind]
	if op.Kind == ops.Out {
		return nil // references are real here: the change was seen when it was made
	}
	if !ok {
		kind = model.Opaque
	}
	s := &model.Step{
		Kind: kind, Site: model.Site(op.Site), Out: model.Reg(op.Out), Slot: model.Slot(op.Var), Label: model.Label(op.Label),
		Index: op.Index, Name: op.Name, Fields: op.Fields, Pat: pattern(op.Pat), Path: path(op.Path),
		Commit: model.Commit(op.Commit), Overflow: strings.Contains(op.Traps, "overflow"), Traps: op.Traps != "",
	}
	for _, a := range op.Args {
		s.Args = append(s.Args, model.Reg(a))
	}
	switch op.Kind {
	case ops.Const:
		s.Const = literal(op.Lit, op.Text)
		t.consts[op.Out] = op
	case ops.Make:
		t.aggregate(op, s)
	case ops.Opaque:
		s.Name = op.Text
		if op.Text == "default" && len(op.Args) == 0 {
			s.Kind, s.Const = model.Const, model.Default()
		}
	case ops.Trap, ops.Assert:
		s.Name = op.Text
	case ops.Request, ops.Oneway:
		s.Request = request(op.Request)
	case ops.Call:
		s.Name = op.Text
		s.Callee = callee(op)
	case ops.Block, ops.Loop:
		t.blocks[op.Label] = op.Site
	case ops.Break:
		// Only a return leads from the text of a function into that of its caller.
		s.Leaves = !t.f.SameFrame(op.Site, t.blocks[op.Label])
	}
	s.Body, s.Else = t.steps(op.Body), t.steps(op.Else)
	return s
}

// aggregate sorts out ranges; an open range stays opaque.
func (t *translator) aggregate(op *ops.Op, s *model.Step) {
	if op.Name != ".." {
		return
	}
	if len(op.Args) != 2 {
		s.Kind, s.Name = model.Opaque, op.Text
		return
	}
	if strings.Contains(op.Text, "..=") {
		s.Name = "..="
	}
}

func callee(op *ops.Op) *model.Callee {
	c := &model.Callee{Name: op.Text}
	if op.Callee == nil {
		return c
	}
	for _, r := range op.Callee.Reads {
		// What arguments refer to, it is given.
		if cell, _, _ := strings.Cut(r, "."); !strings.HasPrefix(cell, "$") {
			c.Reads = append(c.Reads, cell)
		}
	}
	for _, w := range op.Callee.Writes {
		cell, _, _ := strings.Cut(w, ".")
		arg, err := strconv.Atoi(strings.TrimPrefix(cell, "$"))
		c.MayWrite = c.MayWrite || cell[:1] != "$" || err == nil && slices.Contains(op.Callee.State, arg)
	}
	return c
}

func request(r *ops.RequestInfo) *model.CallInfo {
	if r == nil {
		return &model.CallInfo{Label: "a call"}
	}
	c := &model.CallInfo{Label: r.Method, Bounded: r.Bounded}
	switch r.Reply {
	case ops.ReplyResult:
		c.Reply = model.ReplyResult
	case ops.ReplyDouble:
		c.Reply = model.ReplyDouble
	}
	switch r.Effect {
	case ops.EffectFetch:
		c.Effect = model.EffectFetch
	case ops.EffectMutates, ops.EffectMovesValue:
		c.Effect = model.EffectMutates
	}
	return c
}

func path(steps []ops.Step) []model.Elem {
	var es []model.Elem
	for _, s := range steps {
		es = append(es, model.Elem{Variant: s.Variant, Field: s.Field})
	}
	return es
}

func pattern(p *ops.Pat) *model.Pat {
	if p == nil {
		return nil
	}
	m := &model.Pat{Kind: model.PatKind(p.Kind), Name: p.Name, Steps: path(p.Steps), Text: p.Text}
	for _, s := range p.Subs {
		m.Subs = append(m.Subs, pattern(s))
	}
	switch p.Kind {
	case ops.PatConst:
		m.Const = literal(p.Lit, p.Name)
	case ops.PatRange:
		m.Lo, m.Hi = bound(p.Lo), bound(p.Hi)
	}
	return m
}

func bound(text string) model.Value {
	if text == "" {
		return model.Value{}
	}
	return literal(ops.LitInt, text)
}

// literal reads a Rust literal. Numbers that do not fit stay texts.
func literal(lit ops.Lit, text string) model.Value {
	switch lit {
	case ops.LitUnit:
		return model.Unit()
	case ops.LitBool:
		return model.Bool(text == "true")
	case ops.LitInt:
		if n, ok := integer(text); ok {
			return model.Int(n)
		}
	case ops.LitFloat:
		if f, err := strconv.ParseFloat(strings.ReplaceAll(strings.TrimRight(text, "f3264_"), "_", ""), 64); err == nil && f == float64(int64(f)) {
			return model.Int(int64(f))
		}
	case ops.LitString:
		return model.Text(strings.Trim(strings.TrimLeft(text, "rb#"), `"#`))
	}
	return model.Text(text)
}

func integer(text string) (int64, bool) {
	text = strings.ReplaceAll(text, "_", "")
	hex := strings.HasPrefix(text, "0x")
	for _, suffix := range []string{"usize", "isize", "u128", "i128", "u64", "i64", "u32", "i32", "u16", "i16", "u8", "i8"} {
		if cut, ok := strings.CutSuffix(text, suffix); ok {
			text = cut
			break
		}
	}
	if hex {
		n, err := strconv.ParseInt(text[2:], 16, 64)
		return n, err == nil
	}
	n, err := strconv.ParseInt(text, 0, 64)
	return n, err == nil
}

// sortOf tells of which sort a parameter of a primitive type is.
func sortOf(typ string) model.Sort {
	typ = strings.TrimPrefix(strings.TrimSpace(typ), "&")
	switch typ {
	case "u8", "u16", "u32", "u64", "u128", "usize", "i8", "i16", "i32", "i64", "i128", "isize", "f32", "f64":
		return model.SortInt
	case "bool":
		return model.SortBool
	case "str", "String", "char":
		return model.SortKey
	}
	if strings.HasPrefix(typ, "Option<") {
		return model.SortOption
	}
	return model.SortUnknown
}
