package model

import "testing"

// A program holds what decides about something and nothing else.
func TestSlim(t *testing.T) {
	for _, c := range []struct{ name, fat, slim string }{ // slim: the same without it; "" where all is needed
		{"copies of an argument", `fn f(a: int) { let b = a; let c = b; await move pay(c); X = X - c; }`,
			`fn f(a: int) { await move pay(a); X = X - a; }`},
		{"a line of a log", `fn f(a: int) { let line = X == a; if a > 3 { let more = line; } await move pay(a); X = X - a; }`,
			`fn f(a: int) { await move pay(a); X = X - a; }`},
		{"a copy set on one way only stays", `fn f() { let b = 1; if X > 3 { let b = 2; } X = b; }`, ``},
		{"a copy that is changed stays", `fn f() { let b = 9; while b > 0 { let b = b - 1; } }`, ``},
		{"a local that is changed in place stays", `fn f() { let b = X; b.push(1); X = b; }`, ``},
		{"a division may trap", `fn f() { X / Y; }`, ``},
		{"an assertion may trap", `fn f() { assert X > 3; }`, ``},
	} {
		size := func(text string) int {
			fs, _ := parseScript(t, text)
			return len(Compile(fs["f"]).code)
		}
		if c.slim == "" {
			fs, _ := parseScript(t, c.fat)
			if got, want := stepsIn(slim(fs["f"]).body), stepsIn(fs["f"].Body); got != want {
				t.Errorf("%s: %d steps of %d are left", c.name, got, want)
			}
			continue
		}
		if got, want := size(c.fat), size(c.slim); got != want {
			t.Errorf("%s: %d instructions, want %d", c.name, got, want)
		}
	}
}

func stepsIn(steps []*Step) int {
	n := len(steps)
	for _, st := range steps {
		n += stepsIn(st.Body) + stepsIn(st.Else)
	}
	return n
}
