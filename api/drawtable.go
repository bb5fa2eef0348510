package api

import (
	"strings"

	"jinchu/papers"
)

// The tables of the draw, for printing and passing on.

func sampleTable(s *SampleView, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("抽查清单 ", "Checks of ") + string(s.Quarter),
		Columns: l.columns("备案编号", "filing", "大会时间", "meeting", "支部编号", "branch", "支部", "branch name", "党委编号", "committee", "党委", "committee name",
			"抽样层", "stratum", "案件", "case", "抽查件", "check", "抽中原因", "reason", "抽查方式", "method", "现状", "stage", "已变更方式或人员", "overridden", "登记日期", "recorded on")}
	for i := range s.Checks {
		c := &s.Checks[i]
		t.Rows = append(t.Rows, []any{string(c.Filing), minute(c.Meeting), string(c.Branch), c.BranchName, string(c.Committee), c.CommitteeName,
			c.Stratum, string(c.Case), string(c.Check), l.name(c.Reason), l.name(c.Method), l.name(c.Stage.Named), l.yes(c.Overridden), c.On})
	}
	return t
}

func filingsTable(f *FilingsView, en bool) *papers.Table {
	l := lingo{en}
	t := &papers.Table{Title: l.say("会议备案 ", "Filings of ") + string(f.Quarter),
		Columns: l.columns("备案编号", "filing", "序号", "number", "支部编号", "branch", "党委编号", "committee", "抽样层", "stratum", "大会时间", "meeting",
			"备案日期", "filed on", "案件", "cases", "现状", "state", "时点", "point", "撤回时末号", "last number when withdrawn")}
	for i := range f.Filings {
		one := &f.Filings[i]
		t.Rows = append(t.Rows, []any{string(one.ID), one.N, string(one.Branch), string(one.Committee), one.Stratum, minute(one.Meeting), one.FiledOn,
			strings.Join(one.Cases, "\n"), l.state(one.State), numberOrBlank(one.Point), numberOrBlank(one.Withdrawn)})
	}
	return t
}

func (l lingo) state(state string) string {
	switch state {
	case "held":
		return l.say("已召开", "held")
	case "withdrawn":
		return l.say("已撤回", "withdrawn")
	}
	return l.say("待召开或待登记", "standing")
}

// minute is a moment as tables write it.
func minute(moment string) string { return strings.Replace(moment, "T", " ", 1) }

func numberOrBlank(n int) any {
	if n == 0 {
		return nil
	}
	return n
}
