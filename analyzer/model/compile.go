package model

// A Program is a compiled [Func]: flat code with jumps, so that a suspended
// message is a program counter and its locals. Programs are immutable and may
// be shared by searches.
type Program struct {
	Func  *Func
	code  []instr
	entry int
	regs  int // machine registers, the unused 0 included
	slots int // locals, the same
	// consts are what operands below 0 stand for, from -1 downwards.
	consts []Value
	// first and preds are, by position, the steps that may come before (see before).
	first, preds []int32
	apart        []bool // steps that no jump leads to: those of drop bodies
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
	op    opcode
	kind  Kind      // of the step
	class verbClass // of a verb
	write bool      // the step may write, see isWrite
	a     Reg       // its first operand
	to    int       // a jump's target, a guard's drop body, where the value that a Set sets leads at once
	step  *Step
}

// Compile translates f. Steps it does not know are kept and answer opaquely.
func Compile(f *Func) *Program {
	s := slim(f)
	c := &compiler{p: &Program{Func: f}, slim: s, slots: make([]Slot, f.Slots+1), consts: make([]Reg, f.Regs+1), regs: newRegisters(f.Regs), breaks: map[Label][]int{}, starts: map[Label]int{}}
	c.p.entry = 0
	c.steps(s.body)
	c.emit(instr{op: opEnd})
	c.part(0)
	for i := 0; i < len(c.drops); i++ { // drop bodies may hold guards themselves
		d := c.drops[i]
		start := c.here()
		c.p.code[d.at].to = start
		c.steps(d.body)
		c.emit(instr{op: opRet})
		c.part(start)
	}
	to, n := c.regs.allot(c.p.code)
	c.p.regs, c.p.slots = n, 1
	for i := range c.p.code {
		if in := &c.p.code[i]; in.step != nil {
			in.step = c.rename(in.step, to)
			in.kind, in.a, in.class, in.write = in.step.Kind, arg(in.step, 0), classOf(in.step), isWrite(in.step)
		}
	}
	c.p.link()
	return c.p
}

// part ends the code of the function or of a drop body.
func (c *compiler) part(start int) {
	c.regs.leave(0)
	c.regs.parts = append(c.regs.parts, [2]int{start, c.here()})
}

type compiler struct {
	p      *Program
	slim   *slimmer
	slots  []Slot // by slot of the function: that of the program
	consts []Reg  // by register: what stands for its constant in operands; 0 for others
	regs   *registers
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

// operand is the register that an operand is to be looked for in, or what
// stands for a constant.
func (c *compiler) operand(r Reg) Reg {
	r = c.slim.at(r)
	if r > 0 && int(r) < len(c.consts) && c.consts[r] != 0 {
		return c.consts[r]
	}
	return r
}

func (c *compiler) here() int { return len(c.p.code) }

func (c *compiler) steps(steps []*Step) {
	for _, s := range steps {
		if s.Kind == Const && c.slim.single(s.Out) {
			c.p.consts = append(c.p.consts, s.Const)
			c.consts[s.Out] = Reg(-len(c.p.consts))
			continue
		}
		for _, a := range s.Args {
			c.regs.use(c.operand(a), c.here())
		}
		at := c.here()
		c.step(s)
		c.regs.define(s.Out, at)
	}
}

// nested compiles steps that not every way goes through.
func (c *compiler) nested(steps []*Step) {
	mark := c.regs.enter()
	c.steps(steps)
	c.regs.leave(mark)
}

func (c *compiler) step(s *Step) {
	switch s.Kind {
	case If:
		j := c.emit(instr{op: opUnless, step: s})
		c.nested(s.Body)
		if len(s.Else) == 0 {
			c.p.code[j].to = c.here()
			return
		}
		end := c.emit(instr{op: opJump})
		c.p.code[j].to = c.here()
		c.nested(s.Else)
		c.p.code[end].to = c.here()
	case Block:
		c.nested(s.Body)
		c.land(s.Label)
	case Loop:
		c.starts[s.Label] = c.here()
		start := c.here()
		c.nested(s.Body)
		c.emit(instr{op: opJump, to: start})
		c.regs.loop(start, c.here())
		c.land(s.Label)
	case Break:
		c.breaks[s.Label] = append(c.breaks[s.Label], c.emit(instr{op: opJump, step: left(s)}))
	case Continue:
		c.emit(instr{op: opJump, to: c.starts[s.Label]})
	case Guard:
		at := c.emit(instr{op: opStep, step: s})
		c.drops = append(c.drops, pendingDrop{at, s.Body})
	default:
		c.emit(instr{op: opStep, step: s})
	}
}

// left is the step of a jump that is to be remembered, nil for others.
func left(s *Step) *Step {
	if s.Leaves {
		return s
	}
	return nil
}

// land makes the breaks out of l arrive here.
func (c *compiler) land(l Label) {
	for _, j := range c.breaks[l] {
		c.p.code[j].to = c.here()
	}
	delete(c.breaks, l)
}
