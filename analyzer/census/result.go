package census

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	rp "github.com/awaitlint/awaitlint/rustparse"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// Result adds up what was found. All canisters have been observed.
func (c *Census) Result() *finding.Census {
	r := &finding.Census{}
	sums := map[string]*sum{}
	of := func(crate string) *sum {
		if sums[crate] == nil {
			sums[crate] = newSum(crate)
		}
		return sums[crate]
	}
	c.settle()
	add := func(s finding.Site) { r.Sites = append(r.Sites, s) }
	for _, k := range c.crates {
		s := of(crateName(k.ws))
		s.crate.Canister = s.crate.Canister || k.entries
		s.crate.Problems += k.problems
		for _, f := range k.files {
			s.crate.Files++
			s.crate.Lines += strings.Count(strings.TrimSuffix(f.tree.File.Text, "\n"), "\n") + 1
			c.addAwaits(f, add)
			c.addAccesses(f, add)
			for _, fn := range f.functions {
				s.functions.add(states[fn.state])
			}
		}
	}
	for _, e := range c.entries {
		of(crateName(e.crate.ws)).entries.add(e.kind)
	}
	for at := range c.left {
		if strings.HasSuffix(at.name, ": lowered elsewhere") {
			continue
		}
		of(crateName(c.files[at.site.File].crate.ws)).left.add(at.name)
	}
	for _, s := range c.opaque {
		add(*s)
	}
	c.addEndpoints(add)
	slices.SortFunc(r.Sites, func(a, b finding.Site) int {
		return cmp.Or(cmp.Compare(a.Span.File.Path, b.Span.File.Path), cmp.Compare(a.Span.Start, b.Span.Start),
			cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.List, b.List), cmp.Compare(a.Class, b.Class), cmp.Compare(a.Name, b.Name))
	})
	total := newSum("total")
	for _, s := range r.Sites {
		of(s.Crate).site(s)
	}
	for _, s := range sums {
		r.Crates = append(r.Crates, s.result())
		total.join(s)
	}
	r.Total = total.result()
	r.Macros = c.macros()
	slices.SortFunc(r.Crates, func(a, b finding.Crate) int {
		return cmp.Or(cmp.Compare(worth(b), worth(a)), cmp.Compare(a.Name, b.Name))
	})
	return r
}

// macros counts the macro calls that were expanded, and those that were not.
func (c *Census) macros() finding.Tally {
	x := c.ws.Expansions
	all := finding.Tally{{Name: "expanded", Count: x.Done}}
	for _, why := range slices.Sorted(maps.Keys(x.Left)) {
		all = append(all, finding.Count{Name: why, Count: x.Left[why]})
	}
	opaque := 0
	for _, k := range c.crates {
		for _, f := range k.files {
			opaque += len(f.tree.OpaqueMacros)
		}
	}
	return append(all, finding.Count{Name: "not read", Count: opaque})
}

var states = [...]string{"not reached", "called", "left out", "alone", "lowered"}

// worth is how much of a crate is not understood, for the order of crates.
func worth(c finding.Crate) int {
	return c.Endpoints.Of(endpointOpen) + c.Endpoints.Of(endpointUnread) + c.Awaits.Of("not known") + c.Awaits.Of("not reached") +
		c.Accesses.Of("cell") + c.Accesses.Of("not resolved") + c.Accesses.Of("not reached")
}

