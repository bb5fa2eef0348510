package story

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"jinchu/calendar"
	"jinchu/register"
)

const nineOClock = 9 * time.Hour

// step is one act of the plain way.
type step struct {
	action string
	to     string // the stage it leads to, "" where it stays
	who    who
	still  func(w *way) bool // it is done as long as this holds; nil is once
	when   func(w *way) calendar.Date
	gives  map[string]give
}

// give is the value of a field as a story would write it.
type give func(w *way) (string, error)

func text(s string) give { return func(*way) (string, error) { return s, nil } }

// Who acts on the plain way.
var (
	branch = of(func(w *way) *register.Org { return w.r.names.org(w.state.Org) },
		register.BranchSecretary, register.OrgCommissioner)
	committee = of(approving, register.CommitteeReviewer, register.CommitteeSecretary)
	county    = of(func(w *way) *register.Org { return w.r.names.orgs["county"] },
		register.CountyReviewer, register.CountyHead)
	department = of(func(w *way) *register.Org { return w.r.names.department(owing(w)) }, register.DepartmentOfficer)
)

func approving(w *way) *register.Org {
	return w.above(func(o *register.Org) bool { return o.Approves })
}

// deliberating is the general branch, or the committee without power to
// approve, between the branch and the approving committee; nil for none.
func deliberating(w *way) *register.Org {
	o := w.above(func(o *register.Org) bool {
		return o.Kind == register.GeneralBranch || o.Kind == register.Committee
	})
	if o == nil || o.Approves {
		return nil
	}
	return o
}

// deliberator is the secretary of the body that deliberates.
func deliberator(w *way) (*register.Office, error) {
	if o := deliberating(w); o != nil && o.Kind == register.Committee {
		return of(deliberating, register.CommitteeSecretary)(w)
	}
	return of(deliberating, register.GeneralBranchChief)(w)
}

// department is the consulted department with a duty.
func (n *names) department(d register.Duty) *register.Org {
	for _, o := range n.orgs {
		if o.Kind == register.Department && o.Duty == d {
			return o
		}
	}
	return nil
}

// committeeVote is a decision all members of the committee agree to.
var committeeVote = map[string]give{"committee_members": text("9"), "committee_yes": text("9")}

