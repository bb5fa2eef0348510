package workflows

import (
	"slices"
	"time"

	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// A filing is kept as a noun of the register beside the cases on its agenda,
// because the draw works on meetings: it has a number of its own in its
// quarter, and nothing in it tells whether it is drawn.

// RecordBy is the last day on which a filed meeting can be recorded: then the
// quarter's frame is closed.
var RecordBy = DateField("record_by", "大会情况最迟登记日", "last day to record the meeting").EachRound()

// Conditions of filing and of what follows from it (备案监督, 抽查监督).
var (
	QuarterIsOpen = Cond("quarter-open", "会议所在季度已开启抽查", "the quarter of the meeting is open for spot checks").Cite("抽查监督").
			Reading(MeetingAt).OnInput().Test(func(s *Situation) []Words {
		at, _ := MeetingAt.Given(s)
		id := register.QuarterOf(at.Date())
		q, known := s.View.Quarter(id)
		switch {
		case !known:
			return Missing(string(id)+" 尚未开启,请联系县(市)委组织部", string(id)+" is not open yet; ask the county organization department")
		case !q.Takes():
			return Missing(string(id)+" 的抽样框已经封闭", "the frame of "+string(id)+" is closed")
		}
		return nil
	})

	// PointPassed keeps what is drawn from showing: until the point has
	// passed, everybody waits for the same day. It has passed when every check
	// that it draws is opened.
	PointPassed = Cond("point-passed", "备案所在的抽查补抽时点已过", "the top-up point of the filing has passed").Cite("抽查监督").
			After(FileMeeting).Test(func(s *Situation) []Words {
		day, passed := pointOf(s)
		switch {
		case passed:
			return nil
		case s.Today.After(day):
			return Missing("该次大会的补抽时点为 "+day.String()+",该时点的抽查尚未全部开出,请稍后再办", "the top-up point of this meeting is "+day.String()+", and the checks of that point are not all opened yet; try again later")
		}
		return Missing("该次大会的补抽时点为 "+day.String()+",次日起方可审批", "the top-up point of this meeting is "+day.String()+"; approval is possible from the day after")
	})

	FilingOverdue = Cond("filing-overdue", "已过登记期限,大会情况仍未登记", "the last day to record the meeting has passed").Cite("备案监督").
			Reading(RecordBy).Holds(func(s *Situation) bool {
		by, ok := RecordBy.Held(s.Case)
		return ok && s.On.After(by)
	})
)

// pointOf is the day of the top-up point at which the case's filing counts,
// and whether it has passed with every check that it draws. What nothing is
// drawn from has passed, and so has what lies in a closed quarter.
func pointOf(s *Situation) (calendar.Date, bool) {
	f := filingOf(s)
	if f == nil {
		return calendar.Date{}, true // filed before filings were kept
	}
	q, ok := s.View.Quarter(f.Quarter)
	if !ok || q.Undrawn || !q.ClosedOn.IsZero() || f.Point > 0 && f.Point <= PointsOpened(s.View, q.ID) {
		return calendar.Date{}, true
	}
	return q.Points[min(max(f.Point, 1), len(q.Points))-1], false
}

// filingOf is the filing of the case's meeting: the standing one, or else the
// last one; nil for none.
func filingOf(s *Situation) *register.Filing {
	var last *register.Filing
	for _, f := range s.View.Filings(s.Case.Org) {
		if f.Has(string(s.Case.ID)) && (last == nil || f.Standing() || !last.Standing() && !f.FiledOn.Before(last.FiledOn)) {
			last = f
		}
	}
	return last
}

// The stages in which a meeting is filed, and where the case goes back to when
// the filing is given up.
var filedStages = []Stage{Filed, ConversionFiled, CancellationFiled}

// The register's part of filing a meeting, holding it, and giving it up.
var (
	NumberFiling = Effect{Key: "number-filing", Words: Words{Zh: "会前备案编号", En: "the filing is numbered"}, Make: fileMeeting}
	HoldFiling   = Effect{Key: "hold-filing", Words: Words{Zh: "备案的大会已召开", En: "the filed meeting was held"}, Make: holdMeeting}
	LeaveFiling  = Effect{Key: "leave-filing", Words: Words{Zh: "撤回会前备案", En: "the filing is withdrawn"},
		Make: func(s *Situation) []register.Entity { return leave(s, numbers{}) }}
)

// withFilings gives every rule that leads away from a filed meeting without
// holding it the withdrawal of the filing.
func withFilings(rules []Rule) {
	for i := range rules {
		r := &rules[i]
		leaves := !r.Stay && slices.ContainsFunc(r.From, isFiled)
		if leaves && r.Action.Key != RecordMeeting.Key {
			*r = r.Making(LeaveFiling)
		}
	}
}

func isFiled(st Stage) bool {
	return slices.ContainsFunc(filedStages, func(f Stage) bool { return f.Key == st.Key })
}

// numbers are the last numbers given out in the quarters an act touches.
type numbers map[register.QuarterID]int

func (n numbers) last(s *Situation, q register.QuarterID) int {
	if _, known := n[q]; !known {
		n[q] = s.View.LastFiling(q)
	}
	return n[q]
}

func (n numbers) next(s *Situation, q register.QuarterID) int {
	n[q] = n.last(s, q) + 1
	return n[q]
}

// fileMeeting puts the case on the agenda of the meeting: of one that its
// branch has filed for the same moment, or else of a new filing. What was
// filed for the case before is withdrawn. Whoever comes late makes the whole
// meeting a late one.
func fileMeeting(s *Situation) []register.Entity {
	at, _ := MeetingAt.Given(s)
	id := register.QuarterOf(at.Date())
	n := numbers{}
	out := leave(s, n)
	late := !leadsEnough(s, at.Date())
	if f := sameMeeting(s, id, string(at), late); f != nil && len(out) == 0 {
		joined := *f
		if late && joined.Forced == "" {
			joined.Forced = "late"
		}
		joined.Cases = append(slices.Clone(f.Cases), string(s.Case.ID))
		return []register.Entity{&joined}
	}
	f := &register.Filing{Quarter: id, N: n.next(s, id), Branch: s.Case.Org, At: string(at), Cases: []string{string(s.Case.ID)}, FiledOn: s.Today}
	f.ID = register.NewFilingID(id, f.N)
	f.Committee = register.OrgID(s.Case.County)
	if c, ok := register.ApprovingCommittee(s.View, s.Case.Org); ok {
		f.Committee = c.ID
	}
	f.Stratum = register.MergedStratum
	if q, ok := s.View.Quarter(id); ok {
		f.Stratum = q.Stratum(f.Committee)
	}
	if late {
		f.Forced = "late"
	}
	return append(out, f)
}

// sameMeeting is the branch's standing filing for a moment that the case can
// join: one that was on no agenda of the quarter yet. Otherwise it would bring
// the draw of its earlier filing with it. Who comes late after the hour at
// which the inspectors are told gets a filing of its own, whether anybody was
// told or not: how a meeting is checked does not change once it may be known.
func sameMeeting(s *Situation, q register.QuarterID, at string, late bool) *register.Filing {
	var found *register.Filing
	for _, f := range s.View.Filings(s.Case.Org) {
		if f.Quarter == q && f.Has(string(s.Case.ID)) {
			return nil
		}
		if f.Quarter == q && f.At == at && f.Standing() && !(late && !s.Now.Before(TellAt(s.Profile, f))) {
			found = f
		}
	}
	return found
}

// TellAt is the instant from which the inspectors may know of a filing.
func TellAt(p *Profile, f *register.Filing) time.Time {
	return f.Moment().Add(-time.Duration(p.Value(TellHours, f.FiledOn)) * time.Hour)
}

// leave withdraws the case's standing filing, if there is one. The other cases
// on its agenda keep their meeting under a new number, and with it the draw.
//
// Their checks, if they were told already, end with the old number and are
// opened anew under the new one, with the inspectors to be assigned again: an
// agenda is what the ticket was drawn for and what the bundle shows, so that a
// filing whose agenda could change would let a branch choose who is checked
// with whom. On the day of the meeting and after it the old checks stay open
// beside the new ones, since they may have been attended.
func leave(s *Situation, n numbers) []register.Entity {
	f := filingOf(s)
	if f == nil || !f.Standing() {
		return nil
	}
	gone := *f
	gone.Withdrawn, gone.WithdrawnOn, gone.Point = n.last(s, f.Quarter), s.Today, nextPoint(s, f.Quarter)
	out := []register.Entity{&gone}
	others := slices.DeleteFunc(slices.Clone(f.Cases), func(id string) bool { return id == string(s.Case.ID) })
	if len(others) > 0 {
		rest := *f
		rest.N, rest.Cases, rest.Shares, rest.FiledOn = n.next(s, f.Quarter), others, nil, s.Today
		rest.ID = register.NewFilingID(f.Quarter, rest.N)
		out = append(out, &rest)
	}
	return out
}

// holdMeeting notes that the meeting was held, once for all on its agenda.
func holdMeeting(s *Situation) []register.Entity {
	f := filingOf(s)
	if f == nil || !f.Standing() {
		return nil
	}
	held := *f
	held.Point = nextPoint(s, f.Quarter)
	return []register.Entity{&held}
}

func nextPoint(s *Situation, id register.QuarterID) int {
	if q, ok := s.View.Quarter(id); ok && !q.Undrawn {
		return q.NextPoint(s.Today)
	}
	return 1
}

// leadsEnough reports whether a meeting leads by the days required, counted
// from the recording.
func leadsEnough(s *Situation, meeting calendar.Date) bool {
	return !meeting.Before(calendar.Max(s.On, s.Today).AddDays(FilingLeadDays.At(s)))
}

// recordBy is the day before the frame of the meeting's quarter is closed.
var recordBy = Computing(RecordBy, func(s *Situation) (calendar.Date, bool) {
	at, _ := MeetingAt.Given(s)
	q, ok := s.View.Quarter(register.QuarterOf(at.Date()))
	if !ok || q.Undrawn {
		return calendar.Date{}, false
	}
	return q.Points[len(q.Points)-1].AddDays(-1), true
})
