package model

// A Run is one finished run, for display.
type Run struct {
	Trace    *Trace
	Messages []MessageRun // A, then B
	Calls    []CallInfoRun
	Changes  []ChangeRun // net changes of A, by place name
	Serial   []*Run      // of an example: A;B and B;A from the same start
	sys      *System
	final    []Value
	initial  []Value
}

// A MessageRun is how one message of a run went.
type MessageRun struct {
	Program  *Program
	Args     []Value // arguments that were looked at; others are "…"
	Caller   Value   // the zero Value when nobody asked
	Trapped  bool
	Why      string // of the trap
	WhyAt    Site
	Reply    Value
	Refused  bool
	Segments int // executed, the trapped one included
}

// A ChangeRun is the net change of a place.
type ChangeRun struct {
	Place    Place
	Old, New Value
}

func (s *System) runOf(m *machine, t *Trace, a *message) *Run {
	m.w.fix()
	run := &Run{Trace: t, Messages: []MessageRun{s.messageOf(a)}, Calls: m.callRuns(), sys: s, final: m.cells, initial: m.w.cells}
	for i := range m.cells {
		diff(m.w.cells[i], m.cells[i], place{cell: i}, func(p place, old, new Value) {
			run.Changes = append(run.Changes, ChangeRun{s.place(p), old, new})
		})
	}
	if t != nil {
		for i := range t.Events {
			e := &t.Events[i]
			for _, c := range e.calls {
				e.Calls = append(e.Calls, c.run())
			}
		}
	}
	return run
}

func (s *System) messageOf(msg *message) MessageRun {
	w := msg.w
	r := MessageRun{Caller: w.callers[msg.role], Program: msg.p, Trapped: msg.status == trapped, Why: msg.why, WhyAt: msg.whyAt, Reply: msg.reply, Refused: msg.refused(), Segments: msg.seg}
	for i := range msg.p.Func.Params {
		r.Args = append(r.Args, w.args[msg.role][i])
	}
	return r
}

func (m *machine) callRuns() []CallInfoRun {
	var out []CallInfoRun
	for _, c := range m.calls {
		out = append(out, c.run())
	}
	return out
}

func (c *call) run() CallInfoRun {
	e := NotYet
	if c.done && !c.oneway {
		e = endingNames[c.inEffect()]
	}
	return CallInfoRun{Label: c.info.Label, Args: c.args, Ending: e, Took: c.oneway || c.done && c.took(), Effect: c.effect,
		Message: c.msg.role, Segment: c.seg, Site: c.site, Oneway: c.oneway}
}

// Final returns the value of a place at the end of the run, Initial at its start.
func (r *Run) Final(p Place) Value   { return valueAt(r.final, p) }
func (r *Run) Initial(p Place) Value { return valueAt(r.initial, p) }

func valueAt(cells []Value, p Place) Value {
	if p.p.cell < 0 || p.p.cell >= len(cells) {
		return Value{}
	}
	v, _ := peek(cells[p.p.cell], p.p.path)
	return v
}
