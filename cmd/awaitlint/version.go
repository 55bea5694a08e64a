package main

import "runtime/debug"

// version is set by releases: -ldflags "-X main.version=1.2.3".
var version = ""

// toolVersion returns the version of a release, else that of the module, else
// "devel".
func toolVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "devel"
}