// addAwaits lists the awaits of a file, and those of the plain text that the
// tree does not have.
func (c *Census) addAwaits(f *file, add func(finding.Site)) {
	_, found := search(f.tree.File.Text)
	for _, h := range found {
		if f.awaits[uint32(h.end)] != nil {
			continue
		}
		span := rp.Span{File: f.tree.File, Start: uint32(h.start), End: uint32(h.end)}
		a := &await{span: span, fn: c.functionAt(span), name: "?", unread: "in text that the parser did not read"}
		if r := f.regionAt(span); r != nil {
			if !r.unread {
				continue
			}
			a.unread = r.reason
		}
		f.awaits[span.End] = a
	}
	for _, a := range f.awaits {
		s := finding.Site{
			List: finding.ListAwaits, Span: a.span, Crate: crateName(f.crate.ws), Function: nameOf(a.fn),
			Class: awaitClasses[a.class], Name: a.name, Cause: a.cause, Reason: a.reason,
		}
		switch {
		case a.unread != "":
			s.Class, s.Cause = awaitClasses[notKnown], a.unread
		case a.class != notSeen:
		case a.fn != nil && a.fn.state >= alone:
			s.Class, s.Cause = awaitClasses[notKnown], c.whyNotLowered(f, a.node, "its function is lowered and it is not")
		default:
			s.Cause = unreached
		}
		add(s)
	}
}

const unreached = "its function is not looked at"

// whyNotLowered says why lowering did not get to a node of a lowered function.
func (c *Census) whyNotLowered(f *file, n rp.Node, otherwise string) string {
	t := f.tree
	for ; n != 0 && t.Kind(n) != rp.FunctionItem; n = t.Parent(n) {
		if k := t.Kind(n); k != rp.ClosureExpression && k != rp.AsyncBlock {
			continue
		}
		call := t.Parent(t.Parent(n))
		if t.Kind(call) != rp.CallExpression {
			continue
		}
		name := operand(t, call)
		if f.unknown[t.End(call)] {
			return "in a closure given to " + name + ", which is not known"
		}
	}
	return otherwise
}

func (c *Census) addAccesses(f *file, add func(finding.Site)) {
	for _, a := range f.accesses {
		if a.init {
			continue // runs when the cell is first used; no message of its own
		}
		s := finding.Site{
			List: finding.ListAccesses, Span: a.span, Crate: crateName(f.crate.ws), Function: nameOf(a.fn),
			Class: accessClasses[a.class], Name: a.name, Cause: a.reason,
		}
		for p, how := range a.places {
			s.Places = append(s.Places, [...]string{"", "reads ", "writes ", "reads and writes "}[how]+p)
		}
		slices.SortFunc(s.Places, func(a, b string) int {
			return cmp.Or(cmp.Compare(a[strings.LastIndexByte(a, ' ')+1:], b[strings.LastIndexByte(b, ' ')+1:]), cmp.Compare(a, b))
		})
		switch {
		case a.class != unseen:
		case a.logged != "":
			s.Class, s.Cause = "skipped", "in "+a.logged+"!, which is not followed"
		case a.fn == nil || a.fn.state < alone:
			s.Class, s.Cause = "not reached", unreached
		default:
			s.Cause = c.whyNotLowered(f, a.node, "its function is lowered and nothing is read or written here")
		}
		add(s)
	}
}

// regionAt returns the region around s, nil for none.
func (f *file) regionAt(s rp.Span) *region {
	for i := range f.regions {
		if r := &f.regions[i]; r.start <= s.Start && s.End <= r.end {
			return r
		}
	}
	return nil
}

// Classes of endpoints.
const (
	endpointEntry  = "entry point"
	endpointNone   = "no entry point"
	endpointUnread = "not read"
	endpointOpen   = "not understood"
)

