package lower

import (
	"strings"
	"unicode"

	"github.com/awaitlint/awaitlint/analyzer/ops"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// pattern reduces a pattern to what decides about a match.
func (l *lowerer) pattern(n rp.Node, typ *workspace.Type) *ops.Pat {
	t := l.tree()
	text := oneLine(t.Text(n))
	leaf := func(k ops.PatKind) *ops.Pat { return &ops.Pat{Kind: k, Text: text} }
	switch t.Kind(n) {
	case rp.MatchPattern, rp.RefPattern, rp.MutPattern, rp.ReferencePattern, rp.ParenthesizedExpression:
		for _, k := range t.Children(n) {
			if t.FieldOf(k) != rp.FieldCondition && t.Kind(k) != rp.MutableSpecifier {
				return l.pattern(k, deref(typ))
			}
		}
		return leaf(ops.PatAny)
	case rp.CapturedPattern:
		kids := t.Children(n)
		return l.pattern(kids[len(kids)-1], typ)
	case rp.Identifier, rp.ScopedIdentifier:
		if name := l.variantName(n); name != "" {
			l.refusal(name)
			return &ops.Pat{Kind: ops.PatVariant, Name: name, Text: text}
		}
		if l.isConst(n) {
			return &ops.Pat{Kind: ops.PatConst, Name: text, Lit: ops.LitString, Text: text}
		}
		if t.Kind(n) == rp.ScopedIdentifier {
			return &ops.Pat{Kind: ops.PatVariant, Name: lastTwo(text), Text: text}
		}
		return leaf(ops.PatAny)
	case rp.TupleStructPattern:
		tn := t.Child(n, rp.FieldType)
		name := l.variantName(tn)
		if name == "" {
			name = lastTwo(t.Text(tn))
		}
		l.refusal(name)
		p := &ops.Pat{Kind: ops.PatVariant, Name: name, Text: text}
		l.subPatterns(p, n, tn, name)
		return p
	case rp.TuplePattern, rp.SlicePattern:
		p := leaf(ops.PatTuple)
		l.subPatterns(p, n, 0, "")
		return p
	case rp.StructPattern:
		tn := t.Child(n, rp.FieldType)
		name := l.variantName(tn)
		kind := ops.PatVariant
		if name == "" {
			kind = ops.PatTuple
		}
		l.refusal(name)
		p := &ops.Pat{Kind: kind, Name: name, Text: text}
		for _, f := range t.Children(n) {
			if t.Kind(f) != rp.StructFieldPattern {
				continue
			}
			if sub := t.Child(f, rp.FieldPattern); sub != 0 {
				p.Steps = append(p.Steps, ops.Step{Variant: name, Field: t.Text(t.Child(f, rp.FieldName))})
				p.Subs = append(p.Subs, l.pattern(sub, nil))
			}
		}
		return p
	case rp.OrPattern:
		p := leaf(ops.PatOr)
		for _, k := range t.Children(n) {
			p.Subs = append(p.Subs, l.pattern(k, typ))
		}
		return p
	case rp.RangePattern:
		lo, hi, _ := strings.Cut(strings.ReplaceAll(text, "=", ""), "..")
		p := leaf(ops.PatRange)
		p.Lo, p.Hi = strings.TrimSpace(lo), strings.TrimSpace(strings.TrimPrefix(hi, "."))
		return p
	case rp.IntegerLiteral, rp.NegativeLiteral:
		return &ops.Pat{Kind: ops.PatConst, Name: text, Lit: ops.LitInt, Text: text}
	case rp.BooleanLiteral:
		return &ops.Pat{Kind: ops.PatConst, Name: text, Lit: ops.LitBool, Text: text}
	case rp.StringLiteral, rp.RawStringLiteral, rp.CharLiteral:
		return &ops.Pat{Kind: ops.PatConst, Name: text, Lit: ops.LitString, Text: text}
	}
	if isWildcard(t, n) || t.Kind(n) == rp.RemainingFieldPattern {
		return leaf(ops.PatAny)
	}
	l.f.Opaque["pattern"]++
	return leaf(ops.PatOpaque)
}

// refusal notes a variant that says no by its name.
func (l *lowerer) refusal(variant string) {
	if variant != "" && l.c.Knowledge.Refuses(lastOf(variant)) {
		l.f.Refusals[variant] = true
	}
}

func (l *lowerer) subPatterns(p *ops.Pat, n, skip rp.Node, variant string) {
	t := l.tree()
	for i, k := range l.elements(n, skip) {
		if k == 0 {
			continue
		}
		sub := l.pattern(k, nil)
		if sub.Kind == ops.PatAny {
			continue
		}
		p.Steps = append(p.Steps, ops.Step{Variant: variant, Field: itoa(i)})
		p.Subs = append(p.Subs, sub)
	}
	_ = t
}

// elements returns the sub-patterns of a tuple-like pattern by position; what
// stands after `..` is left out, since its position is not known.
func (l *lowerer) elements(n, skip rp.Node) []rp.Node {
	t := l.tree()
	var es []rp.Node
	for _, k := range t.Children(n) {
		if k == skip {
			continue
		}
		if t.Kind(k) == rp.RemainingFieldPattern {
			break
		}
		es = append(es, k)
	}
	return es
}

// variantName returns the name under which a path is a variant ("Some",
// "Status::Done"), "" if it is none.
func (l *lowerer) variantName(n rp.Node) string {
	t := l.tree()
	if n == 0 {
		return ""
	}
	if t.Kind(n) == rp.GenericType || t.Kind(n) == rp.GenericTypeWithTurbofish {
		if c := t.Child(n, rp.FieldType); c != 0 {
			return l.variantName(c)
		}
	}
	text := t.Text(n)
	if t.Kind(n) == rp.Identifier {
		if r, _ := firstRune(text); !unicode.IsUpper(r) {
			return ""
		}
		if _, ok := l.variable(n); ok {
			return ""
		}
	}
	res := l.resolve(n, workspace.ValueNS)
	if res.Def == nil && res.External == "" {
		res = l.resolve(n, workspace.TypeNS)
	}
	if d := res.Def; d != nil {
		switch d.Kind {
		case workspace.Variant:
			return d.Owner.Name + "::" + d.Name
		case workspace.Struct, workspace.Const, workspace.Static, workspace.Union, workspace.TypeAlias:
			return ""
		}
		return ""
	}
	if like := l.c.Knowledge.Variant(res.External); like != "" {
		return like
	}
	switch ext := res.External; {
	case strings.HasPrefix(ext, "std::option::Option::"), strings.HasPrefix(ext, "std::result::Result::"):
		return lastOf(ext)
	case ext != "" && strings.Count(ext, "::") >= 2 && upperFirst(lastOf(ext)) && upperFirst(lastOf(strings.TrimSuffix(ext, "::"+lastOf(ext)))):
		return lastTwo(ext)
	}
	switch text {
	case "Some", "None", "Ok", "Err":
		return text
	}
	return ""
}

func (l *lowerer) isConst(n rp.Node) bool {
	t := l.tree()
	if t.Kind(n) == rp.Identifier {
		if r, _ := firstRune(t.Text(n)); !unicode.IsUpper(r) {
			return false
		}
	}
	res := l.resolve(n, workspace.ValueNS)
	return res.Def != nil && (res.Def.Kind == workspace.Const || res.Def.Kind == workspace.Static)
}

// bindPattern binds every name of a pattern to its part of v. direct binds
// plain names to the value itself, without a variable (parameters of
// functions and closures lowered in place).
func (l *lowerer) bindPattern(t *rp.Tree, n rp.Node, v val, direct bool) {
	if n == 0 {
		return
	}
	l.bindAt(n, v, nil, v.t, direct, false)
}

func (l *lowerer) bindAt(n rp.Node, v val, path []ops.Step, typ *workspace.Type, direct, mut bool) {
	t := l.tree()
	step := func(s ops.Step) []ops.Step { return append(path[:len(path):len(path)], s) }
	switch t.Kind(n) {
	case rp.MatchPattern, rp.RefPattern, rp.ReferencePattern, rp.MutPattern:
		if t.Kind(n) == rp.RefPattern {
			v.ref = true
		}
		for _, k := range t.Children(n) {
			if t.Kind(k) == rp.MutableSpecifier {
				mut = true
			} else if t.FieldOf(k) != rp.FieldCondition {
				if t.Kind(n) == rp.MutPattern {
					mut = true
				}
				if t.Kind(n) == rp.ReferencePattern {
					// `&x` binds the content.
					p := l.load(l.project(v, path, typ, n), n)
					l.bindAt(k, p, nil, deref(typ), direct, mut)
				} else {
					l.bindAt(k, v, path, typ, direct, mut)
				}
			}
		}
	case rp.CapturedPattern:
		kids := t.Children(n)
		l.bindName(kids[0], l.project(v, path, typ, n), direct, mut)
		l.bindAt(kids[len(kids)-1], v, path, typ, direct, mut)
	case rp.Identifier, rp.Self:
		if l.variantName(n) != "" || l.isConst(n) {
			return
		}
		l.bindName(n, l.project(v, path, typ, n), direct, mut)
	case rp.TupleStructPattern:
		tn := t.Child(n, rp.FieldType)
		name := l.variantName(tn)
		if v.entry != nil && v.entry.of != nil && len(path) == 0 {
			part := *v.entry.of
			part.t = entryPart(part.t, name)
			for _, k := range l.elements(n, tn) {
				l.bindAt(k, part, nil, part.t, direct, mut)
			}
			return
		}
		for i, k := range l.elements(n, tn) {
			l.bindAt(k, v, step(ops.Step{Variant: name, Field: itoa(i)}), l.payloadType(typ, tn, name, i), direct, mut)
		}
	case rp.TuplePattern, rp.SlicePattern:
		for i, k := range l.elements(n, 0) {
			l.bindAt(k, v, step(ops.Step{Field: itoa(i)}), elemType(typ, i), direct, mut)
		}
	case rp.StructPattern:
		tn := t.Child(n, rp.FieldType)
		name := l.variantName(tn)
		for _, f := range t.Children(n) {
			if t.Kind(f) != rp.StructFieldPattern {
				continue
			}
			fn := t.Child(f, rp.FieldName)
			fname := t.Text(fn)
			ft := l.memberType(typ, tn, fname)
			m := mut || t.ChildOfKind(f, rp.MutableSpecifier) != 0
			if sub := t.Child(f, rp.FieldPattern); sub != 0 {
				l.bindAt(sub, v, step(ops.Step{Variant: name, Field: fname}), ft, direct, m)
			} else {
				l.bindName(fn, l.project(v, step(ops.Step{Variant: name, Field: fname}), ft, f), direct, m)
			}
		}
	case rp.OrPattern:
		l.bindOr(n, v, path, typ, mut)
	}
}

// bindOr binds the names of an or-pattern from whichever alternative matches.
func (l *lowerer) bindOr(n rp.Node, v val, path []ops.Step, typ *workspace.Type, mut bool) {
	t := l.tree()
	alts := t.Children(n)
	names := patternNames(t, alts[0])
	var vars []ops.Var
	var bound []string
	for _, id := range names {
		if l.variantName(id) != "" {
			continue
		}
		vr := l.newVar(t.Text(id), mut, nil, id)
		vars, bound = append(vars, vr), append(bound, l.ident(id))
		l.bind(l.ident(id), binding{v: vr, mut: mut, val: val{ref: v.ref, mut: v.mut}})
	}
	if len(vars) == 0 {
		return
	}
	whole := l.project(v, path, typ, n)
	var alt func(i int)
	alt = func(i int) {
		bindIt := func() {
			l.pushEnv()
			l.bindAt(alts[i], whole, nil, typ, true, false)
			got := l.env
			l.env = l.env.parent
			for k, vr := range vars {
				if b, ok := got.names[bound[k]]; ok && b.val.v != 0 {
					l.emit(&ops.Op{Kind: ops.Set, Var: vr, Args: []ops.Value{b.val.v}}, alts[i])
				}
			}
		}
		if i == len(alts)-1 {
			bindIt()
			return
		}
		c := l.value(&ops.Op{Kind: ops.Test, Args: []ops.Value{whole.v}, Pat: l.pattern(alts[i], typ)}, alts[i])
		l.ifElse(c, alts[i], bindIt, func() { alt(i + 1) })
	}
	alt(0)
}

func (l *lowerer) project(v val, path []ops.Step, typ *workspace.Type, n rp.Node) val {
	if len(path) == 0 {
		return v
	}
	part := l.proj(v, path, typ, n)
	part.lent = v.lent
	return part
}

func (l *lowerer) proj(v val, path []ops.Step, typ *workspace.Type, n rp.Node) val {
	r := val{t: typ, ref: v.ref || isRef(typ), mut: v.mut && !isRef(typ) || isMutRef(typ), root: v.root}
	r.v = l.value(&ops.Op{Kind: ops.Proj, Args: []ops.Value{v.v}, Path: path}, n)
	return r
}

func (l *lowerer) bindName(id rp.Node, v val, direct, mut bool) {
	t := l.tree()
	name := l.ident(id)
	l.bindLoans(name, v.lent)
	if v.cell = nil; v.ref {
		v.cell = l.cells[v.v]
	}
	// What is an alias needs no variable: closures, futures, entries, references to local places.
	if v.clo != nil || v.fut != nil || v.entry != nil || (direct && !mut) || (v.ref && v.root != 0 && !mut) {
		l.bind(name, binding{val: v})
		return
	}
	vr := l.newVar(t.Text(id), mut, v.t, id)
	if v.v != 0 {
		l.emit(&ops.Op{Kind: ops.Set, Var: vr, Args: []ops.Value{v.v}}, id)
	}
	l.give(v, id)
	known := val{t: v.t, ref: v.ref, mut: v.mut, onDrop: v.onDrop, lent: v.lent}
	if !mut {
		known.parts, known.text, known.cell = v.parts, v.text, v.cell
	}
	l.bind(name, binding{v: vr, mut: mut, val: known})
	if !v.ref {
		l.own(vr, v, id)
	}
}

// bindTaking binds a pattern to the parts of v. What owned v gives up what the
// pattern's names take over; the rest of it dies at the end of the statement.
func (l *lowerer) bindTaking(pat rp.Node, v val, n rp.Node) {
	owner := v.owner()
	part := v
	if owner != 0 {
		part.root, part.temp = 0, 0
	}
	l.bindPattern(l.tree(), pat, part, false)
	if owner != 0 && l.takes(pat) {
		l.give(v, n)
	}
}

// takes reports whether a name the pattern just bound owns a guard.
func (l *lowerer) takes(pat rp.Node) bool {
	t := l.tree()
	for _, id := range patternNames(t, pat) {
		if b, ok := l.env.names[l.ident(id)]; ok && b.v != 0 && !b.val.ref && l.hasGlue(b.val.t) {
			return true
		}
	}
	return false
}

// patternNames returns the identifiers a pattern may bind, in order.
func patternNames(t *rp.Tree, n rp.Node) []rp.Node {
	var ids []rp.Node
	var walk func(n rp.Node)
	walk = func(n rp.Node) {
		switch t.Kind(n) {
		case rp.Identifier, rp.ShorthandFieldIdentifier:
			if r, _ := firstRune(t.Text(n)); !unicode.IsUpper(r) {
				ids = append(ids, n)
			}
			return
		case rp.ScopedIdentifier, rp.TypeIdentifier, rp.FieldIdentifier:
			return
		}
		for _, k := range t.Children(n) {
			f := t.FieldOf(k)
			if f == rp.FieldCondition || f == rp.FieldType && t.Kind(n) != rp.LetDeclaration {
				continue
			}
			walk(k)
		}
	}
	walk(n)
	return ids
}

func simpleName(t *rp.Tree, n rp.Node) bool {
	switch t.Kind(n) {
	case rp.Identifier:
		return true
	case rp.MutPattern, rp.RefPattern:
		return true
	}
	return false
}

// asked is the value that a pattern is tested on. Of what a lock or borrow gives
// that is whether it is free, which looks at no state.
func (l *lowerer) asked(v val, n rp.Node) ops.Value {
	if l.class(v.t) == "lockresult" {
		return l.value(&ops.Op{Kind: ops.Opaque, Text: "whether it is free"}, n)
	}
	return v.v
}
