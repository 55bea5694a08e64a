package ops

import (
	"fmt"
	"io"
	"strings"
)

// Dump prints f for people: one operation a line, values as v1, variables by name.
func Dump(w io.Writer, f *Func) {
	async := ""
	if f.Async {
		async = "async "
	}
	fmt.Fprintf(w, "%sfn %s", async, f.Name)
	for _, p := range f.Params {
		fmt.Fprintf(w, " %s: %s", p.Name, p.Type)
	}
	fmt.Fprintln(w)
	d := dumper{w: w, f: f}
	d.list(f.Body, 1)
	for _, p := range f.Partial {
		fmt.Fprintf(w, "  // partly understood: %s\n", p)
	}
	for _, a := range f.Assumed {
		fmt.Fprintf(w, "  // assumed: %s\n", a)
	}
}

// Walk calls f for every operation below list, in order, those of guards and tasks' starts included.
func Walk(list []*Op, f func(*Op)) {
	for _, op := range list {
		f(op)
		Walk(op.Body, f)
		Walk(op.Else, f)
	}
}

type dumper struct {
	w io.Writer
	f *Func
}

func (d *dumper) list(ops []*Op, depth int) {
	for _, op := range ops {
		d.op(op, depth)
	}
}

func (d *dumper) v(v Var) string {
	if n := d.f.Vars[v].Name; n != "" {
		return fmt.Sprintf("%s·%d", n, v)
	}
	return fmt.Sprintf("t%d", v)
}

func (d *dumper) op(op *Op, depth int) {
	ind := strings.Repeat("  ", depth)
	line := d.head(op)
	if s := d.f.Sites[op.Site].Span; s.File != nil {
		p := s.File.Position(s.Start)
		line = fmt.Sprintf("%-60s ; %d:%d", line, p.Line, p.Column)
		if c := d.f.Sites[op.Site]; c.Func != "" {
			line += " in " + c.Func
		}
	}
	fmt.Fprintf(d.w, "%s%s\n", ind, line)
	d.list(op.Body, depth+1)
	if len(op.Else) > 0 {
		fmt.Fprintf(d.w, "%selse\n", ind)
		d.list(op.Else, depth+1)
	}
	if op.Task != nil {
		fmt.Fprintf(d.w, "%s  task %s\n", ind, op.Task.Name)
	}
}

func (d *dumper) head(op *Op) string {
	var b strings.Builder
	if op.Out != 0 {
		fmt.Fprintf(&b, "v%d = ", op.Out)
	}
	b.WriteString(op.Kind.String())
	if op.Var != 0 {
		b.WriteString(" " + d.v(op.Var))
	}
	if op.Label != 0 {
		fmt.Fprintf(&b, " L%d", op.Label)
	}
	for _, s := range []string{op.Name, op.Text} {
		if s != "" {
			b.WriteString(" " + s)
		}
	}
	for i, a := range op.Args {
		name := ""
		if i < len(op.Fields) {
			name = op.Fields[i] + ":"
		}
		fmt.Fprintf(&b, " %sv%d", name, a)
	}
	if op.Pat != nil {
		b.WriteString(" is " + op.Pat.Text)
	}
	for _, s := range op.Path {
		b.WriteString(" ." + s.Variant + "." + s.Field)
	}
	if r := op.Request; r != nil {
		fmt.Fprintf(&b, " %s(%s) %s", r.API, r.Method, map[bool]string{true: "bounded", false: "unbounded"}[r.Bounded])
	}
	if op.Kind == Await {
		b.WriteString(" " + op.Commit.String() + " commits")
		if op.Wait != nil {
			b.WriteString(": " + d.f.Why(op.Wait))
		}
	}
	if c := op.Callee; c != nil {
		if c.Pure {
			b.WriteString(" pure")
		}
		b.WriteString(" [" + c.Cut + "]")
	}
	if op.Traps != "" {
		b.WriteString(" !" + op.Traps)
	}
	return b.String()
}

var kindNames = [...]string{"invalid", "const", "param", "cell", "get", "ref", "field", "index", "load", "make", "bin", "un", "cast",
	"test", "proj", "verb", "call", "opaque", "declare", "set", "store", "out", "if", "block", "loop", "break", "continue", "return",
	"trap", "assert", "request", "join", "await", "oneway", "spawn", "guard", "drop", "move"}

func (k Kind) String() string { return kindNames[k] }
