package model

import (
	"fmt"
	"strings"
	"testing"
	"text/scanner"
	"unicode"
)

// A small language for the cases: close to Rust, one function at a time.
//
//	fn withdraw(amount: int) {
//	  let b = BAL[caller()];
//	  let r = await move pay(amount);     // also: fetch f(..), double move f(..), plain call f(..)
//	  if r.is_err() { return Err(1); }
//	  @late BAL[caller()] = b - amount;   // @late marks the site
//	}
//
// Names in capitals are cells. `CELL[k]` is a place, `.get(k)` gives an Option.
type script struct {
	t       *testing.T
	s       scanner.Scanner
	tok     rune
	f       *Func
	slots   map[string]Slot
	label   Label
	loops   []Label
	site    Site
	marks   []Site
	marking bool
	out     *[]*Step
}

// parseScript returns the functions of a text by name, with their marked sites.
func parseScript(t *testing.T, text string) (map[string]*Func, map[string][]Site) {
	t.Helper()
	fs, marks := map[string]*Func{}, map[string][]Site{}
	p := &script{t: t}
	p.s.Init(strings.NewReader(text))
	p.s.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanStrings | scanner.SkipComments | scanner.ScanComments
	p.next()
	for p.tok != scanner.EOF {
		f := p.fn()
		fs[f.Name] = f
		marks[f.Name] = p.marks
	}
	return fs, marks
}

func (p *script) next()            { p.tok = p.s.Scan() }
func (p *script) text() string     { return p.s.TokenText() }
func (p *script) is(s string) bool { return p.tok != scanner.EOF && p.text() == s }
func (p *script) accept(s string) bool {
	if p.is(s) {
		p.next()
		return true
	}
	return false
}
func (p *script) expect(s string) {
	if !p.accept(s) {
		p.t.Fatalf("%s: expected %q, found %q", p.s.Pos(), s, p.text())
	}
}
func (p *script) ident() string {
	n := p.text()
	p.next()
	return n
}

func (p *script) fn() *Func {
	anon := p.accept("task")
	p.expect("fn")
	p.f = &Func{Name: p.ident(), Regs: 1, Slots: 1, Anonymous: anon}
	p.slots, p.marks, p.loops, p.site, p.label = map[string]Slot{}, nil, nil, 0, 0
	var body []*Step
	p.out = &body
	p.expect("(")
	for !p.accept(")") {
		name := p.ident()
		sort := SortUnknown
		if p.accept(":") {
			sort = map[string]Sort{"int": SortInt, "key": SortKey, "bool": SortBool}[p.ident()]
		}
		r := p.emit(&Step{Kind: Param, Index: len(p.f.Params)})
		p.f.Params = append(p.f.Params, ParamInfo{name, sort})
		p.set(name, r)
		p.accept(",")
	}
	p.block(&body)
	p.f.Body = body
	return p.f
}

func (p *script) emit(s *Step) Reg {
	switch s.Kind {
	case Store, Set, If, Loop, Block, Break, Continue, Return, Trap, Assert, Oneway, Guard, Drop, Declare:
	default:
		s.Out = Reg(p.f.Regs)
		p.f.Regs++
	}
	p.site++
	s.Site = p.site
	if p.marking && isWrite(s) && s.Kind != Set {
		p.marks = append(p.marks, p.site)
	}
	*p.out = append(*p.out, s)
	return s.Out
}

func (p *script) slot(name string) Slot {
	if s, ok := p.slots[name]; ok {
		return s
	}
	s := Slot(p.f.Slots)
	p.f.Slots++
	p.slots[name] = s
	return s
}

func (p *script) set(name string, r Reg) {
	p.emit(&Step{Kind: Set, Slot: p.slot(name), Args: []Reg{r}})
}

func (p *script) block(into *[]*Step) {
	old := p.out
	p.out = into
	p.expect("{")
	for !p.accept("}") {
		p.stmt()
	}
	p.out = old
}

func (p *script) stmt() {
	if p.accept("@") {
		p.expect("late")
		p.marking = true
		defer func() { p.marking = false }()
	}
	switch {
	case p.accept("let"):
		name := p.ident()
		p.expect("=")
		r := p.expr()
		p.expect(";")
		p.set(name, r)
	case p.is("if"):
		p.ifStmt()
	case p.accept("while"):
		p.label++
		l := p.label
		p.loops = append(p.loops, l)
		var body []*Step
		old := p.out
		p.out = &body
		c := p.expr()
		n := p.emit(&Step{Kind: Un, Name: "!", Args: []Reg{c}})
		var leave []*Step
		p.out = &leave
		p.emit(&Step{Kind: Break, Label: l})
		p.out = &body
		p.emit(&Step{Kind: If, Args: []Reg{n}, Body: leave})
		p.block(&body)
		p.out = old
		p.loops = p.loops[:len(p.loops)-1]
		p.emit(&Step{Kind: Loop, Label: l, Body: body})
	case p.accept("break"):
		p.expect(";")
		p.emit(&Step{Kind: Break, Label: p.loops[len(p.loops)-1]})
	case p.accept("return"):
		var args []Reg
		if !p.is(";") {
			args = []Reg{p.expr()}
		} else {
			args = []Reg{p.emit(&Step{Kind: Const, Const: Unit()})}
		}
		p.expect(";")
		p.emit(&Step{Kind: Return, Args: args})
	case p.accept("trap"):
		p.expect(";")
		p.emit(&Step{Kind: Trap, Name: "trap"})
	case p.accept("assert"):
		r := p.expr()
		p.expect(";")
		p.emit(&Step{Kind: Assert, Args: []Reg{r}, Name: "assert!"})
	case p.accept("guard"):
		name := p.ident()
		var body []*Step
		p.block(&body)
		p.emit(&Step{Kind: Guard, Slot: p.slot(name), Body: body})
	case p.accept("drop"):
		p.emit(&Step{Kind: Drop, Slot: p.slot(p.ident())})
		p.expect(";")
	case p.accept("send"):
		label, args := p.call()
		p.expect(";")
		p.emit(&Step{Kind: Oneway, Args: args, Request: &CallInfo{Label: label, Effect: EffectMutates}})
	default:
		p.assignOrExpr()
	}
}

