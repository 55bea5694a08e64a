package rustparse

// A Node is the index of a node in a [Tree]. The zero Node is "no node"; the root is 1.
type Node int32

// A Tree is the syntax tree of one file: flat arrays filled by one walk of
// the C tree, which is closed before Parse returns. Only named nodes are
// kept, and `_` as [WildcardPattern]; operators and punctuation are read from
// the source text (see [Tree.Operator], [Tree.HasToken]). Comments have no
// children. The arguments of macros are part of the tree (see [MacroArgs]),
// with their true positions. A Tree is immutable and safe for concurrent readers.
//
// The token tree of a macro invocation is replaced by one node with its span:
//   - MacroArgs, its children the argument expressions. `name = value` is a
//     FieldInitializer; both sides of `key => value` are children; a JSON object is a
//     TupleExpression; a generic type may stand among them; statements are one Block.
//   - MacroRepeat, its children value and count of `[value; count]`.
//   - MacroMatches, its children the value, a MatchPattern (with its condition),
//     and arguments after that, if any.
//   - MacroStatics, its children StaticItems, after their attributes.
//   - MacroSelect, its children MacroSelectArms with fields pattern, value,
//     condition and body; an arm like `else => …` has its word as pattern and no value.
//   - MacroItems, its children items; of `if #[cfg(…)] { … } else { … }` one
//     MacroItems per branch, its AttributeItem first: the first that holds counts.
//   - the TokenTree itself, without children, if it reads as none of these.
//   - MacroExpansion, if [Parser.Expand] was told what the call stands for.
//
// What a macro does with its arguments is not known here.
//
// The text of expansions stands behind that of the file: Start, End and Text
// of nodes in a MacroExpansion are of that text, [Tree.Span] is where to look
// in the file. Once nothing is expanded any more the tree is immutable.
//
// MacroExpansion apart, the spans of children lie in their parent's, in order and apart; those of
// what the parser supposed (a missing name) are empty. The children of one
// node need not have neighbouring indices, nor larger ones than all nodes before.
type Tree struct {
	File *File
	// Problems lists what could not be read, in source order. A tree with
	// problems is still whole: broken text is covered by [Error] nodes.
	Problems []Problem
	// OpaqueMacros are the macro invocations whose arguments could not be read
	// as Rust: they keep a TokenTree without children. See [Tree.Tokens].
	OpaqueMacros []Node

	text       string     // of the file and, behind it, of the expansions
	origins    []origin   // of the parts of expansions that are no text of the macro expanded
	expansions []expanded // in order of their text
	fragments  []Fragment // likewise

	kind   []Kind
	field  []Field
	start  []uint32
	end    []uint32 // exclusive
	parent []Node
	first  []Node // first child
	next   []Node // next sibling
}

// Root returns the source_file node.
func (t *Tree) Root() Node { return 1 }

// Len returns the number of nodes; valid nodes are 1..Len()-1. Those of kind
// 0 hang nowhere.
func (t *Tree) Len() int { return len(t.kind) }

// Kind returns the kind of n, or 0 for no node.
func (t *Tree) Kind(n Node) Kind { return t.kind[n] }

// FieldOf returns the grammar field under which n hangs in its parent, or 0.
func (t *Tree) FieldOf(n Node) Field { return t.field[n] }

// Start and End return the byte range of n, end exclusive: of the file, or
// behind its end where n is in an expansion.
func (t *Tree) Start(n Node) uint32 { return t.start[n] }
func (t *Tree) End(n Node) uint32   { return t.end[n] }

// Parent returns the node above n, or 0.
func (t *Tree) Parent(n Node) Node { return t.parent[n] }

// FirstChild and Next walk the children of a node in source order.
func (t *Tree) FirstChild(n Node) Node { return t.first[n] }
func (t *Tree) Next(n Node) Node       { return t.next[n] }

// Child returns the child of n in field f, or 0.
func (t *Tree) Child(n Node, f Field) Node {
	for c := t.first[n]; c != 0; c = t.next[c] {
		if t.field[c] == f {
			return c
		}
	}
	return 0
}

// ChildOfKind returns the first child of n of kind k, or 0.
func (t *Tree) ChildOfKind(n Node, k Kind) Node {
	for c := t.first[n]; c != 0; c = t.next[c] {
		if t.kind[c] == k {
			return c
		}
	}
	return 0
}

// Children returns the children of n in source order, comments left out.
func (t *Tree) Children(n Node) []Node {
	var cs []Node
	for c := t.first[n]; c != 0; c = t.next[c] {
		if k := t.kind[c]; k != LineComment && k != BlockComment {
			cs = append(cs, c)
		}
	}
	return cs
}

// Span returns the place of n in the file, nowhere for no node. What came
// from the arguments of a macro stands there, what came from the macro's body
// at the call.
func (t *Tree) Span(n Node) Span {
	if n == 0 {
		return Span{}
	}
	return t.place(t.start[n], t.end[n])
}

// Text returns the source text of n, after expansion.
func (t *Tree) Text(n Node) string {
	if n == 0 {
		return ""
	}
	return t.text[t.start[n]:t.end[n]]
}
