package nearest

import "testing"

func TestDidYouMean(t *testing.T) {
	names := []string{"stale-write", "stale-check", "trap-after-commit"}
	for typed, want := range map[string]string{
		"stale-chek":        `, did you mean "stale-check"?`,
		"stalewrite":        `, did you mean "stale-write"?`,
		"trapped":           "",
		"":                  "",
		"trap-after-comit":  `, did you mean "trap-after-commit"?`,
		"something-else-at": "",
	} {
		if got := DidYouMean(typed, names); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", typed, got, want)
		}
	}
}
