package model

import "testing"

// Equal keys have the same hash, or one that says nothing.
func TestHashOfKey(t *testing.T) {
	point := func(a, b field) Value { return Value{k: vAgg, o: &object{name: "Point", fields: []field{a, b}}} }
	x, y := field{"x", Int(3)}, field{"y", Text("a")}
	w := newWorld(&System{}, &chooser{}, domain{})
	open := Value{k: vLazy, l: w.lazy(fromState, nil)}
	three := Value{k: vLazy, l: w.lazy(fromState, nil)}
	three.l.shape, three.l.n = shInt, 3
	keys := []Value{
		{}, Unit(), Default(), Bool(false), Bool(true), Int(0), Int(1), Int(3), three, keyValue(1), keyValue(3), Text(""), Text("a"),
		Variant("None"), Variant("Some", Int(3)), Variant("Some", three), Variant("Some", Int(0)), Variant("Some", Default()),
		point(x, y), point(y, x), point(x, field{"y", open}), open, Variant("()", Int(1), keyValue(2)), Variant("()", Int(2), keyValue(1)),
		emptyList, emptyMap, w.list([]Value{Int(1)}), {k: vText, o: &object{name: freshID, fields: []field{{"0", Int(0)}, {"1", Int(1)}}}},
	}
	apart := 0
	for _, a := range keys {
		for _, b := range keys {
			same := sameHash(hashOfKey(a), hashOfKey(b))
			if equal(a, b) && !same {
				t.Errorf("%s and %s are equal, their hashes %d and %d", a, b, hashOfKey(a), hashOfKey(b))
			}
			if !same {
				apart++
			}
		}
	}
	if apart < len(keys)*len(keys)/2 {
		t.Errorf("hashes tell only %d pairs apart", apart)
	}
}
