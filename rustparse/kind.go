package rustparse

import (
	"sync"

	"github.com/awaitlint/awaitlint/rustparse/internal/ctree"
)

//go:generate go run ./internal/genkinds

// A Kind is the kind of a [Node]: a named node kind of the grammar, [Error],
// or one of our own for macro arguments. The zero Kind is that of no node.
type Kind uint16

// String returns the grammar's name of k ("call_expression"), "" for 0.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return ""
}

// A Field is the grammar's role of a node in its parent. The zero Field is "no role".
type Field uint8

// String returns the grammar's name of f ("return_type"), "" for 0.
func (f Field) String() string {
	if int(f) < len(fieldNames) {
		return fieldNames[f]
	}
	return ""
}

// kindOfSymbol gives the kind of each symbol of the grammar: several symbols
// may have one name. Tokens have kind 0, except `_`.
var kindOfSymbol = sync.OnceValue(func() []Kind {
	byName := map[string]Kind{"_": WildcardPattern}
	for k := Error + 1; k < WildcardPattern; k++ { // the grammar's own come first
		byName[k.String()] = k
	}
	names := ctree.Names()
	kinds := make([]Kind, len(names))
	for s, name := range names {
		kinds[s] = byName[name]
	}
	return kinds
})
