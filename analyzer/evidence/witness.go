package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/analyzer/model"
	"github.com/awaitlint/awaitlint/analyzer/ops"
	"github.com/awaitlint/awaitlint/rustparse"
)

// show renders the run that proves a race.
func (c *Canister) show(r *Race, a *Message, ex *model.Example) {
	run, ok := c.system.Replay(ex)
	if !ok {
		return
	}
	r.Late = ops.Site(ex.Late)
	w := &witness{c: c, run: run, late: ex.Late, msgs: [2]*Message{a, r.With}, reads: map[model.Site]bool{}}
	for _, rd := range ex.Reads {
		r.Reads = append(r.Reads, Read{Site: ops.Site(rd.Site), Place: rd.Place.Name, Check: rd.Check})
		w.reads[rd.Site] = true
		w.watch(rd.Place)
	}
	for _, e := range run.Trace.Events {
		switch {
		case e.Kind != model.EvWrite:
		case e.Message == 0 && e.Site == ex.Late:
			w.watch(e.Place)
			w.damaged = e.Place.Name
		case e.Message == 1 && r.Change == 0 && slices.ContainsFunc(ex.Reads, func(rd model.ExampleRead) bool { return overlap(rd.Place, e.Place) }):
			r.Change = ops.Site(e.Site)
		}
	}
	w.render()
	conclusion := w.conclude()
	places := make([]string, len(w.places))
	for i, p := range w.places {
		places[i] = p.Name
	}
	r.Witness = &finding.Witness{Places: places, Steps: w.steps, Conclusion: conclusion}
	r.Survives, r.Lost = w.outcome()
}

// overlap reports whether one place is the other or a part of it.
func overlap(p, q model.Place) bool {
	return strings.HasPrefix(p.Name, q.Name) || strings.HasPrefix(q.Name, p.Name)
}

// A witness turns the events of a run into lines.
type witness struct {
	c       *Canister
	run     *model.Run
	msgs    [2]*Message
	late    model.Site
	reads   map[model.Site]bool
	read    map[model.Site]bool // those told already
	places  []model.Place
	damaged string // the name of the place that the late write is to
	steps   []finding.WitnessStep
}

// watch adds a place to the State columns, at most three, parts of a watched
// place not again.
func (w *witness) watch(p model.Place) {
	for i, q := range w.places {
		if strings.HasPrefix(p.Name, q.Name) {
			return
		}
		if strings.HasPrefix(q.Name, p.Name) {
			w.places[i] = p
			return
		}
	}
	if len(w.places) < 3 && p.Cell != "" {
		w.places = append(w.places, p)
	}
}

func (w *witness) span(msg int, site model.Site) rustparse.Span {
	return spanOf(w.msgs[msg].Func, ops.Site(site))
}

func spanOf(f *ops.Func, s ops.Site) rustparse.Span {
	if s > 0 && int(s) < len(f.Sites) {
		return f.Sites[s].Span
	}
	return rustparse.Span{}
}

// render makes a line for each event a reader cares about.
func (w *witness) render() {
	var arith [2]model.Event // the last computation of each message
	var started [2]bool
	for i := range w.run.Trace.Events {
		e := &w.run.Trace.Events[i]
		switch e.Kind {
		case model.EvArith:
			arith[e.Message] = *e
		case model.EvBranch:
			w.branch(e, &arith[e.Message])
		case model.EvRead:
			if w.reads[e.Site] && e.Message == 0 && !e.Shape && !w.said(e, "reads") {
				w.add(e, "reads "+brief(e.Value), "", 5)
			}
		case model.EvWrite:
			w.write(e, arith[e.Message])
		case model.EvCall:
			w.call(e)
		case model.EvSuspend:
			w.suspend(e)
		case model.EvResume:
			w.resume(e)
		case model.EvReturn:
			w.add(e, "returns "+brief(e.Value), "done", 9)
		case model.EvTrap:
			w.add(e, "traps: "+e.Text+"; this segment is rolled back", "traps", 9)
		case model.EvCleanup:
			w.add(e, "its guards are dropped", "cleanup", 7)
		case model.EvOpaque:
		}
		if n := len(w.steps); n > 0 && !started[e.Message] && w.steps[n-1].Message == letter(e.Message) {
			started[e.Message] = true
			w.steps[n-1].What = w.title(e.Message)
		}
	}
}

func letter(msg int) string { return string(rune('A' + msg)) }

// said tells whether the last line tells this already.
func (w *witness) said(e *model.Event, verb string) bool {
	n := len(w.steps)
	return n > 0 && w.steps[n-1].Message == letter(e.Message) && w.steps[n-1].Span == w.span(e.Message, e.Site) && strings.HasPrefix(w.steps[n-1].Text, verb)
}

