// Package rules lists the rules of awaitlint.
package rules

import (
	"golang.org/x/tools/go/analysis"

	"github.com/awaitlint/awaitlint/analyzer/finding"
	"github.com/awaitlint/awaitlint/rules/borrowacrossawait"
	"github.com/awaitlint/awaitlint/rules/callerafterawait"
	"github.com/awaitlint/awaitlint/rules/forbiddencall"
	"github.com/awaitlint/awaitlint/rules/guardbypassed"
	"github.com/awaitlint/awaitlint/rules/guarddropped"
	"github.com/awaitlint/awaitlint/rules/guardtoolate"
	"github.com/awaitlint/awaitlint/rules/ignoredresult"
	"github.com/awaitlint/awaitlint/rules/lockleak"
	"github.com/awaitlint/awaitlint/rules/locksurvivesupgrade"
	"github.com/awaitlint/awaitlint/rules/missingrollback"
	"github.com/awaitlint/awaitlint/rules/overlappingtask"
	"github.com/awaitlint/awaitlint/rules/querywrite"
	"github.com/awaitlint/awaitlint/rules/splitupdate"
	"github.com/awaitlint/awaitlint/rules/stalecheck"
	"github.com/awaitlint/awaitlint/rules/stalerollback"
	"github.com/awaitlint/awaitlint/rules/stalewrite"
	"github.com/awaitlint/awaitlint/rules/trapaftercommit"
	"github.com/awaitlint/awaitlint/rules/unawaitedcall"
	"github.com/awaitlint/awaitlint/rules/unknownoutcome"
	"github.com/awaitlint/awaitlint/rules/untrustedwait"
	"github.com/awaitlint/awaitlint/rules/unusedsuppression"
)

// A Rule is an analyzer and what every output says of it. One rule has no
// analyzer, see unusedsuppression.Rule.
type Rule struct {
	Analyzer *analysis.Analyzer
	Meta     finding.Rule
}

// All returns every rule in the order of the catalogue: races first, then what
// survives a failure, guards and locks, and the context of a message.
func All() []*Rule { return all }

var all = []*Rule{
	{stalewrite.Analyzer, stalewrite.Rule},
	{stalecheck.Analyzer, stalecheck.Rule},
	{stalerollback.Analyzer, stalerollback.Rule},
	{overlappingtask.Analyzer, overlappingtask.Rule},
	{splitupdate.Analyzer, splitupdate.Rule},
	{missingrollback.Analyzer, missingrollback.Rule},
	{trapaftercommit.Analyzer, trapaftercommit.Rule},
	{unknownoutcome.Analyzer, unknownoutcome.Rule},
	{ignoredresult.Analyzer, ignoredresult.Rule},
	{guarddropped.Analyzer, guarddropped.Rule},
	{guardtoolate.Analyzer, guardtoolate.Rule},
	{guardbypassed.Analyzer, guardbypassed.Rule},
	{lockleak.Analyzer, lockleak.Rule},
	{locksurvivesupgrade.Analyzer, locksurvivesupgrade.Rule},
	{borrowacrossawait.Analyzer, borrowacrossawait.Rule},
	{querywrite.Analyzer, querywrite.Rule},
	{forbiddencall.Analyzer, forbiddencall.Rule},
	{unawaitedcall.Analyzer, unawaitedcall.Rule},
	{untrustedwait.Analyzer, untrustedwait.Rule},
	{callerafterawait.Analyzer, callerafterawait.Rule},
	{nil, unusedsuppression.Rule},
}