// plainWay is what is done in each stage, the last step leading on.
var plainWay = map[string][]step{
	"applied":           {{action: "record-talk", to: "talked", who: branch, gives: map[string]give{"talker": members(1)}}},
	"talked":            {{action: "recommend", to: "activist-proposed", who: branch, when: waited, gives: map[string]give{"way": text("members")}}},
	"activist-proposed": {{action: "decide-activist", to: "activist-decided", who: branch, gives: map[string]give{"body": body}}},
	"activist-decided":  {{action: "file-activist", to: "activist", who: committee}},
	"activist":          {{action: "assign-contacts", to: "cultivating", who: branch, gives: map[string]give{"contacts": members(2)}}},
	"cultivating": {
		{action: "half-year-review", who: branch, still: reviewLacks, when: reviewDay, gives: map[string]give{"opinion": text("表现良好")}},
		{action: "propose-target", to: "target-proposed", who: branch, when: cultivated, gives: map[string]give{"body": body, "heard": text("all")}},
	},
	"target-proposed": {
		{action: "file-target", to: "development-target", who: committee, still: before2026},
		{action: "consent-target", to: "target-consented", who: committee},
	},
	"target-consented": {{action: "post-notice", to: "notice-running", who: branch, gives: map[string]give{"where": text("村务公开栏")}}},
	"notice-running":   {{action: "close-notice", to: "development-target", who: branch, when: noticeOver}},
	"development-target": {
		{action: "assign-introducers", who: branch, still: lacks("introducers"), gives: map[string]give{"introducers": members(2), "consented": text("yes")}},
		{action: "record-political-review", who: branch, still: notReviewed, gives: map[string]give{"conclusion": text("pass"), "methods": text("all"), "places": text("all")}},
		{action: "record-training", who: committee, still: lacks("assessed"), gives: map[string]give{"assessed": text("pass"), "days": trainingDays, "hours": trainingHours}},
		{action: "screen", to: "screened", who: branch, gives: map[string]give{"body": body}},
	},
	"screened": {
		{action: "ask-opinion", who: committee, still: notAsked, gives: map[string]give{"departments": text("all")}},
		{action: "answer-opinion", who: department, still: func(w *way) bool { return owing(w) != "" }, gives: map[string]give{"result": text("none")}},
		{action: "record-visit", who: committee, still: lacks("visit"), gives: map[string]give{"visit": text("已走访支部")}},
		{action: "pass-review", to: "reviewed", who: committee},
	},
	"reviewed":  {{action: "qualify", to: "qualified", who: county}},
	"returned":  {{action: "rectify", to: "development-target", who: branch, gives: map[string]give{"fixed": fixed}}},
	"qualified": {{action: "file-meeting", to: "filed", who: branch, gives: map[string]give{"time": meetingTime, "place": text("支部会议室")}}},
	"filed":     {{action: "record-meeting", to: "adopted", who: branch, when: filedFor, gives: map[string]give{"present": (*way).eligible, "yes": (*way).eligible}}},
	"adopted": {
		{action: "deliberate", who: deliberator, still: notDeliberated, gives: map[string]give{"deliberation": text("同意")}},
		{action: "submit-dossier", to: "submitted", who: branch},
	},
	"submitted": {
		{action: "committee-talk", who: committee, still: lacks("talk_opinion"), gives: map[string]give{"talk_opinion": text("同意")}},
		{action: "approve", to: "probationary", who: committee, gives: committeeVote},
	},
	"probationary": {
		{action: "file-with-county", who: county, still: undone("file-with-county")},
		{action: "assign-group", who: branch, still: undone("assign-group")},
		{action: "record-oath", who: branch, still: undone("record-oath")},
		{action: "probation-review", who: branch, still: reviewDue, when: probationReview, gives: map[string]give{"opinion": text("表现良好")}},
		{action: "apply-conversion", to: "conversion-applied", who: branch, when: beforeExpiry, gives: map[string]give{"application": text("申请转正")}},
	},
	"conversion-applied": {{action: "collect-opinions", to: "opinions-collected", who: branch, gives: map[string]give{"opinions_of": text("all")}}},
	"opinions-collected": {
		{action: "post-conversion-notice", to: "conversion-notice", who: branch, still: conversionNotice},
		{action: "screen-conversion", to: "conversion-screened", who: branch, gives: map[string]give{"body": body}},
	},
	"conversion-notice":   {{action: "close-conversion-notice", to: "conversion-noticed", who: branch, when: noticeOver}},
	"conversion-noticed":  {{action: "screen-conversion", to: "conversion-screened", who: branch, gives: map[string]give{"body": body}}},
	"conversion-screened": {{action: "file-meeting", to: "conversion-filed", who: branch, gives: map[string]give{"time": meetingTime, "place": text("支部会议室")}}},
	"conversion-filed": {{action: "record-meeting", to: "voted-convert", who: branch, when: filedFor,
		gives: map[string]give{"present": (*way).eligible, "yes": (*way).eligible, "resolution": text("convert")}}},
	"voted-convert": {
		{action: "deliberate", who: deliberator, still: notDeliberated, gives: map[string]give{"deliberation": text("同意")}},
		{action: "approve-conversion", to: "full-member", who: committee, gives: committeeVote},
	},
	"full-member": {{action: "archive", to: "archived", who: committee, gives: map[string]give{"papers": text("all"), "keeper": text("committee")}}},
}

func lacks(field string) func(*way) bool { return func(w *way) bool { return !w.has(field) } }

func undone(action string) func(*way) bool {
	return func(w *way) bool { return w.last(action).IsZero() }
}

// body is the meeting that decides in the branch.
func body(w *way) (string, error) {
	if o := w.r.names.org(w.state.Org); o != nil && !o.Committee {
		return "general-meeting", nil
	}
	return "branch-committee", nil
}

func before2026(w *way) bool {
	v := w.param("edition.2026_from")
	from, err := calendar.Parse(fmt.Sprintf("%04d-%02d-%02d", v/10000, v/100%100, v%100))
	return err == nil && w.c.lastDay.AddDays(1).Before(from)
}

func waited(w *way) calendar.Date {
	return calendar.Max(w.c.lastDay.AddDays(1), w.date("received").AddMonths(w.param("activist.min_wait_months")))
}

// cultivated is the first day on which the listing can be proposed.
func cultivated(w *way) calendar.Date {
	return calendar.Max(w.c.lastDay, w.last("file-activist").AddMonths(w.param("cultivation.min_months")))
}

// leaving is the day on which cultivation is to end.
func leaving(w *way) calendar.Date {
	day := cultivated(w)
	if w.stage == "target-proposed" {
		day = calendar.Max(day, w.on)
	}
	return day
}

