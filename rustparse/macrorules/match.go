package macrorules

// bindings are what the variables of a rule took, by name.
type bindings map[string]*binding

// A binding is what one variable took: tokens from, to; or, of a variable in
// a repetition, one binding for each time around.
type binding struct {
	frag     Fragment
	from, to int
	rep      bool
	seq      []*binding
}

// match matches parts against the tokens from i on and returns the index
// behind what they took.
func (s *scanner) match(parts []part, i int, b bindings) (int, bool) {
	for k := range parts {
		p := &parts[k]
		if s.steps++; s.steps > maxSteps {
			return i, false
		}
		switch p.kind {
		case partToken, partCrate:
			if i >= len(s.toks) || s.toks[i].text != p.tok.text || s.toks[i].frag != 0 {
				return i, false
			}
			i++
		case partVar:
			end, ok := s.fragment(p.frag, i)
			if !ok {
				return i, false
			}
			b[p.name] = &binding{frag: p.frag, from: i, to: end}
			i = end
		case partRepeat:
			var ok bool
			if i, ok = s.repeat(p, i, b); !ok {
				return i, false
			}
		}
	}
	return i, true
}

// repeat matches a repetition as often as it goes. It needs no way back: where
// a repetition may end and go on, rustc refuses the macro, trailing separators apart.
func (s *scanner) repeat(p *part, i int, b bindings) (int, bool) {
	for _, name := range p.vars {
		b[name] = &binding{rep: true}
	}
	times := 0
	for ; times == 0 || p.op != '?'; times++ {
		at := i
		if times > 0 && p.tok.text != "" {
			if s.text(at) != p.tok.text {
				break
			}
			at++
		}
		inner := bindings{}
		end, ok := s.match(p.sub, at, inner)
		if !ok || end == i {
			break
		}
		i = end
		for _, name := range p.vars {
			b[name].seq = append(b[name].seq, inner[name])
		}
	}
	return i, s.steps <= maxSteps && (times > 0 || p.op != '+')
}
