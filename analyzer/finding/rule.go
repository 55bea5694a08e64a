package finding

// A Rule is the metadata of a rule; every output reads it.
type Rule struct {
	ID       string // "stale-write"
	Title    string // one line, no full stop: "value read before an await is written back after it"
	Level    Level  // of a confirmed finding
	Default  bool   // on unless selected off
	CWE      []int  // 362, 367 …
	Tags     []string
	Severity string // GitHub's security-severity, "7.5"; "" if not a security rule
	Doc      string // the page: Markdown, from the package's doc.go
	Help     string // how to mend it, in one sentence
}
