package main

import (
	"path"
	"strings"

	"github.com/awaitlint/awaitlint/analyzer/nearest"
	"github.com/awaitlint/awaitlint/rules"
)

// chosen returns the rules of this run: those selected, else the default
// ones, less those ignored, in catalogue order. A name that fits no rule is a mistake, for a
// rule that silently does not run looks like clean code.
func (c *command) chosen() ([]*rules.Rule, error) {
	for _, list := range [][]string{c.selected, c.ignored} {
		for _, pattern := range list {
			if err := checkPattern(pattern); err != nil {
				return nil, err
			}
		}
	}
	var out []*rules.Rule
	for _, r := range rules.All() {
		on := r.Meta.Default
		if len(c.selected) > 0 {
			on = matchesAny(c.selected, r.Meta.ID)
		}
		if on && !matchesAny(c.ignored, r.Meta.ID) {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, usagef("--select and --ignore leave no rule to run")
	}
	return out, nil
}

func matchesAny(patterns []string, id string) bool {
	for _, p := range patterns {
		if ok, err := path.Match(strings.TrimSpace(p), id); ok && err == nil {
			return true
		}
	}
	return false
}

func checkPattern(pattern string) error {
	for _, r := range rules.All() {
		if matchesAny([]string{pattern}, r.Meta.ID) {
			return nil
		}
	}
	return unknownRule(strings.TrimSpace(pattern))
}

func unknownRule(name string) error {
	return usagef("no rule %q%s (awaitlint rules lists them)", name, nearest.DidYouMean(name, ruleIDs()))
}

func ruleIDs() []string {
	var ids []string
	for _, r := range rules.All() {
		ids = append(ids, r.Meta.ID)
	}
	return ids
}
