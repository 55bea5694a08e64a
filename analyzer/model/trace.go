package model

// An EventKind says what happened.
type EventKind uint8

const (
	EvStart EventKind = iota
	EvRead
	EvArith
	EvTest
	EvBranch
	EvWrite
	EvCall
	EvSuspend
	EvResume
	EvReturn
	EvTrap
	EvCleanup
	EvOpaque
)

// An Event is one thing that happened in a traced run.
type Event struct {
	Kind    EventKind
	Message int // 0 for A, 1 for B
	Segment int
	Site    Site
	Place   Place
	Value   Value // read, written, computed, returned
	Old     Value // before a write
	Left    Value // operands
	Right   Value
	Text    string // operator, label of a call, cause of a trap
	Yes     bool   // outcome of a test or branch
	Cut     bool   // saturated
	Shape   bool   // only presence or variant was read
	Calls   []CallInfoRun

	msg   *message
	calls []*call
	at    place
	reg   Reg
	cells []Value
}

// A Place is a place of the state in a run, for display.
type Place struct {
	Cell string
	Name string // BALANCES[p].amount
	p    place
}

func (s *System) place(p place) Place {
	p = p.detached()
	if p.cell < 0 {
		return Place{Name: "local", p: p}
	}
	return Place{Cell: s.names[p.cell], Name: p.name(s.names), p: p}
}

// State returns the value of a place right after the event.
func (e Event) State(p Place) Value {
	if p.p.cell < 0 || p.p.cell >= len(e.cells) {
		return Value{}
	}
	v, _ := peek(e.cells[p.p.cell], p.p.path)
	return v
}

// A CallInfoRun is what became of a call in a run.
type CallInfoRun struct {
	Label   string
	Args    []Value
	Ending  Ending
	Took    bool
	Effect  bool
	Message int
	Segment int
	Site    Site
	Oneway  bool
}

// An Ending names how a call ended.
type Ending string

const (
	Replied      Ending = "reply"
	InnerError   Ending = "inner error"
	CleanReject  Ending = "clean reject"
	Unclean      Ending = "unclean reject"
	UncleanTook  Ending = "unknown, took effect"
	SyncFailure  Ending = "sync failure"
	DecodeFailed Ending = "decode failure"
	NotYet       Ending = "in flight"
)

var endingNames = [...]Ending{Replied, InnerError, CleanReject, Unclean, UncleanTook, SyncFailure, DecodeFailed}

// A Trace is the events of one run in order.
type Trace struct {
	Events []Event
	sys    *System
}

func (m *machine) emit(e Event) {
	if m.trace == nil {
		return
	}
	e.Message, e.Segment = e.msg.role, e.msg.seg
	if e.Kind == EvRead || e.Kind == EvWrite {
		e.Place = m.sys.place(e.at)
	}
	e.cells = append([]Value(nil), m.cells...)
	m.trace.Events = append(m.trace.Events, e)
}