// addEndpoints accounts for every entry attribute of the plain text.
func (c *Census) addEndpoints(add func(finding.Site)) {
	attributes := map[*rp.File]map[uint32]bool{} // starts of those that made an entry point
	for _, can := range c.canisters {
		for _, e := range can.Entries {
			if e.Def == nil || e.Assumed != "" {
				continue
			}
			for _, a := range e.Def.Attrs {
				if attributes[a.Span.File] == nil {
					attributes[a.Span.File] = map[uint32]bool{}
				}
				attributes[a.Span.File][a.Span.Start] = true
			}
		}
	}
	for _, cr := range c.ws.Crates {
		for _, t := range cr.Trees {
			if !c.ws.InScope(t.File.Path) {
				continue
			}
			f := c.files[t.File]
			found, _ := search(t.File.Text)
			if f == nil && len(found) > 0 {
				// Of a crate that no canister reaches: walked for what it leaves out.
				f = &file{crate: &crate{ws: cr}, tree: t}
				c.files[t.File] = f
				c.walkFile(f, map[rp.Node]*workspace.Def{})
			}
			if f == nil || f.crate.ws != cr {
				continue
			}
			for _, h := range found {
				add(c.endpoint(f, h, attributes[t.File]))
			}
		}
	}
	c.ws.Unread(func(u workspace.UnreadFile) {
		found, _ := search(u.Text)
		if len(found) == 0 {
			return
		}
		file := &rp.File{Path: u.Path, Text: u.Text}
		class, why := c.whyUnread(u)
		for _, h := range found {
			s := h.site(file)
			if s.Class, s.Cause = class, why; h.quoted != "" {
				s.Class, s.Cause = endpointNone, "in a "+h.quoted
			}
			add(s)
		}
	})
}

func (h hit) site(file *rp.File) finding.Site {
	return finding.Site{List: finding.ListEndpoints, Span: rp.Span{File: file, Start: uint32(h.start), End: uint32(h.end)}, Name: h.kind}
}

func (c *Census) endpoint(f *file, h hit, entries map[uint32]bool) finding.Site {
	s := h.site(f.tree.File)
	s.Crate, s.Function = crateName(f.crate.ws), f.attributed(s.Span)
	for at := s.Span.Start; at < s.Span.End; at++ {
		if entries[at] {
			s.Class = endpointEntry
			return s
		}
	}
	s.Class = endpointNone
	r := f.regionAt(s.Span)
	switch {
	case h.quoted != "":
		s.Cause = "in a " + h.quoted
	case r != nil:
		s.Cause = r.reason
	case h.condition:
		s.Cause = "the condition of its cfg_attr does not hold"
	default:
		s.Class, s.Cause = endpointOpen, f.whyOpen(s)
	}
	return s
}

// attributed is the name of the function that an attribute stands before.
func (f *file) attributed(s rp.Span) string {
	for _, fn := range f.functions {
		if fn.span.Start >= s.End {
			return fn.name
		}
	}
	return ""
}

// whyOpen guesses, from the syntax around it, why an attribute made no entry point.
func (f *file) whyOpen(s finding.Site) string {
	t := f.tree
	for n := rp.Node(1); int(n) < t.Len(); n++ {
		if t.Kind(n) != rp.AttributeItem || t.Start(n) != s.Span.Start {
			continue
		}
		next := t.Next(n)
		for next != 0 && (t.Kind(next) == rp.AttributeItem || t.Kind(next) == rp.LineComment || t.Kind(next) == rp.BlockComment) {
			next = t.Next(next)
		}
		switch t.Kind(next) {
		case rp.FunctionItem:
		case rp.FunctionSignatureItem:
			return "its function has no body"
		default:
			return "it stands before a " + strings.ReplaceAll(t.Kind(next).String(), "_", " ")
		}
		for p := t.Parent(next); p != 0; p = t.Parent(p) {
			switch t.Kind(p) {
			case rp.TraitItem:
				return "its function is a default of a trait"
			case rp.FunctionItem:
				return "its function is declared inside a function"
			case rp.MacroInvocation:
				return "its function is in the arguments of " + t.Text(t.Child(p, rp.FieldMacro)) + "!"
			}
		}
		text := s.Span.Text()
		if strings.Contains(text, "::") {
			return "an attribute of another crate: " + text
		}
		return "not taken for an entry point"
	}
	return "in text that the parser did not read"
}

// whyUnread says why a file is part of no crate.
func (c *Census) whyUnread(u workspace.UnreadFile) (class, why string) {
	for _, m := range c.off {
		if rest, ok := strings.CutPrefix(u.Path, m.path); ok && (rest == ".rs" || strings.HasPrefix(rest, "/")) {
			return endpointNone, m.reason
		}
	}
	if i := strings.Index(u.Text, "#![cfg("); i >= 0 {
		line, _, _ := strings.Cut(u.Text[i:], "\n")
		return endpointNone, "the whole file is left out of the build: " + line
	}
	for _, dir := range strings.Split(u.Path, "/") {
		switch dir {
		case "tests", "benches", "test", "fuzz":
			return endpointNone, "test code: in a folder " + dir
		}
	}
	if u.Lost {
		return endpointUnread, u.Why
	}
	return endpointNone, u.Why
}

