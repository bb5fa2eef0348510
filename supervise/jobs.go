package supervise

import (
	"slices"

	"jinchu/engine"
	"jinchu/workflows"
)

// Ladder is the job that raises whatever no other job does, and the levels of
// the orders themselves.
const Ladder = "overdue-ladder"

// Job is a named job of the timetable that raises deadlines.
type Job struct {
	Key   string
	Words engine.Words

	stages  []string // of the workflow of admission; nil is all
	actions []engine.Action
}

var (
	beforeMeeting = []string{workflows.Qualified.Key, workflows.Filed.Key}
	converting    = []string{workflows.ConversionApplied.Key, workflows.OpinionsCollected.Key, workflows.ConversionNotice.Key,
		workflows.ConversionNoticed.Key, workflows.ConversionScreened.Key, workflows.ConversionFiled.Key, workflows.ConversionNotAdopted.Key}
)

// Jobs are the named jobs, each with the deadlines it raises; the last one has
// all the others.
var Jobs = []Job{
	job("half-year-reviews", "半年考察", "half-year reviews", nil, workflows.HalfYearReview),
	job("notice-ends", "公示期满", "notice ends", nil, workflows.CloseNotice, workflows.CloseConversionNotice),
	job("prereview-expiry", "预审后一个月内开会", "expiry of the pre-review", beforeMeeting, workflows.RecordMeeting),
	job("approval-limits", "审批时限(三个月、六个月)", "limits of approval", nil, workflows.Approve, workflows.LapseApproval,
		workflows.ApproveConversion, workflows.ApproveExtension, workflows.ApproveCancellation),
	job("county-filing", "报组织部备案", "filing with the county", nil, workflows.FileWithCounty),
	job("oath", "入党宣誓", "oath", nil, workflows.RecordOath),
	job("probation-expiry", "预备期满", "expiry of probation", append([]string{workflows.Probationary.Key}, converting...), workflows.ApplyConversion, workflows.RecordMeeting),
	job("archive", "归档", "archive", nil, workflows.Archive),
	job(Ladder, "逾期督办", "overdue ladder", nil),
}

func job(key, zh, en string, stages []string, actions ...engine.Action) Job {
	return Job{Key: key, Words: engine.Words{Zh: zh, En: en}, stages: stages, actions: actions}
}

// Owner is the job that raises a deadline: exactly one of [Jobs].
func Owner(workflow, stage, action string) string {
	for _, j := range Jobs {
		if workflow == "admission" && (j.stages == nil || slices.Contains(j.stages, stage)) &&
			slices.ContainsFunc(j.actions, func(a engine.Action) bool { return a.Key == action }) {
			return j.Key
		}
	}
	return Ladder
}

// Owns reports whether the job raises a deadline; it is the filter of [Sweep].
func (j Job) Owns(workflow, stage, action string) bool {
	return Owner(workflow, stage, action) == j.Key
}
