package effects

import (
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/awaitlint/awaitlint/analyzer/ops"
)

// An Access is one read or write of state by one instruction.
type Access struct {
	Instr ssa.Instruction
	Op    *ops.Op
	Place Place
	Read  bool
	Write bool
	// Value is what is written, nil where it is not one value (remove, clear).
	Value ssa.Value
	// Key selects the element that is touched, nil where it is not one element.
	Key ssa.Value
	// Presence: only whether the place is there is read, not what is in it.
	Presence bool
	// Callee: the access is made by a called function that is not part of this one.
	Callee bool
}

// gives says what the result of a verb refers to.
type gives uint8

const (
	givesCopy    gives = iota
	givesKeyed         // the element of the receiver that Args[1] selects
	givesElement       // some element of the receiver
	givesSame          // what the receiver refers to
	givesList          // a list of what the receiver refers to
)

// when says under which condition a verb reads.
type when uint8

const (
	never when = iota
	always
	ifUsed // only if its result is used
)

// part says which part of the receiver a verb touches.
type part uint8

const (
	whole part = iota
	keyed      // the element Args[1]
	some       // an element that is not known
)

// A verbEffect is what a verb of package ops does to its receiver.
type verbEffect struct {
	part     part
	read     when
	presence bool
	write    bool
	value    int // argument that is written, 0 for none
	gives    gives
}

// verbs gives the meaning of each verb in terms of places. The verbs are
// awaitlint's own; which library method is which verb is knowledge data.
var verbs = map[string]verbEffect{
	ops.MapGet:        {part: keyed, read: always, presence: true, gives: givesKeyed},
	ops.MapGetCopy:    {part: keyed, read: always},
	ops.MapContains:   {part: keyed, read: always, presence: true},
	ops.MapInsert:     {part: keyed, read: ifUsed, write: true, value: 2},
	ops.SetInsert:     {part: keyed, read: ifUsed, write: true},
	ops.MapRemove:     {part: keyed, read: ifUsed, write: true},
	ops.SetRemove:     {part: keyed, read: ifUsed, write: true},
	ops.MapEntryOr:    {part: keyed, read: always, presence: true, write: true, value: 2, gives: givesKeyed},
	ops.ListPush:      {part: some, write: true, value: 1},
	ops.ListPushFront: {part: some, write: true, value: 1},
	ops.ListPop:       {part: some, read: ifUsed, write: true},
	ops.ListPopFront:  {part: some, read: ifUsed, write: true},
	ops.ListGet:       {part: keyed, read: always, presence: true, gives: givesKeyed},
	ops.ListFirst:     {part: some, read: always, presence: true, gives: givesElement},
	ops.ListLast:      {part: some, read: always, presence: true, gives: givesElement},
	ops.ListRemove:    {part: keyed, read: always, write: true},
	ops.Len:           {read: always},
	ops.IsEmpty:       {read: always},
	ops.Clear:         {write: true},
	ops.Iter:          {read: always, gives: givesElement},
	ops.Keys:          {read: always, gives: givesElement},
	ops.Values:        {read: always, gives: givesElement},
	ops.Retain:        {read: always, write: true},
	ops.Extend:        {part: some, write: true, value: 1},
	ops.Drain:         {read: always, write: true},
	ops.Contains:      {read: always},
	ops.IterSome:      {read: always, gives: givesSame},
	ops.IterEnumerate: {read: always, gives: givesSame},
	ops.Collect:       {read: always, gives: givesList},
	ops.Swap:          {read: always, write: true, value: 1},
	ops.GetOrInsert:   {read: always, presence: true, gives: givesSame},
	ops.IterNext:      {read: always, gives: givesSame},
	ops.ReadAll:       {read: always},
	ops.WriteAll:      {read: always, write: true},
	ops.Replace:       {read: ifUsed, write: true, value: 1},
	ops.Take:          {read: ifUsed, write: true},
	ops.Unwrap:        {read: always, presence: true, gives: givesSame},
	ops.UnwrapErr:     {read: always, presence: true, gives: givesSame},
	ops.OkOpt:         {read: always, presence: true, gives: givesSame},
	ops.ErrOpt:        {read: always, presence: true, gives: givesSame},
}

// collector finds the accesses of a function.
type collector struct {
	m  *Message
	d  *denoter
	in ssa.Instruction
	op *ops.Op
}

func (c *collector) emit(a Access) {
	a.Instr, a.Op = c.in, c.op
	acc := &a
	c.m.Accesses = append(c.m.Accesses, acc)
	c.m.at[c.in] = append(c.m.at[c.in], acc)
}