func (w *witness) add(e *model.Event, text, event string, weight int) {
	s := finding.WitnessStep{Message: letter(e.Message), Span: w.span(e.Message, e.Site), Text: text, Event: event}
	for _, p := range w.places {
		s.State = append(s.State, e.State(p).String())
	}
	switch {
	case e.Message == 0 && e.Site == w.late:
		s.Role = finding.RoleWrite
		weight = 10
	case e.Message == 0 && w.reads[e.Site]:
		s.Role = finding.RoleRead
		if !w.read[e.Site] { // in a loop the first time tells most
			weight = max(weight, 9)
		}
		if w.read == nil {
			w.read = map[model.Site]bool{}
		}
		w.read[e.Site] = true
	}
	s.Weight = weight
	w.steps = append(w.steps, s)
}

// branch tells of a comparison that decided, with its numbers.
func (w *witness) branch(e *model.Event, last *model.Event) {
	if last.Site == 0 || !slices.Contains([]string{"<", "<=", ">", ">=", "==", "!="}, last.Text) {
		return
	}
	op := last.Text
	if last.Value.String() == "false" {
		op = map[string]string{"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}[op]
	}
	op = strings.NewReplacer("<=", "≤", ">=", "≥", "==", "=", "!=", "≠").Replace(op)
	text := fmt.Sprintf("%v %s %v", last.Left, op, last.Right)
	if !w.ends(e) {
		text += ", goes on"
	}
	check := *e
	check.Site = last.Site
	w.add(&check, text, "", 4)
	if e.Message == 0 && w.leads(last.Site) {
		w.steps[len(w.steps)-1].Role = finding.RoleCheck
		w.steps[len(w.steps)-1].Weight = 9
	}
	*last = model.Event{}
}

// leads tells whether a stale read was made where the comparison stands.
func (w *witness) leads(site model.Site) bool {
	sp := w.span(0, site)
	for r := range w.reads {
		rs := w.span(0, r)
		if rs.File == sp.File && rs.Start >= sp.Start && rs.End <= sp.End && sp.End > 0 {
			return true
		}
	}
	return false
}

// ends tells whether the message's next step is its end.
func (w *witness) ends(e *model.Event) bool {
	after := false
	for i := range w.run.Trace.Events {
		x := &w.run.Trace.Events[i]
		if x == e {
			after = true
			continue
		}
		if after && x.Message == e.Message {
			switch x.Kind {
			case model.EvReturn, model.EvTrap:
				return true
			case model.EvRead, model.EvArith, model.EvTest:
				continue
			}
			return false
		}
	}
	return true
}

func (w *witness) write(e *model.Event, last model.Event) {
	text := brief(e.Value)
	full := ""
	switch {
	case e.Value == (model.Value{}):
		full = e.Place.Name + " removed"
	case text == "()":
		full = e.Place.Name + " added"
	case last.Site != 0 && last.Value.String() == e.Value.String():
		text = fmt.Sprintf("%v %s %v", last.Left, last.Text, last.Right)
		if last.Cut {
			text += ", cut at 0"
		}
		if last.Value.String()[0] == '-' {
			text += ", wraps below zero"
		}
	}
	weight := 3
	for _, p := range w.places {
		if strings.HasPrefix(e.Place.Name, p.Name) || strings.HasPrefix(p.Name, e.Place.Name) {
			weight = 6
		}
	}
	if e.Place.Name == w.damaged {
		weight = 8
	}
	if full == "" {
		full = e.Place.Name + " = " + text
	}
	w.add(e, full, "", weight)
}

func (w *witness) call(e *model.Event) {
	for _, k := range e.Calls {
		w.add(e, "sends "+callText(k), "", 7)
	}
}

// callText shows a call with the arguments that tell something.
func callText(k model.CallInfoRun) string {
	var args []string
	for _, a := range k.Args {
		if s := shown(a); s != "" && s != k.Label {
			args = append(args, s)
		}
	}
	return k.Label + "(" + strings.Join(args, ", ") + ")"
}

// shown is an argument a reader wants to see; "" for what nobody looked at.
func shown(v model.Value) string {
	s := v.String()
	if s == "…" || strings.Contains(s, "…") || len(s) > 24 {
		return ""
	}
	return strings.Trim(s, "()")
}

// suspend merges into the line of the call it waits for.
func (w *witness) suspend(e *model.Event) {
	if n := len(w.steps); n > 0 && w.steps[n-1].Message == letter(e.Message) && strings.HasPrefix(w.steps[n-1].Text, "sends ") {
		w.steps[n-1].Event = "suspends"
		w.steps[n-1].Weight = 9
		return
	}
	w.add(e, "waits", "suspends", 9)
}

func (w *witness) resume(e *model.Event) {
	var parts []string
	for _, k := range e.Calls {
		parts = append(parts, k.Label+": "+endingText(k))
	}
	text := strings.Join(parts, ", ")
	if text == "" {
		text = "goes on"
	}
	w.add(e, text, "resumes", 9)
}

func endingText(k model.CallInfoRun) string {
	switch k.Ending {
	case model.Replied:
		if k.Effect && !k.Took {
			return "replied with an error"
		}
		return "replied"
	case model.UncleanTook:
		return "rejected, though it took effect"
	}
	return string(k.Ending)
}

// brief is a value in a few characters; records and lists without what is in them.
func brief(v model.Value) string {
	s := v.String()
	if len(s) <= 56 {
		return s
	}
	if i := strings.IndexAny(s, "({["); i > 0 {
		return strings.TrimSpace(s[:i]) + map[byte]string{'(': "(…)", '{': " {…}", '[': "[…]"}[s[i]]
	}
	return "…"
}

// title is "withdraw(60)".
func (w *witness) title(msg int) string {
	if msg >= len(w.run.Messages) {
		return ""
	}
	m := w.run.Messages[msg]
	var args []string
	for _, a := range m.Args {
		s := brief(a)
		if a == (model.Value{}) {
			s = "…"
		}
		args = append(args, s)
	}
	name := w.msgs[msg].Endpoint.Name
	if msg == 1 && len(w.run.Messages) > 1 && m.Caller != (model.Value{}) && m.Caller.String() != w.run.Messages[0].Caller.String() {
		return name + "(" + strings.Join(args, ", ") + ") by " + m.Caller.String()
	}
	return name + "(" + strings.Join(args, ", ") + ")"
}

// conclude says in one sentence how the run differs from any serial order.
func (w *witness) conclude() string {
	if s := w.twice(); s != "" {
		return s
	}
	for _, p := range w.places {
		got := w.run.Final(p).String()
		var serial []string
		for _, s := range w.run.Serial {
			if v := s.Final(p).String(); !slices.Contains(serial, v) {
				serial = append(serial, v)
			}
		}
		if len(serial) > 0 && !slices.Contains(serial, got) {
			return fmt.Sprintf("%s ends at %s; one after the other it ends at %s", p.Name, got, strings.Join(serial, " or "))
		}
	}
	if s := w.refusals(); s != "" {
		return s
	}
	return "no order of the two messages one after the other gives this state and these calls"
}

// twice: a call took effect more often than in any serial order.
func (w *witness) twice() string {
	counts := func(r *model.Run) map[string]int {
		n := map[string]int{}
		for _, k := range r.Calls {
			if k.Effect && k.Took {
				n[k.Label]++
			}
		}
		return n
	}
	got := counts(w.run)
	for _, k := range w.run.Calls {
		more := len(w.run.Serial) > 0
		for _, s := range w.run.Serial {
			if counts(s)[k.Label] >= got[k.Label] {
				more = false
			}
		}
		if !more || got[k.Label] < 2 {
			continue
		}
		text := fmt.Sprintf("%s took effect %s", k.Label, times(got[k.Label]))
		if total := w.total(k.Label); total != "" {
			text = fmt.Sprintf("%s took effect %s (%s in all)", k.Label, times(got[k.Label]), total)
		}
		if len(w.places) > 0 {
			text += fmt.Sprintf(" against %s of %s", w.places[0].Name, w.run.Initial(w.places[0]))
		}
		return text + "; one after the other, the second is refused"
	}
	return ""
}

// total sums the only number among the arguments of a call.
func (w *witness) total(label string) string {
	sum := int64(0)
	for _, k := range w.run.Calls {
		if k.Label != label || !k.Took {
			continue
		}
		n, count := int64(0), 0
		for _, a := range k.Args {
			if x, ok := a.Int(); ok {
				n = x
				count++
			}
		}
		if count != 1 {
			return ""
		}
		sum += n
	}
	return fmt.Sprint(sum)
}

func times(n int) string {
	if n == 2 {
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// refusals: both messages say done where serially one is refused, or the other way.
func (w *witness) refusals() string {
	if len(w.run.Messages) < 2 || w.run.Messages[0].Refused || w.run.Messages[1].Refused {
		return ""
	}
	for _, s := range w.run.Serial {
		if !s.Messages[0].Refused && !s.Messages[1].Refused {
			return ""
		}
	}
	return "both are let through; one after the other, the second is refused"
}

// outcome lists the calls that took effect, and changes of the watched
// places that no longer show in them.
func (w *witness) outcome() (survives, lost []string) {
	for _, k := range w.run.Calls {
		if k.Effect && k.Took {
			survives = append(survives, fmt.Sprintf("%s by %s", callText(k), letter(k.Message)))
		}
	}
	for _, p := range w.places {
		got := w.run.Final(p).String()
		for _, e := range w.run.Trace.Events {
			if e.Kind == model.EvWrite && e.Message == 1 && e.Place.Name == p.Name && e.Value.String() != got && e.Value.String() != e.Old.String() {
				lost = append(lost, fmt.Sprintf("%s = %s, written by B", p.Name, brief(e.Value)))
			}
		}
	}
	return survives, lost
}
