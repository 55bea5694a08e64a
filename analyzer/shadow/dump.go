package shadow

import (
	"fmt"
	"io"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// Dump writes the SSA for people: one instruction a line, operations by
// their own names, with the line of the source they stand on.
func (fn *Fn) Dump(w io.Writer) error {
	d := &dumper{fn: fn}
	fmt.Fprintf(&d.b, "fn %s(%s)\n", fn.Ops.Name, d.list(fn.SSA.Params))
	for _, b := range fn.SSA.Blocks {
		fmt.Fprintf(&d.b, "b%d: %s\n", b.Index, edges("from", b.Preds))
		for _, instr := range b.Instrs {
			d.instr(b, instr)
		}
	}
	_, err := io.WriteString(w, d.b.String())
	return err
}

type dumper struct {
	fn *Fn
	b  strings.Builder
}

func (d *dumper) list(params []*ssa.Parameter) string {
	var names []string
	for _, p := range params {
		names = append(names, p.Name())
	}
	return strings.Join(names, ", ")
}

func edges(word string, blocks []*ssa.BasicBlock) string {
	if len(blocks) == 0 {
		return ""
	}
	for _, b := range blocks {
		word += fmt.Sprintf(" b%d", b.Index)
	}
	return word
}

func (d *dumper) instr(b *ssa.BasicBlock, instr ssa.Instruction) {
	line := ""
	if site := d.fn.Site(instr); site.Span.File != nil {
		line = fmt.Sprint(site.Span.File.Position(site.Span.Start).Line)
	}
	text := ""
	switch x := instr.(type) {
	case *ssa.Call:
		text = d.call(x)
		if len(*x.Referrers()) > 0 {
			text = x.Name() + " = " + text
		}
	case *ssa.Phi:
		var in []string
		for i, e := range x.Edges {
			in = append(in, fmt.Sprintf("b%d: %s", b.Preds[i].Index, name(e)))
		}
		text = fmt.Sprintf("%s = phi %s  ; %s", x.Name(), strings.Join(in, ", "), x.Comment)
	case *ssa.If:
		text = fmt.Sprintf("if %s goto b%d else b%d", name(x.Cond), b.Succs[0].Index, b.Succs[1].Index)
	case *ssa.Jump:
		text = "goto " + edges("", b.Succs)[1:]
	case *ssa.Return:
		text = "return"
		for _, r := range x.Results {
			text += " " + name(r)
		}
	case *ssa.MakeInterface:
		return // the operand of the panic below
	case *ssa.Panic:
		text = "trapped"
	default:
		text = instr.String()
	}
	fmt.Fprintf(&d.b, "%5s   %s\n", line, text)
}

func name(v ssa.Value) string {
	if c, ok := v.(*ssa.Const); ok {
		if c.Value == nil {
			return "-"
		}
		return c.Value.String()
	}
	return v.Name()
}

func (d *dumper) call(x *ssa.Call) string {
	op := d.fn.Op(x)
	var b strings.Builder
	switch _, _, carried := d.fn.Carried(x); {
	case carried:
		b.WriteString("carry")
	case op == nil:
		b.WriteString("unit")
	default:
		b.WriteString(label(op))
	}
	for _, a := range x.Call.Args {
		b.WriteString(" " + name(a))
	}
	return b.String()
}

// label names an operation without its operands.
func label(op *ops.Op) string {
	s := strings.TrimSuffix(intrinsic(op.Kind), "_")
	switch op.Kind {
	case ops.Const, ops.Cast, ops.Call, ops.Opaque, ops.Trap, ops.Assert:
		s += " " + op.Text
	case ops.Cell, ops.Field, ops.Make, ops.Bin, ops.Un, ops.Verb, ops.Join:
		s += " " + op.Name
	case ops.Test:
		if op.Pat != nil {
			s += " " + op.Pat.Text
		}
	case ops.Proj:
		for _, step := range op.Path {
			s += "." + step.Field
		}
	case ops.Request, ops.Oneway:
		if op.Request != nil {
			s += " " + op.Request.Method
		}
	case ops.Await:
		s += " " + op.Commit.String() + " commit"
	}
	return s
}
