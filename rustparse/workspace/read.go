package workspace

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/awaitlint/awaitlint/rustparse"
)

// maxFile bounds the bytes of one source file, as the parser does; a longer one is generated
// data.
const maxFile = 16 << 20

// readFile returns the text of a regular file. Pipes and devices are never
// opened: reading them might not end.
func readFile(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", plainError(err)
	}
	switch {
	case info.IsDir():
		return "", errors.New("is a folder, not a file")
	case !info.Mode().IsRegular():
		return "", fmt.Errorf("is %s, not a file: not opened", special(info.Mode()))
	case info.Size() > maxFile:
		return "", fmt.Errorf("is larger than %d MB: not read", maxFile>>20)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", plainError(err)
	}
	return checkText(text)
}

// checkText refuses text that is not a source file. Invalid UTF-8 is left to
// the parser, which reports it where it stands and keeps all offsets true.
func checkText(text []byte) (string, error) {
	switch {
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}) || bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		return "", errors.New("is UTF-16 text: save it as UTF-8")
	case bytes.IndexByte(text, 0) >= 0:
		return "", errors.New("is a binary file: it contains NUL bytes")
	}
	return string(text), nil
}

func special(m fs.FileMode) string {
	switch {
	case m&fs.ModeNamedPipe != 0:
		return "a named pipe"
	case m&fs.ModeSocket != 0:
		return "a socket"
	case m&fs.ModeDevice != 0:
		return "a device"
	}
	return "a special file"
}

// plainError says in plain words why the system refused a path, without repeating it.
func plainError(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return errors.New("no such file or folder")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("permission denied")
	case errors.Is(err, syscall.ELOOP):
		return errors.New("symbolic links form a loop")
	}
	var pe *fs.PathError
	if errors.As(err, &pe) {
		return pe.Err
	}
	return err
}

// skipFolder reports whether a folder is left out of walks: build output,
// packages of other languages, hidden folders.
func skipFolder(name string) bool {
	return name == "target" || name == "node_modules" || strings.HasPrefix(name, ".") && len(name) > 1
}

// walk calls visit for every regular file below dir, in lexical order.
// Symbolic links are followed; one that leads back into a folder around it is
// reported and not followed.
func (l *loader) walk(dir string, skip func(name string) bool, visit func(path string)) {
	var step func(dir string, around []fs.FileInfo)
	step = func(dir string, around []fs.FileInfo) {
		self, err := os.Stat(dir)
		if err != nil {
			l.fatal(dir, plainError(err).Error())
			return
		}
		for _, a := range around {
			if os.SameFile(a, self) {
				l.problem(dir, "symbolic link leads back to a folder around it: not followed")
				return
			}
		}
		around = append(around[:len(around):len(around)], self)
		entries, err := os.ReadDir(dir)
		if err != nil {
			l.fatal(dir, plainError(err).Error())
			return
		}
		for _, e := range entries {
			path := filepath.Join(dir, e.Name())
			mode := e.Type()
			if mode&fs.ModeSymlink != 0 {
				info, err := os.Stat(path)
				if err != nil {
					// A dangling link to something else than Rust is no concern of ours.
					if strings.HasSuffix(path, ".rs") || errors.Is(err, syscall.ELOOP) {
						l.fatal(path, plainError(err).Error())
					}
					continue
				}
				mode = info.Mode()
			}
			switch {
			case mode.IsDir():
				if !skip(e.Name()) {
					step(path, around)
				}
			case mode.IsRegular() || strings.HasSuffix(path, ".rs"):
				visit(path)
			}
		}
	}
	step(dir, nil)
}

// A source is one text to parse: a file, or a text that is already there.
type source struct {
	path  string // unique; of files absolute
	file  string // the file it stands in: path, but for listings the Markdown file
	shown string
	text  string
	have  bool // text is set; nothing to read
	stars bool // formatting marks may be ignored (Markdown listings)

	tree *rustparse.Tree
	err  error
	note string
}

// parse reads and parses s.
func (s *source) parse(p *rustparse.Parser) {
	if !s.have {
		if s.text, s.err = readFile(s.path); s.err != nil {
			return
		}
	}
	s.tree = p.Parse(s.shown, s.text)
	if s.stars {
		s.mend(p)
	}
	s.text = ""
}

// mend parses a listing again with what articles get wrong put right, as long
// as that leaves less unread. Every repair keeps the length of the text.
func (s *source) mend(p *rustparse.Parser) {
	for _, m := range []struct {
		repair func(string) (string, bool)
		note   string
	}{
		{dropStars, "formatting marks (**) inside the listing were ignored"},
		{readHyphens, "`thread-local!` was read as `thread_local!`"},
	} {
		if len(s.tree.Problems) == 0 {
			return
		}
		plain, ok := m.repair(s.text)
		if !ok {
			continue
		}
		if again := p.Parse(s.shown, plain); damage(again) < damage(s.tree) {
			s.tree, s.text = again, plain
			if s.note != "" {
				s.note += "; "
			}
			s.note += m.note
		}
	}
}

// damage measures how much of a text could not be read: the bytes in Error
// nodes, and one more for each problem, since one Error can swallow a listing.
func damage(t *rustparse.Tree) int {
	sum := len(t.Problems)
	for n := rustparse.Node(1); int(n) < t.Len(); n++ {
		if t.Kind(n) == rustparse.Error && (t.Parent(n) == 0 || t.Kind(t.Parent(n)) != rustparse.Error) {
			sum += int(t.End(n) - t.Start(n))
		}
	}
	return sum
}
