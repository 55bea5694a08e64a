package model
func Identity(v Value) string { return v.identity() }
