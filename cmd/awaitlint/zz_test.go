package main
import ("testing";"os";"io")
func TestZZ(t *testing.T){ d:=os.Getenv("ZZ"); if d=="" {t.Skip()}; run([]string{d}, nil, io.Discard, io.Discard)}
