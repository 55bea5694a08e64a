// Package proof hands the messages of a canister to the segment model, once
// for all rules.
package proof

import (
	"reflect"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
)

// Analyzer builds the [Canister] of a pass.
var Analyzer = &analysis.Analyzer{
	Name:       "proof",
	Doc:        "the messages of a canister as programs of the segment model",
	Requires:   []*analysis.Analyzer{effects.Analyzer},
	ResultType: reflect.TypeFor[*Canister](),
	Run: func(pass *analysis.Pass) (any, error) {
		return New(pass.ResultOf[effects.Analyzer].(*effects.Canister)), nil
	},
}

// A Canister is the model's view of a canister.
type Canister struct {
	*evidence.Canister
	of map[*effects.Message]*evidence.Message
}

// New makes the model's view of c. Messages whose SSA could not be built are part of it:
// the model reads the operations.
func New(c *effects.Canister) *Canister {
	p := &Canister{Canister: &evidence.Canister{}, of: map[*effects.Message]*evidence.Message{}}
	for _, m := range c.Messages {
		e := &evidence.Message{Func: m.Input.Func, Endpoint: m.Entry()}
		p.Messages = append(p.Messages, e)
		p.of[m] = e
	}
	return p
}

// Message returns the model's view of m.
func (c *Canister) Message(m *effects.Message) *evidence.Message { return c.of[m] }
