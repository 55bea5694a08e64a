package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/awaitlint/awaitlint/rustparse"
)

// A node is a TOML value that knows where it stands.
type node struct {
	span    rustparse.Span
	kind    string // table, array, string, boolean; else as the parser calls it
	text    string // of a string or boolean
	items   []*node
	members []member // of a table, in the order of the text
}

type member struct {
	name string
	span rustparse.Span // of the key
	val  *node
}

// maxDepth bounds how deep values nest; the schema needs three.
const maxDepth = 16

// tree reads TOML. The library decides what is valid; all forms of a table
// (headers, dotted keys, inline) give the same nodes.
func tree(f *rustparse.File) (*node, error) {
	var valid map[string]any
	if err := toml.Unmarshal([]byte(f.Text), &valid); err != nil {
		e := Error{Span: rustparse.Span{File: f}, Message: "is not valid TOML: " + strings.TrimPrefix(err.Error(), "toml: ")}
		var at *toml.DecodeError
		if errors.As(err, &at) {
			e.Span = offset(f, at)
		}
		return nil, Errors{e}
	}
	r := reader{file: f}
	r.Reset([]byte(f.Text))
	root := &node{kind: "table", span: rustparse.Span{File: f}}
	at := root
	for r.NextExpression() {
		switch x := r.Expression(); x.Kind {
		case unstable.Table, unstable.ArrayTable:
			at = r.place(root, x.Key(), func(span rustparse.Span) *node {
				if x.Kind == unstable.Table {
					return &node{kind: "table", span: span}
				}
				return &node{kind: "array", span: span}
			})
			if x.Kind == unstable.ArrayTable {
				at.items = append(at.items, &node{kind: "table", span: at.span})
				at = at.items[len(at.items)-1]
				it := x.Key()
				for it.Next() {
					at.span = r.span(it.Node())
				}
			}
		case unstable.KeyValue:
			r.keyValue(at, x, 0)
		}
	}
	if err := r.Error(); err != nil {
		return nil, fmt.Errorf("%s: %w", f.Path, err)
	}
	return root, nil
}

// offset is where the library says a mistake is.
func offset(f *rustparse.File, e *toml.DecodeError) rustparse.Span {
	row, col := e.Position()
	at := 0
	for range row - 1 {
		at += strings.IndexByte(f.Text[at:], '\n') + 1
	}
	return rustparse.Span{File: f, Start: uint32(min(at+max(col-1, 0), len(f.Text))), End: uint32(len(f.Text))}
}

type reader struct {
	unstable.Parser
	file *rustparse.File
}

func (r *reader) span(n *unstable.Node) rustparse.Span {
	return rustparse.Span{File: r.file, Start: n.Raw.Offset, End: n.Raw.Offset + n.Raw.Length}
}

// place goes from a table down a dotted key and returns what is there,
// made by create where there is nothing. On the way an array stands for its last table.
func (r *reader) place(at *node, key unstable.Iterator, create func(rustparse.Span) *node) *node {
	for key.Next() {
		k := key.Node()
		if at.kind == "array" && len(at.items) > 0 {
			at = at.items[len(at.items)-1]
		}
		next := at.member(string(k.Data))
		if next == nil {
			made := &node{kind: "table", span: r.span(k)}
			if key.IsLast() {
				made = create(r.span(k))
			}
			at.members = append(at.members, member{string(k.Data), r.span(k), made})
			next = made
		}
		at = next
	}
	return at
}

func (r *reader) keyValue(at *node, x *unstable.Node, depth int) {
	r.place(at, x.Key(), func(key rustparse.Span) *node { return r.value(x.Value(), key, depth) })
}

// value reads a value; the parser does not tell where arrays stand: at their key.
func (r *reader) value(x *unstable.Node, key rustparse.Span, depth int) *node {
	n := &node{span: key, text: string(x.Data)}
	if x.Raw.Length > 0 {
		n.span = r.span(x)
	}
	switch x.Kind {
	case unstable.String:
		n.kind = "string"
	case unstable.Bool:
		n.kind = "boolean"
	case unstable.Array:
		n.kind = "array"
	case unstable.InlineTable:
		n.kind = "table"
	default:
		n.kind = strings.ToLower(x.Kind.String())
	}
	if depth > maxDepth {
		return n
	}
	it := x.Children()
	for it.Next() {
		switch c := it.Node(); {
		case c.Kind == unstable.Comment:
		case n.kind == "array":
			n.items = append(n.items, r.value(c, key, depth+1))
		case n.kind == "table":
			r.keyValue(n, c, depth+1)
		}
	}
	return n
}

func (n *node) member(name string) *node {
	for _, m := range n.members {
		if m.name == name {
			return m.val
		}
	}
	return nil
}
