package model

// A Program is a compiled [Func]: flat code with jumps, so that a suspended
// message is a program counter and its locals. Programs are immutable and may
// be shared by searches.
type Program struct {
	Func  *Func
	code  []instr
	entry int
	used  []bool // by register: somebody looks at it
	// looked is, by site of the await, whether the payload of its answer is
	// looked at (see System.effectful).
	looked map[*Step]bool
}

type opcode uint8

const (
	opStep   opcode = iota // execute step
	opJump                 // to
	opUnless               // jump to when Args[0] does not hold
	opRet                  // end of a drop body
	opEnd                  // end of the function without a return
)

type instr struct {
	op   opcode
	step *Step
	to   int
}

// Compile translates f. Steps it does not know are kept and answer opaquely.
func Compile(f *Func) *Program {
	c := &compiler{p: &Program{Func: f, used: make([]bool, f.Regs+1)}, breaks: map[Label][]int{}, starts: map[Label]int{}}
	c.p.entry = 0
	c.steps(f.Body)
	c.emit(instr{op: opEnd})
	for i := 0; i < len(c.drops); i++ { // drop bodies may hold guards themselves
		d := c.drops[i]
		c.p.code[d.at].to = len(c.p.code)
		c.steps(d.body)
		c.emit(instr{op: opRet})
	}
	return c.p
}

type compiler struct {
	p      *Program
	breaks map[Label][]int
	starts map[Label]int
	drops  []pendingDrop
}

// A pendingDrop is a drop body to be placed behind the function's code.
type pendingDrop struct {
	at   int
	body []*Step
}

func (c *compiler) emit(in instr) int {
	c.p.code = append(c.p.code, in)
	return len(c.p.code) - 1
}

func (c *compiler) here() int { return len(c.p.code) }

func (c *compiler) steps(steps []*Step) {
	for _, s := range steps {
		for _, a := range s.Args {
			if int(a) < len(c.p.used) && a > 0 {
				c.p.used[a] = true
			}
		}
		c.step(s)
	}
}

func (c *compiler) step(s *Step) {
	switch s.Kind {
	case If:
		j := c.emit(instr{op: opUnless, step: s})
		c.steps(s.Body)
		if len(s.Else) == 0 {
			c.p.code[j].to = c.here()
			return
		}
		end := c.emit(instr{op: opJump})
		c.p.code[j].to = c.here()
		c.steps(s.Else)
		c.p.code[end].to = c.here()
	case Block:
		c.steps(s.Body)
		c.land(s.Label)
	case Loop:
		c.starts[s.Label] = c.here()
		start := c.here()
		c.steps(s.Body)
		c.emit(instr{op: opJump, step: s, to: start})
		c.land(s.Label)
	case Break:
		c.breaks[s.Label] = append(c.breaks[s.Label], c.emit(instr{op: opJump, step: s}))
	case Continue:
		c.emit(instr{op: opJump, step: s, to: c.starts[s.Label]})
	case Guard:
		at := c.emit(instr{op: opStep, step: s})
		c.drops = append(c.drops, pendingDrop{at, s.Body})
	default:
		c.emit(instr{op: opStep, step: s})
	}
}

// land makes the breaks out of l arrive here.
func (c *compiler) land(l Label) {
	for _, j := range c.breaks[l] {
		c.p.code[j].to = c.here()
	}
	delete(c.breaks, l)
}
