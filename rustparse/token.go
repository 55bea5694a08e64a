package rustparse

// What is no node is read from the gaps between a node's children: comments
// are nodes, so a gap holds nothing but tokens of the node itself.

// ownTokens calls f for the tokens of n that lie in none of its children,
// each with the number of children before it, until f returns false. Of a
// node without children these are all of its text.
func (t *Tree) ownTokens(n Node, f func(text string, before int) bool) {
	pos, before := t.start[n], 0
	gap := func(end uint32) bool {
		l := lexer{text: t.text[:max(end, pos)], pos: int(pos)}
		for tok := l.next(); tok.Kind != TokenEnd; tok = l.next() {
			if !f(t.text[tok.Start:tok.End], before) {
				return false
			}
		}
		return true
	}
	for c := t.first[n]; c != 0; c = t.next[c] {
		if t.kind[c] == MacroExpansion {
			continue // stands elsewhere
		}
		if !gap(t.start[c]) {
			return
		}
		pos = t.end[c]
		if k := t.kind[c]; k != LineComment && k != BlockComment {
			before++
		}
	}
	gap(t.end[n])
}

// HasToken tells whether token is one of n's own: a keyword or an operator
// that stands in none of its children, or its `mut` (which is a node).
func (t *Tree) HasToken(n Node, token string) bool {
	if token == "mut" && t.ChildOfKind(n, MutableSpecifier) != 0 {
		return true
	}
	found := false
	t.ownTokens(n, func(text string, _ int) bool {
		found = text == token
		return !found
	})
	return found
}

// Operator returns the operator of a unary, binary, compound assignment or
// range expression or pattern ("&&", "+=", "..="), "" for other nodes.
func (t *Tree) Operator(n Node) string {
	op := ""
	switch t.kind[n] {
	case UnaryExpression, BinaryExpression, CompoundAssignmentExpr, RangeExpression, RangePattern:
		t.ownTokens(n, func(text string, _ int) bool {
			op = text
			return false
		})
	}
	return op
}

// RangeBounds returns the two bounds of a range expression or pattern, 0 where
// it is open.
func (t *Tree) RangeBounds(n Node) (low, high Node) {
	if t.kind[n] != RangeExpression && t.kind[n] != RangePattern {
		return 0, 0
	}
	before := 0
	t.ownTokens(n, func(_ string, b int) bool {
		before = b
		return false
	})
	for i, c := range t.Children(n) {
		if i < before {
			low = c
		} else {
			high = c
		}
	}
	return low, high
}

// IsAsync tells whether n is an async function, block or closure.
func (t *Tree) IsAsync(n Node) bool {
	switch t.kind[n] {
	case AsyncBlock:
		return true
	case ClosureExpression:
		return t.HasToken(n, "async")
	case FunctionItem, FunctionSignatureItem:
		m := t.ChildOfKind(n, FunctionModifiers)
		return m != 0 && t.HasToken(m, "async")
	}
	return false
}

// IsMove tells whether n is a closure or async block that takes its captures
// by value.
func (t *Tree) IsMove(n Node) bool {
	switch t.kind[n] {
	case AsyncBlock, ClosureExpression:
		return t.HasToken(n, "move")
	}
	return false
}