func (p *script) ifStmt() {
	p.expect("if")
	c := p.expr()
	var then, els []*Step
	p.block(&then)
	if p.accept("else") {
		if p.is("if") {
			old := p.out
			p.out = &els
			p.ifStmt()
			p.out = old
		} else {
			p.block(&els)
		}
	}
	p.emit(&Step{Kind: If, Args: []Reg{c}, Body: then, Else: els})
}

func (p *script) assignOrExpr() {
	name := p.text()
	_, local := p.slots[name]
	lhs := p.expr()
	for _, op := range []string{"+", "-"} {
		if !p.accept(op) {
			continue
		}
		p.expect("=")
		r := p.expr()
		v := p.emit(&Step{Kind: Bin, Name: op, Args: []Reg{lhs, r}, Overflow: true})
		p.expect(";")
		p.assign(name, local, lhs, v)
		return
	}
	if p.accept("=") {
		r := p.expr()
		p.expect(";")
		p.assign(name, local, lhs, r)
		return
	}
	p.expect(";")
}

func (p *script) assign(name string, local bool, lhs, v Reg) {
	last := (*p.out)
	// A bare local is assigned; anything else is a place.
	for i := len(last) - 1; i >= 0; i-- {
		if last[i].Out == lhs {
			if local && last[i].Kind == Ref {
				p.set(name, v)
				return
			}
			break
		}
	}
	p.emit(&Step{Kind: Store, Args: []Reg{lhs, v}})
}

func (p *script) expr() Reg { return p.binary(0) }

var levels = [][]string{{"||"}, {"&&"}, {"==", "!=", "<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/"}}

func (p *script) operator(level int) string {
	for _, op := range levels[level] {
		if !strings.HasPrefix(op, p.text()) || p.text() == "" {
			continue
		}
		if len(op) == 1 {
			if n := p.s.Peek(); n == '=' { // += and the like end the expression
				if op == "<" || op == ">" {
					continue
				}
				return ""
			}
			if p.text() == op {
				p.next()
				return op
			}
			continue
		}
		if p.s.Peek() == rune(op[1]) {
			p.next()
			p.next()
			return op
		}
	}
	return ""
}

func (p *script) binary(level int) Reg {
	if level == len(levels) {
		return p.unary()
	}
	a := p.binary(level + 1)
	for {
		op := p.operator(level)
		switch op {
		case "":
			return a
		case "&&", "||":
			a = p.short(op, a, level)
		default:
			b := p.binary(level + 1)
			a = p.emit(&Step{Kind: Bin, Name: op, Args: []Reg{a, b}, Overflow: true})
		}
	}
}

func (p *script) short(op string, a Reg, level int) Reg {
	tmp := fmt.Sprintf("$%d", p.f.Slots)
	p.set(tmp, a)
	var more []*Step
	old := p.out
	p.out = &more
	p.set(tmp, p.binary(level+1))
	p.out = old
	if op == "&&" {
		p.emit(&Step{Kind: If, Args: []Reg{a}, Body: more})
	} else {
		p.emit(&Step{Kind: If, Args: []Reg{a}, Else: more})
	}
	return p.emit(&Step{Kind: Get, Slot: p.slot(tmp)})
}

func (p *script) unary() Reg {
	if p.is("!") && p.s.Peek() != '=' {
		p.next()
		return p.emit(&Step{Kind: Un, Name: "!", Args: []Reg{p.unary()}})
	}
	return p.postfix(p.primary())
}

func (p *script) args() []Reg {
	var as []Reg
	p.expect("(")
	for !p.accept(")") {
		as = append(as, p.expr())
		p.accept(",")
	}
	return as
}

func (p *script) call() (string, []Reg) {
	name := p.ident()
	return name, p.args()
}

