// Package workflows is the regulation: who may do what in which stage, under
// which article, until when. It holds sentences, conditions in words, the
// national floor, the county profiles and the statute, and no mechanism; the
// engine reads it.
//
// Numbers are national floors that a county profile may tighten. What was not
// seen in the text of a rule is a parameter marked "county to confirm".
package workflows

import "jinchu/engine"

// All returns every workflow of the regulation, fresh and not yet compiled.
func All() []*engine.Workflow {
	return []*engine.Workflow{Admission(), Quarters(), SpotChecks(), Campaigns(), Supervision(), Circular(), Assessment(), AccountabilityCase(),
		Withdrawal(), Suspension()}
}
