// Package ctree parses Rust with tree-sitter and copies the tree out of C in
// one call. Nothing of C is left when [Parser.Parse] returns.
package ctree

/*
#include "walk.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"runtime"
	"sync"
	"unsafe"

	sitter "github.com/smacker/go-tree-sitter"
	"github.com/smacker/go-tree-sitter/rust"
)

// A Record is one named node, one wildcard pattern, or one missing token. Records are in preorder.
type Record struct {
	Start, End uint32 // bytes, end exclusive
	Parent     int32  // index of the parent's record, -1 for the root
	Symbol     uint16
	Field      uint8 // the grammar's number, 0 for none
	Flags      uint8
}

// Flags of a Record.
const (
	Missing   = C.FLAG_MISSING   // not in the text: the parser supposed it
	Anonymous = C.FLAG_ANONYMOUS // a token: missing, or a wildcard pattern
	Extra     = C.FLAG_EXTRA     // a comment, or skipped text
)

// ErrorSymbol is the symbol of text that could not be read.
const ErrorSymbol = 0xffff

// A Parser is for one goroutine at a time.
type Parser struct {
	parser *sitter.Parser
	walker C.walker
}

// New returns a parser; Close frees what it holds.
func New() *Parser {
	p := &Parser{parser: sitter.NewParser()}
	p.parser.SetLanguage(language())
	return p
}

// Close frees the parser's memory, and that of the records last returned.
func (p *Parser) Close() {
	C.free(unsafe.Pointer(p.walker.records))
	C.free(unsafe.Pointer(p.walker.frames))
	p.walker = C.walker{}
	p.parser.Close()
}

// Parse returns the named nodes of text. They are valid until the next call.
// The tokens of a macro invocation are one token_tree without children;
// comments have none either.
func (p *Parser) Parse(text string) ([]Record, error) {
	// The runtime copies the text and does not write to it.
	bytes := unsafe.Slice(unsafe.StringData(text), len(text))
	tree, err := p.parser.ParseCtx(context.Background(), nil, bytes)
	if err != nil {
		return nil, fmt.Errorf("tree-sitter: %w", err)
	}
	defer tree.Close()
	// The binding does not export the C tree; its name is looked up so that a
	// change of the struct cannot go unnoticed.
	field := reflect.ValueOf(tree.BaseTree).Elem().FieldByName("c")
	if field.Kind() != reflect.Pointer {
		return nil, errors.New("tree-sitter: the binding's tree has another layout")
	}
	r := roles()
	ok := C.walk(&p.walker, (*C.struct_tree)(field.UnsafePointer()),
		(*C.uint8_t)(unsafe.SliceData(r)), C.uint32_t(len(r)))
	runtime.KeepAlive(tree)
	if !ok {
		return nil, errors.New("tree-sitter: out of memory")
	}
	return unsafe.Slice((*Record)(unsafe.Pointer(p.walker.records)), int(p.walker.count)), nil
}

// language returns the grammar. Its binding makes a new object on every call.
var language = sync.OnceValue(rust.GetLanguage)

// roles says, by symbol, what walk must know: macro calls and their tokens,
// comments, and the wildcard pattern, which is no named node of the grammar.
var roles = sync.OnceValue(func() []uint8 {
	r := make([]uint8, len(Names()))
	for s, name := range Names() {
		switch name {
		case "macro_invocation":
			r[s] = C.ROLE_MACRO
		case "token_tree":
			r[s] = C.ROLE_TOKENS
		case "line_comment", "block_comment":
			r[s] = C.ROLE_COMMENT
		case "_":
			r[s] = C.ROLE_WILDCARD
		}
	}
	return r
})

// Names returns the name of every symbol, by number: of node kinds, and of tokens.
var Names = sync.OnceValue(func() []string {
	lang := language()
	names := make([]string, lang.SymbolCount())
	for s := range names {
		names[s] = lang.SymbolName(sitter.Symbol(s))
	}
	return names
})

// FieldNames returns the grammar's fields by number; the first is "".
func FieldNames() []string {
	names := []string{""}
	for i := 1; language().FieldName(i) != ""; i++ {
		names = append(names, language().FieldName(i))
	}
	return names
}
