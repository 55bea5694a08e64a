package report

// A style is how a piece of text is meant; a [painter] knows how it looks.
type style uint8

const (
	plain style = iota
	errorStyle
	warningStyle
	noteStyle
	frameStyle // gutter, line numbers, secondary underlines
	headStyle
	addStyle
	removeStyle
	faintStyle
)

// ansi are the select-graphic-rendition codes of the styles, after rustc's.
var ansi = [...]string{
	errorStyle:   "\x1b[1;31m",
	warningStyle: "\x1b[1;33m",
	noteStyle:    "\x1b[1;36m",
	frameStyle:   "\x1b[1;34m",
	headStyle:    "\x1b[1m",
	addStyle:     "\x1b[32m",
	removeStyle:  "\x1b[31m",
	faintStyle:   "\x1b[2m",
}

// A painter colours text, or leaves it alone.
type painter bool

func (p painter) paint(s style, text string) string {
	if !p || s == plain || text == "" {
		return text
	}
	return ansi[s] + text + "\x1b[0m"
}