// read notes that v, if it stands for places, is read.
func (c *collector) read(v ssa.Value, presence bool) {
	for _, p := range c.d.of[v].places {
		c.emit(Access{Place: p, Read: true, Presence: presence})
	}
	c.readParts(v, presence)
}

func (c *collector) readParts(v ssa.Value, presence bool) {
	parts := c.d.of[v].parts
	for _, f := range slices.Sorted(maps.Keys(parts)) {
		for _, p := range parts[f] {
			c.emit(Access{Place: p, Read: true, Presence: presence})
		}
	}
}

func (c *collector) reads(vs []ssa.Value) {
	for _, v := range vs {
		c.read(v, false)
	}
}

func (c *collector) instr(instr ssa.Instruction) {
	c.in, c.op = instr, nil
	switch x := instr.(type) {
	case *ssa.Return:
		c.op = c.m.Fn.Op(x)
		c.reads(x.Results)
	case *ssa.Call:
		if c.op = c.m.Fn.Op(x); c.op != nil {
			c.call(x)
		}
	}
}

func (c *collector) call(x *ssa.Call) {
	args := x.Call.Args
	switch c.op.Kind {
	case ops.Const, ops.Cell, ops.Field, ops.Proj, ops.Out, ops.Drop, ops.Guard:
	case ops.Spawn: // a reference that a task is given is not looked at by who starts it
	case ops.Index:
		c.read(args[1], false)
	case ops.Store:
		target, value := args[len(args)-2], args[len(args)-1]
		c.read(value, false)
		for _, p := range c.d.of[target].places {
			c.emit(Access{Place: p, Write: true, Value: value, Key: c.selector(target)})
		}
	case ops.Verb:
		c.verb(x)
	case ops.Test:
		c.read(args[0], true)
	case ops.Make:
		// What an aggregate refers to is read where it is used, except for parts of parts, which are lost.
		if !wrapper(c.op.Name) {
			for _, a := range args {
				c.readParts(a, false)
			}
		}
	case ops.Call:
		callee := c.op.Callee
		if callee == nil {
			c.reads(args)
			return
		}
		if callee.Summed {
			for _, a := range args {
				c.readParts(a, false)
			}
		} else {
			c.reads(args)
			for _, i := range callee.Mutates {
				if i < len(args) {
					for _, p := range c.d.of[args[i]].places {
						c.emit(Access{Place: p, Write: true, Callee: true})
					}
				}
			}
		}
		for _, s := range callee.Reads {
			for _, p := range c.d.resolve(s, args) {
				c.emit(Access{Place: p, Read: true, Callee: true})
			}
		}
		for _, s := range callee.Writes {
			for _, p := range c.d.resolve(s, args) {
				c.emit(Access{Place: p, Write: true, Callee: true})
			}
		}
	default:
		c.reads(args)
	}
}

func (c *collector) verb(x *ssa.Call) {
	args := x.Call.Args
	e, known := verbs[c.op.Name]
	if !known || len(args) == 0 {
		c.reads(args)
		return
	}
	for i, a := range args[1:] {
		if i+1 != 1 || e.part != keyed {
			c.read(a, false)
		}
	}
	for _, p := range c.d.of[args[0]].places {
		a := Access{Place: p, Write: e.write, Presence: e.presence}
		switch {
		case p.Cell == "*":
		case e.part == keyed && len(args) > 1:
			a.Place = p.with(Elem{Key: c.d.key(args[1])})
			a.Key = args[1]
		case e.part == some:
			a.Place = p.with(anyKey)
		}
		a.Read = e.read == always || e.read == ifUsed && len(*x.Referrers()) > 0
		if e.value > 0 && e.value < len(args) {
			a.Value = args[e.value]
		}
		c.emit(a)
	}
	if c.op.Name == ops.Swap && len(args) > 1 {
		for _, p := range c.d.of[args[1]].places {
			c.emit(Access{Place: p, Write: true, Value: args[0]})
		}
	}
}

// selector returns the innermost key of a chain of places.
func (c *collector) selector(place ssa.Value) ssa.Value {
	for range 16 {
		op := c.m.callOp(place)
		if op == nil {
			return nil
		}
		args := place.(*ssa.Call).Call.Args
		switch {
		case op.Kind == ops.Index, op.Kind == ops.Verb && verbs[op.Name].gives == givesKeyed && len(args) > 1:
			return args[1]
		case op.Kind == ops.Field, op.Kind == ops.Proj, op.Kind == ops.Verb && verbs[op.Name].gives == givesSame && len(args) > 0:
			place = args[0]
		default:
			return nil
		}
	}
	return nil
}
