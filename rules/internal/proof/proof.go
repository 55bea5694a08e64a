// Package proof hands the messages of a canister to the segment model, once
// for all rules.
package proof

import (
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/effects"
	"github.com/awaitlint/awaitlint/analyzer/evidence"
)

// Analyzer gives the evidence.Canister of a pass: all messages, those
// without SSA included, since the model reads the operations. The view of one
// message is Message(m.Input.Func).
var Analyzer = &analysis.Analyzer{
	Name:       "proof",
	Doc:        "the messages of a canister as programs of the segment model",
	Requires:   []*analysis.Analyzer{effects.Analyzer},
	ResultType: reflect.TypeFor[*evidence.Canister](),
	Run:        run,
}

func run(pass *analysis.Pass) (any, error) {
	c := pass.ResultOf[effects.Analyzer].(*effects.Canister)
	var messages []*evidence.Message
	add := func(in effects.Input, alone bool) {
		messages = append(messages, &evidence.Message{Alone: alone, Func: in.Func, Endpoint: in.Entry, Lasts: in.Lasts, Looks: in.Looks, Anonymous: in.Anonymous, Assumed: in.Assumed})
	}
	waits := false
	for _, m := range c.Messages {
		add(m.Input, c.Alone(m))
		waits = waits || slices.ContainsFunc(m.Awaits, (*effects.Await).Commits)
	}
	if waits && c.Around != nil {
		for _, in := range c.Around() {
			add(in, false)
		}
	}
	model := evidence.New(messages)
	model.Clock = c.Clock
	return model, nil
}
