package engine

import (
	"jinchu/calendar"
)

// DueRule is a deadline as a sentence:
//
//	Due(RecordTalk).Within(Months(1)).Of(ReceivedOn).In(Applied).Cite("细则 7")
//
// Its date is stored with the case whenever an act changes it; whether it is
// overdue is seen at read time.
type DueRule struct {
	Action  Action
	Span    Span
	Anchor  Anchor
	Stages  []Stage
	Article Article
	// NeedsReason tells that a late act must give its reason.
	NeedsReason bool
	// Open limits the deadline to cases for which it holds; nil for all.
	Open *Condition
	// Standing tells that one act does not meet the deadline: Open decides.
	Standing bool

	since edge
	until edge
	// In force from Since on and before Until.
	Since, Until calendar.Date
}

type clauseDue struct{ due DueRule }
type clauseWithin struct{ due DueRule }
type clauseOf struct{ due DueRule }

// Due begins a deadline for an action ...
func Due(a Action) clauseDue { return clauseDue{DueRule{Action: a}} }

// Within gives its length ...
func (d clauseDue) Within(s Span) clauseWithin { d.due.Span = s; return clauseWithin(d) }

// Of gives the day it counts from ...
func (d clauseWithin) Of(a Anchor) clauseOf { d.due.Anchor = a; return clauseOf(d) }

// In names the stages in which it runs, which completes the sentence.
func (d clauseOf) In(stages ...Stage) DueRule { d.due.Stages = stages; return d.due }

// Cite puts the deadline under its article.
func (d DueRule) Cite(a Article) DueRule { d.Article = a; return d }

// LateNeedsReason demands a reason of a late act.
func (d DueRule) LateNeedsReason() DueRule { d.NeedsReason = true; return d }

// While limits the deadline to cases for which a condition holds.
func (d DueRule) While(c Condition) DueRule { d.Open = &c; return d }

// AsLongAs keeps the deadline until a condition no longer holds: of several
// who were asked, one answer does not do for all.
func (d DueRule) AsLongAs(c Condition) DueRule { d.Open, d.Standing = &c, true; return d }

// SinceParam puts the deadline in force from a day of the profile on.
func (d DueRule) SinceParam(p *Param) DueRule { d.since = edge{param: p}; return d }

// UntilParam puts the deadline out of force from a day of the profile on.
func (d DueRule) UntilParam(p *Param) DueRule { d.until = edge{param: p}; return d }

func (d *DueRule) inForce(on calendar.Date) bool {
	return !on.Before(d.Since) && (d.Until.IsZero() || on.Before(d.Until))
}

func (d *DueRule) in(stage string) bool {
	for i := range d.Stages {
		if d.Stages[i].Key == stage {
			return true
		}
	}
	return false
}

// Unit is the unit of a span.
type Unit string

// The units of time. Months are calendar months, clamped to the month's end.
const (
	InMonths   Unit = "months"
	InDays     Unit = "days"
	InWorkdays Unit = "working days"
)

// Span is a length of time: a number or a parameter of the profile.
type Span struct {
	Unit  Unit
	N     int
	Param *Param
}

// Months is a span of n calendar months.
func Months(n int) Span { return Span{Unit: InMonths, N: n} }

// MonthsOf is a span of as many calendar months as a parameter says.
func MonthsOf(p *Param) Span { return Span{Unit: InMonths, Param: p} }

// Days is a span of n days.
func Days(n int) Span { return Span{Unit: InDays, N: n} }

// DaysOf is a span of as many days as a parameter says.
func DaysOf(p *Param) Span { return Span{Unit: InDays, Param: p} }

// WorkdaysOf is a span of as many working days as a parameter says.
func WorkdaysOf(p *Param) Span { return Span{Unit: InWorkdays, Param: p} }

// length is the number of units on the day of the act.
func (sp Span) length(s *Situation) int {
	if sp.Param != nil {
		return sp.Param.At(s)
	}
	return sp.N
}

// From is the last day of the span counted from a day, the day itself not
// counted.
func (sp Span) From(s *Situation, d calendar.Date) (calendar.Date, error) {
	n := sp.length(s)
	switch sp.Unit {
	case InMonths:
		return d.AddMonths(n), nil
	case InDays:
		return d.AddDays(n), nil
	default:
		return s.Cal.AddWorkdays(d, n)
	}
}

// Anchor is the day a deadline counts from, with the number of the event that
// set it; ok is false where it is not known.
type Anchor interface {
	anchor(*Case) (day calendar.Date, seq int64, ok bool)
	anchorWords() Words
}

// AnchorWords says in words which day a deadline counts from.
func AnchorWords(a Anchor) Words { return a.anchorWords() }

// Entry anchors a deadline at the day the case entered its stage.
var Entry Anchor = entry{}

type entry struct{}

func (entry) anchor(c *Case) (calendar.Date, int64, bool) { return c.StageOn, c.StageSeq, true }
func (entry) anchorWords() Words                          { return Words{"进入本阶段之日", "the day the stage began"} }

// Done anchors a deadline at the day of the last act of that name.
func Done(a Action) Anchor { return done{a} }

type done struct{ action Action }

func (d done) anchor(c *Case) (calendar.Date, int64, bool) {
	if last := c.Last(d.action.Key); last != nil {
		return last.On, last.Seq, true
	}
	return calendar.Date{}, 0, false
}
func (d done) anchorWords() Words {
	return Words{"「" + d.action.Words.Zh + "」之日", "the day of: " + d.action.Words.En}
}

// Latest anchors a deadline at the later of two days.
func Latest(a, b Anchor) Anchor { return latest{a, b} }

type latest struct{ a, b Anchor }

func (l latest) anchor(c *Case) (calendar.Date, int64, bool) {
	da, sa, oka := l.a.anchor(c)
	db, sb, okb := l.b.anchor(c)
	if oka && (!okb || db.Before(da) || da == db && sa > sb) {
		return da, sa, true
	}
	return db, sb, okb
}
func (l latest) anchorWords() Words {
	a, b := l.a.anchorWords(), l.b.anchorWords()
	return Words{a.Zh + "与" + b.Zh + "中较晚者", "the later of " + a.En + " and " + b.En}
}

// anchor makes a date field the anchor of a deadline.
func (f F[T]) anchor(c *Case) (calendar.Date, int64, bool) {
	fact, ok := c.Fact(f.Field)
	if !ok {
		return calendar.Date{}, 0, false
	}
	switch v := fact.Value.(type) {
	case calendar.Date:
		return v, fact.Seq, true
	case Moment:
		return v.Date(), fact.Seq, true
	}
	return calendar.Date{}, 0, false
}
func (f F[T]) anchorWords() Words { return f.Words }

// Deadline is a deadline of a case as stored: what is due and when.
type Deadline struct {
	Action string        `json:"action"`
	On     calendar.Date `json:"on"` // the last day in time, to 24:00 Asia/Shanghai
}

// Overdue reports whether the deadline has passed on a day.
func (d Deadline) Overdue(today calendar.Date) bool { return d.On.Before(today) }
