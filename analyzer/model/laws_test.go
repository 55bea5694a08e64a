package model

import (
	"regexp"
	"strings"
	"testing"
)

var (
	head    = regexp.MustCompile(`(?m)^((?:task )?fn \w+\([^)]*\) \{)`)
	leave   = regexp.MustCompile(`\breturn\b`)
	closing = regexp.MustCompile(`(?m)^\}`)
	waits   = regexp.MustCompile(`await (?:\w+ )+`)
)

// gated holds one lock over the whole of every message.
func gated(text string) string {
	text = leave.ReplaceAllString(text, "drop gate; return")
	text = head.ReplaceAllString(text, "$1\n  if !GATE.add(1) { return Err(99); }\n  guard gate { GATE.remove(1); }")
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if strings.HasPrefix(l, "fn ") && strings.HasSuffix(l, "}") { // a function on one line
			lines[i] = strings.TrimSuffix(l, "}") + "drop gate; }"
		}
	}
	return closing.ReplaceAllString(strings.Join(lines, "\n"), "  drop gate;\n}")
}

// Whatever the race, it is none where both messages hold one guard over it.
func TestGuardHeldByBothRefutes(t *testing.T) {
	n := 0
	for _, c := range raceCases {
		if c.want != Confirmed {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			got := raceOf(t, gated(c.text))
			if got.Verdict != Refuted {
				t.Errorf("%v (%s) behind a common guard; reasons %v", got.Verdict, got.Reason, got.Reasons)
			}
		})
		n++
	}
	if n < 10 {
		t.Errorf("only %d cases", n)
	}
}

// A message without an await is one segment: it leaves no damage whatever happens.
func TestNoAwaitNoSurvivor(t *testing.T) {
	for _, c := range survivalCases {
		t.Run(c.name, func(t *testing.T) {
			fs, _ := parseScript(t, waits.ReplaceAllString(c.text, "opaque "))
			for _, f := range fs {
				p := Compile(f)
				if v := NewSystem([]*Program{p}).Survival(p); len(v.Damages) > 0 {
					t.Errorf("%+v", v.Damages)
				}
			}
		})
	}
}

// A search gives the same answer whatever was asked before it.
func TestPairIsIndependentOfQuestions(t *testing.T) {
	for _, c := range raceCases {
		fs, marks := parseScript(t, c.text)
		for name, f := range fs {
			if len(marks[name]) == 0 {
				continue
			}
			a := Compile(f)
			s := NewSystem([]*Program{a})
			alone := s.Pair(s.Reach(a), a).Race(RaceQuery{Marks: marks[name], Link: ByAny})
			p := s.Pair(s.Reach(a), a)
			p.Race(RaceQuery{Marks: marks[name], Link: ByBranch})
			p.Race(RaceQuery{Marks: marks[name], Link: ByData})
			after := p.Race(RaceQuery{Marks: marks[name], Link: ByAny})
			if alone.Verdict != after.Verdict || alone.Reason != after.Reason {
				t.Errorf("%s: %v (%s) when asked first, %v (%s) when asked last", c.name, alone.Verdict, alone.Reason, after.Verdict, after.Reason)
			}
		}
	}
}

// A variable that refers to itself is read in bounded work.
func TestCircleOfReferences(t *testing.T) {
	f := &Func{Name: "f", Regs: 5, Slots: 2, Body: []*Step{
		{Kind: Declare, Slot: 1},
		{Kind: Ref, Out: 1, Slot: 1},
		{Kind: Make, Name: "()", Out: 2, Args: []Reg{1, 1, 1}, Fields: []string{"0", "1", "2"}},
		{Kind: Set, Slot: 1, Args: []Reg{2}},
		{Kind: Get, Out: 3, Slot: 1},
		{Kind: Set, Slot: 1, Args: []Reg{1}},
		{Kind: Get, Out: 4, Slot: 1},
		{Kind: Make, Name: "()", Out: 2, Args: []Reg{3, 4}, Fields: []string{"0", "1"}},
		{Kind: Return, Args: []Reg{2}},
	}}
	p := Compile(f)
	if v := NewSystem([]*Program{p}).Survival(p); len(v.Damages) > 0 {
		t.Errorf("%+v", v.Damages)
	}
}
