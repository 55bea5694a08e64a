package page

import "testing"

func TestMarkdown(t *testing.T) {
	const doc = "// Package x reports a danger.\n//\n// # Bad\n//\n//\tfn f() {\n//\n//\t    call();\n//\t}\n//\n// Then:\n//\n//\tA  f()   waits\n//\n// So `*x` is _x_:\n//\n//   - one\n//   - two\npackage x\n"
	const want = "Reports a danger.\n\n## Bad\n\n```rust\nfn f() {\n\n    call();\n}\n```\n\nThen:\n\n```text\nA  f()   waits\n```\n\nSo `*x` is \\_x\\_:\n\n  - one\n  - two\n"
	if got := Markdown(doc); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
