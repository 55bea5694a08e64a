package canister_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/awaitlint/awaitlint/analyzer/canister"
	"github.com/awaitlint/awaitlint/analyzer/knowledge"
	"github.com/awaitlint/awaitlint/rustparse/workspace"
)

// find gives the canisters of a workspace in the form of a txtar archive.
func find(t *testing.T, archive string) []*canister.Canister {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		path := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ws, err := workspace.Load([]string{dir}, workspace.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return canister.Find(ws, knowledge.Default())
}

const linking = `
-- Cargo.toml --
[workspace]
members = ["*"]
-- users/Cargo.toml --
[package]
name = "users"
[dependencies]
ic-cdk = "0.18"
-- users/src/lib.rs --
#[ic_cdk::update]
fn add_user() {}
pub fn link() {}
-- admin/Cargo.toml --
[package]
name = "admin"
[dependencies]
ic-cdk = "0.18"
-- admin/src/lib.rs --
#[ic_cdk::update]
fn add_admin() {}
-- whole/Cargo.toml --
[package]
name = "whole"
[lib]
crate-type = ["cdylib"]
[dependencies]
users = { path = "../users" }
admin = { path = "../admin" }
-- whole/src/lib.rs --
pub use users;
pub use admin;
-- part/Cargo.toml --
[package]
name = "part"
[lib]
crate-type = ["cdylib"]
[dependencies]
users = { path = "../users" }
admin = { path = "../admin" }
ic-cdk = "0.18"
-- part/src/lib.rs --
// One dependency is for another program of the package.
use users as _;
#[ic_cdk::query]
fn count() {}
-- program/Cargo.toml --
[package]
name = "program"
[dependencies]
users = { path = "../users" }
admin = { path = "../admin" }
-- program/src/main.rs --
use admin as _;
fn main() { users::link() }
-- tests/Cargo.toml --
[package]
name = "tests"
[dependencies]
users = { path = "../users" }
-- tests/src/lib.rs --
pub fn start() { users::link() }
`

// A canister has entry points of its own, or links several libraries that
// have some; a program that talks to canisters is none.
func TestFind(t *testing.T) {
	var got []string
	for _, c := range find(t, linking) {
		var names []string
		for _, e := range c.Entries {
			names = append(names, e.Name)
		}
		got = append(got, fmt.Sprintf("%s: %s", c.Name(), strings.Join(names, " ")))
	}
	slices.Sort(got)
	want := []string{"admin: add_admin", "part: add_user count", "users: add_user", "whole: add_admin add_user"}
	if !slices.Equal(got, want) {
		t.Errorf("canisters\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
