package model

import (
	"math"
	"slices"
)

// Unknown numbers: which are tried, and how comparisons narrow them.

func (w *world) chooseInt(l *lazy) { w.pickInt(l, w.numbers(l)) }

// numbers are what is tried for l whatever it is used for: of the usual ones
// those that agree with how it was compared before, else some that do.
func (w *world) numbers(l *lazy) []int64 {
	dom := w.domain.place
	switch {
	case l.counts:
		dom = lengths
	case l.origin == fromArgA || l.origin == fromArgB:
		dom = w.domain.arg
	case l.origin == fromTime:
		dom = w.domain.now
	}
	lo, hi := l.bounds()
	if lo == 0 && hi == math.MaxInt64 {
		return dom
	}
	var fit []int64
	for _, n := range dom {
		if lo <= n && n <= hi {
			fit = append(fit, n)
		}
	}
	if len(fit) == 0 { // a limit is covered once, or twice
		for _, n := range []int64{lo + 100, 2*lo + 100} {
			if n <= hi {
				fit = append(fit, n)
			}
		}
	}
	if len(fit) == 0 {
		fit = append(fit, hi)
	}
	return fit
}

// bounds are the smallest and the largest number that l may still be.
func (l *lazy) bounds() (lo, hi int64) {
	if l.hi == 0 {
		return l.lo, math.MaxInt64
	}
	return l.lo, l.hi - 1
}

func (w *world) pickInt(l *lazy, dom []int64) {
	l.shape = shInt
	l.n = dom[w.choose(l, len(dom))]
	if l.index > 1 {
		l.n += int64(l.index - 1) // elements of a list differ
	}
	w.looked(l)
}

// lengths are those tried for a list.
var lengths = []int64{1, 0, 2}

// twoInts makes numbers of two values that are added or subtracted. Where one is
// far from what is tried otherwise, so is the other.
func (w *world) twoInts(a, b Value) (x, y int64) {
	if openInt(a) != nil && openInt(b) == nil {
		y = w.asInt(b)
		return w.beside(a, y), y
	}
	x = w.asInt(a)
	return x, w.beside(b, x)
}

func (w *world) beside(v Value, c int64) int64 {
	l := openInt(v)
	if l == nil || c > largest {
		return w.asInt(v)
	}
	dom := w.numbers(l)
	_, hi := l.bounds()
	if slices.Max(dom) < c {
		for _, n := range []int64{c + 100, 2*c + 100} {
			if n <= hi {
				dom = append(dom[:len(dom):len(dom)], n)
			}
		}
	}
	w.pickInt(l, dom)
	return l.n
}

// largest is the largest number beside which others are looked for.
const largest = math.MaxInt64 / 8

// less tells whether v is smaller than c. Where the numbers tried otherwise are
// all on one side, v may be on the other too and is not chosen yet: a limit in
// the code may be far from them.
func (w *world) less(v Value, c int64) bool {
	l := openInt(v)
	if l == nil || c > largest {
		return w.asInt(v) < c
	}
	if l.lo == 0 && l.hi == 0 {
		w.bounded = append(w.bounded, l)
	}
	lo, hi := l.bounds()
	if isArg := l.origin == fromArgA || l.origin == fromArgB; isArg && !l.counts {
		lo = max(lo, 1) // an amount of 0 shows nothing
	}
	if hi < c {
		return true
	}
	if lo >= c {
		return false
	}
	dom := w.numbers(l)
	under := slices.ContainsFunc(dom, func(n int64) bool { return n < c })
	if under && slices.Max(dom) >= c || l.index > 1 {
		return w.asInt(v) < c
	}
	if w.choose(l, 2) == 1 {
		under = !under
	}
	w.looked(l)
	if under {
		l.hi = c
	} else {
		l.lo = c
	}
	return under
}

// lessThan is a < b, of which at most one is unknown.
func (w *world) lessThan(a, b Value) bool {
	if openInt(b) == nil {
		return w.less(a, w.asInt(b))
	}
	x := w.asInt(a)
	if x >= largest {
		return x < w.asInt(b)
	}
	return !w.less(b, x+1)
}

// fix gives the numbers that were only compared a value, for display.
func (w *world) fix() {
	for _, l := range w.bounded {
		if l.shape == shUnknown {
			l.shape, l.n = shInt, w.numbers(l)[0]
		}
	}
}

// equalOrNot makes v a number that is compared with c for being the same.
func (w *world) equalOrNot(v Value, c int64) int64 {
	l := openInt(v)
	if l == nil || l.index > 1 || c == 0 && (l.origin == fromArgA || l.origin == fromArgB) {
		return w.asInt(v)
	}
	dom := w.numbers(l)
	if lo, hi := l.bounds(); !slices.Contains(dom, c) && lo <= c && c <= hi {
		dom = append(dom[:len(dom):len(dom)], c)
	}
	w.pickInt(l, dom)
	return l.n
}

// openInt is the unknown that v becomes a number by, nil if it is none.
func openInt(v Value) *lazy {
	v = settle(v)
	switch v.k {
	case vLazy:
		return v.l
	case vAgg:
		if p, ok := v.o.part("0"); ok && (v.o.base == nil || len(v.o.fields) > 0 || v.o.base.hasKid("0")) {
			return openInt(p)
		}
	}
	return nil
}