func (p *script) primary() Reg {
	tok, name := p.tok, p.text()
	switch {
	case p.accept("("):
		if p.accept(")") {
			return p.emit(&Step{Kind: Const, Const: Unit()})
		}
		r := p.expr()
		p.expect(")")
		return r
	case tok == scanner.Int:
		p.next()
		var n int64
		fmt.Sscan(name, &n)
		return p.emit(&Step{Kind: Const, Const: Int(n)})
	case tok == scanner.String:
		p.next()
		return p.emit(&Step{Kind: Const, Const: Text(strings.Trim(name, `"`))})
	case p.accept("true"), p.accept("false"):
		return p.emit(&Step{Kind: Const, Const: Bool(name == "true")})
	case p.accept("await"):
		return p.await()
	case p.accept("opaque"):
		label, as := p.call()
		return p.emit(&Step{Kind: Call, Name: label, Args: as, Callee: &Callee{Name: label}})
	case p.accept("map"):
		return p.emit(&Step{Kind: Const, Const: emptyMap})
	}
	p.next()
	if s, ok := p.slots[name]; ok {
		return p.emit(&Step{Kind: Ref, Slot: s})
	}
	switch name {
	case "caller", "now":
		p.args()
		return p.emit(&Step{Kind: Verb, Name: name})
	case "load":
		return p.emit(&Step{Kind: Load, Args: p.args()})
	case "min", "max":
		return p.emit(&Step{Kind: Verb, Name: name, Args: p.args()})
	}
	if unicode.IsUpper(rune(name[0])) && name == strings.ToUpper(name) {
		return p.emit(&Step{Kind: Cell, Name: name})
	}
	if p.is("{") && unicode.IsUpper(rune(name[0])) {
		return p.record(name)
	}
	var as []Reg
	if p.is("(") {
		as = p.args()
	}
	return p.emit(&Step{Kind: Make, Name: name, Args: as})
}

func (p *script) record(name string) Reg {
	st := &Step{Kind: Make, Name: name}
	p.expect("{")
	for !p.accept("}") {
		st.Fields = append(st.Fields, p.ident())
		p.expect(":")
		st.Args = append(st.Args, p.expr())
		p.accept(",")
	}
	return p.emit(st)
}

func (p *script) await() Reg {
	info := &CallInfo{Reply: ReplyResult}
	for {
		switch {
		case p.accept("double"):
			info.Reply = ReplyDouble
			continue
		case p.accept("plain"):
			info.Reply = ReplyPlain
			continue
		case p.accept("bounded"):
			info.Bounded = true
			continue
		case p.accept("fetch"):
			info.Effect = EffectFetch
		case p.accept("move"):
			info.Effect = EffectMutates
		case p.accept("call"):
		}
		break
	}
	label, as := p.call()
	info.Label = label
	r := p.emit(&Step{Kind: Request, Args: as, Request: info})
	return p.emit(&Step{Kind: Await, Args: []Reg{r}, Commit: Must})
}

var scriptVerbs = map[string]string{"get": MapGet, "copied": MapGetCopy, "contains": MapContains, "insert": MapInsert,
	"remove": MapRemove, "add": SetInsert, "entry_or": MapEntryOr, "push": ListPush, "pop": ListPop, "len": Len, "is_empty": IsEmpty,
	"unwrap": Unwrap, "take": Take, "replace": Replace, "clear": Clear, "iter": Iter, "next": IterNext, "sub": CheckedSub, "sat_sub": SatSub,
	"clean": IsCleanReject, "pop_front": ListPopFront, "first": ListFirst, "decode": Decode}

func (p *script) postfix(r Reg) Reg {
	for {
		switch {
		case p.accept("["):
			k := p.expr()
			p.expect("]")
			r = p.emit(&Step{Kind: Index, Args: []Reg{r, k}})
		case p.accept("."):
			name := p.ident()
			if !p.is("(") {
				r = p.emit(&Step{Kind: Field, Name: name, Args: []Reg{r}})
				continue
			}
			if p.method(&r, name) {
				continue
			}
			verb, ok := scriptVerbs[name]
			if !ok {
				p.t.Fatalf("%s: no method %s", p.s.Pos(), name)
			}
			r = p.emit(&Step{Kind: Verb, Name: verb, Args: append([]Reg{r}, p.args()...)})
		default:
			return r
		}
	}
}

// method handles the tests and projections.
func (p *script) method(r *Reg, name string) bool {
	variants := map[string]string{"is_ok": "Ok", "is_err": "Err", "is_some": "Some", "is_none": "None"}
	if v, ok := variants[name]; ok {
		p.args()
		*r = p.emit(&Step{Kind: Test, Args: []Reg{*r}, Pat: &Pat{Kind: PatVariant, Name: v}})
		return true
	}
	switch name {
	case "is":
		p.expect("(")
		v := p.ident()
		p.expect(")")
		*r = p.emit(&Step{Kind: Test, Args: []Reg{*r}, Pat: &Pat{Kind: PatVariant, Name: v}})
	case "some", "ok", "err":
		p.args()
		v := map[string]string{"some": "Some", "ok": "Ok", "err": "Err"}[name]
		*r = p.emit(&Step{Kind: Proj, Args: []Reg{*r}, Path: []Elem{{Variant: v, Field: "0"}}})
	default:
		return false
	}
	return true
}
