package workflows

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// Figures are what supervision says of one committee or branch over some days
// (月督办季通报年考评). Filings and checks are counted by the meeting, all else
// by the case.
type Figures struct {
	Filed     int `json:"filed"`     // meetings filed and not withdrawn
	Checked   int `json:"checked"`   // of these, inspected
	Passed    int `json:"passed"`    // of the checked
	Failed    int `json:"failed"`    // of the checked, rectified since or not
	Overdue   int `json:"overdue"`   // cases with a step that the organization, or one below it, owes past its deadline
	Returned  int `json:"returned"`  // files returned for rectification
	Rectified int `json:"rectified"` // files and failed checks put right
	Open      int `json:"open"`      // supervision orders not closed
}

// String is the canonical form, in which circulars keep them:
// "filed=10 checked=3 passed=2 failed=1 overdue=4 returned=1 rectified=1 open=2".
func (f Figures) String() string {
	return fmt.Sprintf(figuresForm, f.Filed, f.Checked, f.Passed, f.Failed, f.Overdue, f.Returned, f.Rectified, f.Open)
}

const figuresForm = "filed=%d checked=%d passed=%d failed=%d overdue=%d returned=%d rectified=%d open=%d"

// ParseFigures reads the canonical form; ok is false for anything else, and
// for figures that cannot be: more checked than filed, or checks neither
// passed nor failed.
func ParseFigures(text string) (f Figures, ok bool) {
	_, err := fmt.Sscanf(text, figuresForm, &f.Filed, &f.Checked, &f.Passed, &f.Failed, &f.Overdue, &f.Returned, &f.Rectified, &f.Open)
	return f, err == nil && f.String() == text && f.Checked <= f.Filed && f.Passed+f.Failed == f.Checked &&
		min(f.Passed, f.Failed, f.Overdue, f.Returned, f.Rectified, f.Open) >= 0
}

// Shortfall is a stratum of a quarter of which fewer meetings, or meetings of
// fewer branches, were checked than its quota demands (抽查监督).
type Shortfall struct {
	Filed   int `json:"filed"`   // meetings held that count for the quota
	Checked int `json:"checked"` // of these
	Need    int `json:"need"`

	// Of branches; zeros in what was reported before they were counted.
	Branches     int `json:"branches,omitempty"` // that held these meetings
	Covered      int `json:"covered,omitempty"`  // of these, with a meeting checked
	NeedBranches int `json:"need_branches,omitempty"`
}

// String is the canonical form: "filed=11 checked=3 need=4", followed by
// " branches=8 covered=2 need_branches=3" where branches were counted.
func (s Shortfall) String() string {
	text := fmt.Sprintf(shortfallForm, s.Filed, s.Checked, s.Need)
	if s.NeedBranches != 0 {
		text += fmt.Sprintf(branchesForm, s.Branches, s.Covered, s.NeedBranches)
	}
	return text
}

const (
	shortfallForm = "filed=%d checked=%d need=%d"
	branchesForm  = " branches=%d covered=%d need_branches=%d"
)

// ParseShortfall reads the canonical form; ok is false for anything else, and
// where nothing is short.
func ParseShortfall(text string) (s Shortfall, ok bool) {
	_, err := fmt.Sscanf(text, shortfallForm+branchesForm, &s.Filed, &s.Checked, &s.Need, &s.Branches, &s.Covered, &s.NeedBranches)
	if err != nil {
		s = Shortfall{}
		_, err = fmt.Sscanf(text, shortfallForm, &s.Filed, &s.Checked, &s.Need)
	}
	sound := s.Checked >= 0 && s.Need <= s.Filed && s.Covered >= 0 && s.NeedBranches <= s.Branches
	return s, err == nil && s.String() == text && sound && (s.Checked < s.Need || s.Covered < s.NeedBranches)
}

// OpenOrders are supervision orders of one organization that are open at one
// level until one day, as a month's list shows them. They name no person.
type OpenOrders struct {
	Level  string        `json:"level"`
	Due    calendar.Date `json:"due,omitzero" format:"date"`
	Orders int           `json:"orders"`
}

// String is the canonical form: "urge/2026-11-05/2", with "-" for no day.
func (o OpenOrders) String() string {
	return fmt.Sprintf("%s/%s/%d", o.Level, dashed(o.Due.String()), o.Orders)
}

// OrderList are the open orders of one organization.
type OrderList []OpenOrders

// String is the canonical form: the orders in the order of their own forms,
// parted by blanks.
func (l OrderList) String() string {
	parts := make([]string, len(l))
	for i, o := range l {
		parts[i] = o.String()
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// ParseOrderList reads the canonical form; ok is false for anything else.
func ParseOrderList(text string) (l OrderList, ok bool) {
	for part := range strings.SplitSeq(text, " ") {
		level, rest, _ := strings.Cut(part, "/")
		day, count, _ := strings.Cut(rest, "/")
		n, err := strconv.Atoi(count)
		o := OpenOrders{Level: level, Orders: n}
		if err == nil && day != "-" {
			o.Due, err = calendar.Parse(day)
		}
		if err != nil || n < 1 || !register.Plain(level) {
			return nil, false
		}
		l = append(l, o)
	}
	return l, l.String() == text
}

func dashed(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// OfficeFigures are what an office holder did over some days, and how it
// turned out (谁审核谁负责、谁主办谁负责).
type OfficeFigures struct {
	Acts     int `json:"acts"`     // in cases of admission
	Returned int `json:"returned"` // files this office had passed on that were returned
	Failed   int `json:"failed"`   // meetings this office had recorded whose check failed
}

// String is the canonical form: "acts=12 returned=1 failed=0".
func (f OfficeFigures) String() string {
	return fmt.Sprintf(officeFiguresForm, f.Acts, f.Returned, f.Failed)
}

const officeFiguresForm = "acts=%d returned=%d failed=%d"

// ParseOfficeFigures reads the canonical form; ok is false for anything else.
func ParseOfficeFigures(text string) (f OfficeFigures, ok bool) {
	_, err := fmt.Sscanf(text, officeFiguresForm, &f.Acts, &f.Returned, &f.Failed)
	return f, err == nil && f.String() == text && min(f.Acts, f.Returned, f.Failed) >= 0
}

// uncanonical names the items whose text a reader does not take, and those
// whose key stands twice.
func uncanonical(items []Item, reads func(Item) bool) []Words {
	var out []Words
	seen := map[string]bool{}
	for _, it := range items {
		switch {
		case seen[it.Key]:
			out = append(out, Words{Zh: "重复:" + it.Key, En: it.Key + " stands twice"})
		case !reads(it):
			out = append(out, Words{Zh: "写法或数字有误:" + it.Key, En: it.Key + " is not written as it should be"})
		}
		seen[it.Key] = true
	}
	return out
}
