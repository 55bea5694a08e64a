package evidence

import "github.com/awaitlint/awaitlint/analyzer/ops"

// A Change is one that a message makes by itself and does not take back
// before it ends well.
type Change struct {
	Site  ops.Site // of the last write to the place
	Place string
	Text  string // "X += 1"
	Log   bool   // no message that lasts does more than append to the place
}

// Leaves runs m alone and returns the changes that it leaves, in the order of
// their sites.
func (c *Canister) Leaves(m *Message) []Change {
	var out []Change
	for _, l := range c.system.Leaves(m.program) {
		ch := Change{Site: ops.Site(l.Site), Place: l.Place.Name, Log: l.Log, Text: l.Place.Name + " written"}
		if run, ok := c.system.Run(l.Example); ok {
			for _, w := range writesOf(run) {
				if w.site == ch.Site {
					ch.Text = w.text
				}
			}
		}
		out = append(out, ch)
	}
	return out
}