// A counter counts by name.
type counter map[string]int

func (c counter) add(name string) { c[name]++ }

func (c counter) tally(first ...string) finding.Tally {
	t := finding.Tally{}
	for _, name := range first {
		t = append(t, finding.Count{Name: name, Count: c[name]})
	}
	fixed := len(t)
	for name, n := range c {
		if !slices.Contains(first, name) {
			t = append(t, finding.Count{Name: name, Count: n})
		}
	}
	slices.SortFunc(t[fixed:], func(a, b finding.Count) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name))
	})
	return t
}

// A sum is a crate while it is counted.
type sum struct {
	crate                                             finding.Crate
	functions, entries, left                          counter
	endpoints, noEntry                                counter
	awaits, rests, awaitsOpen, accesses, accessesOpen counter
	opaque, unresolved                                counter
}

func newSum(name string) *sum {
	return &sum{
		crate: finding.Crate{Name: name}, functions: counter{}, entries: counter{}, left: counter{}, endpoints: counter{}, noEntry: counter{},
		awaits: counter{}, rests: counter{}, awaitsOpen: counter{}, accesses: counter{}, accessesOpen: counter{}, opaque: counter{}, unresolved: counter{},
	}
}

func (s *sum) counters() []counter {
	return []counter{s.functions, s.entries, s.left, s.endpoints, s.noEntry, s.awaits, s.rests, s.awaitsOpen, s.accesses, s.accessesOpen, s.opaque, s.unresolved}
}

func (s *sum) site(x finding.Site) {
	switch x.List {
	case finding.ListEndpoints:
		s.endpoints.add(x.Class)
		if x.Cause != "" {
			s.noEntry.add(x.Cause)
		}
	case finding.ListAwaits:
		s.awaits.add(x.Class)
		switch x.Class {
		case "not known", "not reached":
			s.awaitsOpen.add(x.Cause)
		default:
			s.rests.add(x.Cause)
		}
	case finding.ListAccesses:
		s.accesses.add(x.Class)
		switch x.Class {
		case "place", "whole":
		default:
			s.accessesOpen.add(x.Cause)
		}
	case finding.ListOpaque:
		if x.Class == "call" {
			s.unresolved.add(x.Name)
		} else {
			s.opaque.add(x.Name)
		}
	}
}

func (s *sum) join(t *sum) {
	s.crate.Files += t.crate.Files
	s.crate.Lines += t.crate.Lines
	s.crate.Problems += t.crate.Problems
	s.crate.Canister = s.crate.Canister || t.crate.Canister
	to := s.counters()
	for i, from := range t.counters() {
		for name, n := range from {
			to[i][name] += n
		}
	}
}

func (s *sum) result() finding.Crate {
	c := s.crate
	c.Functions = s.functions.tally("lowered", "alone", "called", "left out", "not reached")
	c.EntryPoints = s.entries.tally()
	c.Endpoints = s.endpoints.tally(endpointEntry, endpointNone, endpointUnread, endpointOpen)
	c.NoEntry = s.noEntry.tally()
	c.Awaits = s.awaits.tally("must", "may", "never", "not known", "not reached")
	c.AwaitsRest = s.rests.tally()
	c.AwaitsOpen = s.awaitsOpen.tally()
	c.Accesses = s.accesses.tally("place", "whole", "cell", "not resolved", "not reached", "skipped")
	c.AccessesOpen = s.accessesOpen.tally()
	c.Opaque, c.Unresolved, c.LeftOut = s.opaque.tally(), s.unresolved.tally(), s.left.tally()
	return c
}
