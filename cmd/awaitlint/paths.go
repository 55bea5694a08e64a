package main

import (
	"path/filepath"
	"strings"
)

// expand gives the paths to read: the working directory if none is named.
// FOLDER/... is FOLDER, which stands for all that lies in it anyway; it is
// what the fingers of Go users type.
func expand(args []string) []string {
	if len(args) == 0 {
		return []string{"."}
	}
	var out []string
	for _, arg := range args {
		if arg == "..." {
			arg = "."
		} else if dir, ok := strings.CutSuffix(filepath.ToSlash(arg), "/..."); ok {
			arg = filepath.FromSlash(dir)
		}
		out = append(out, arg)
	}
	return out
}