// reviewDay is the last day of the first full window without a review, counted
// from the listing as activist or a later return to cultivation; zero
// where none is lacking on the day cultivation is to end.
func reviewDay(w *way) calendar.Date {
	start := calendar.Max(w.last("file-activist"), w.last("restart-cultivation"))
	every, ends := w.param("review.every_months"), w.dates("period_end")
	for k := 1; every > 0; k++ {
		from, to := start.AddMonths(every*(k-1)), start.AddMonths(every*k)
		if to.After(leaving(w)) {
			break
		}
		if !slices.ContainsFunc(ends, func(d calendar.Date) bool { return d.After(from) && !d.After(to) }) {
			return to
		}
	}
	return calendar.Date{}
}

func reviewLacks(w *way) bool { w.day = w.c.lastDay; return !reviewDay(w).IsZero() }

// number is a value of the case that is a number, 0 for none.
func (w *way) number(field string) int {
	var n int
	_ = json.Unmarshal(w.state.Facts[field], &n) // absent is none
	return n
}

// dates are the values of a repeated field that is a date.
func (w *way) dates(field string) []calendar.Date {
	var out []calendar.Date
	_ = json.Unmarshal(w.state.Facts[field], &out) // absent is none
	return out
}

// noticeOver is the day after the last day of the notice, the posting day not
// counted: over by either count.
func noticeOver(w *way) calendar.Date { return w.date("notice_ends").AddDays(1) }

func trainingDays(w *way) (string, error)  { return fmt.Sprint(w.param("training.min_days")), nil }
func trainingHours(w *way) (string, error) { return fmt.Sprint(w.param("training.min_hours")), nil }

func notAsked(w *way) bool {
	var lists [][]string
	_ = json.Unmarshal(w.state.Facts["departments"], &lists) // absent is none
	asked := slices.Concat(lists...)
	return slices.ContainsFunc(register.Duties, func(d register.Duty) bool { return !slices.Contains(asked, string(d)) })
}

// owing is the first department that has not answered, "" for none.
func owing(w *way) register.Duty {
	var answered []string
	_ = json.Unmarshal(w.state.Facts["opinion_of"], &answered) // absent is none
	for _, d := range register.Duties {
		if !slices.Contains(answered, string(d)) {
			return d
		}
	}
	return ""
}

// fixed rectifies every defect by its key.
func fixed(w *way) (string, error) {
	var defects []struct{ Key string }
	if err := json.Unmarshal(w.state.Facts["defects"], &defects); err != nil {
		return "", err
	}
	list := ""
	for i, d := range defects {
		if i > 0 {
			list += ";"
		}
		list += d.Key + ":已整改"
	}
	return list, nil
}

// meetingTime is the earliest time the filing may name: after its lead, not
// before probation is over, or on the day the story wants.
func meetingTime(w *way) (string, error) {
	day := w.day.AddDays(w.param("meeting.filing_lead_days"))
	if w.state.Stage != "qualified" {
		day = calendar.Max(day, w.date("probation_to").AddMonths(w.number("postpone_months")))
	}
	if w.stage == "adopted" || w.stage == "voted-convert" {
		day = calendar.Max(day, w.on)
	}
	return day.String() + "T09:00", nil
}

func filedFor(w *way) calendar.Date { return w.date("time") }

// notDeliberated reports whether the resolution of the last meeting waits for
// the body that deliberates.
func notDeliberated(w *way) bool {
	return deliberating(w) != nil && !w.doneSince("deliberate", "record-meeting")
}

// notReviewed reports whether a political review lacks since the person was
// last proposed.
func notReviewed(w *way) bool { return !w.doneSince("record-political-review", "propose-target") }

// doneSince reports whether an act was done after the last one of another
// name.
func (w *way) doneSince(action, other string) bool {
	done := false
	for _, d := range w.state.Trail {
		done = (done || d.Action == action) && d.Action != other
	}
	return done
}

// probationReview is the day the next review in probation is due.
func probationReview(w *way) calendar.Date {
	return calendar.Max(w.last("approve"), w.last("probation-review")).AddMonths(w.param("probation.review_months"))
}

func reviewDue(w *way) bool {
	w.day = w.c.lastDay
	return w.param("probation.review_months") > 0 && probationReview(w).Before(w.date("probation_to"))
}

// beforeExpiry leaves the branch time to have its meeting when probation is
// over.
func beforeExpiry(w *way) calendar.Date {
	return calendar.Max(w.c.lastDay.AddDays(1), w.date("probation_to").AddDays(-20))
}

func conversionNotice(w *way) bool { w.day = w.c.lastDay; return w.param("conversion.notice") != 0 }
