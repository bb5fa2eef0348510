package workflows

import (
	"errors"
	"slices"
	"time"

	"jinchu/calendar"
	. "jinchu/engine"
)

// The numbers of the ladder of supervision. The seven days of a circular and
// the three of a talk were seen in the practice of a county, as days to put
// things right; the others were seen nowhere.
var (
	HintLeadDays      = ladder("hint_lead_days", "提示提前天数(0为逾期次日提示)", "days of lead of the hint (0: on the day after the deadline)", 0)
	UrgeWorkdays      = ladder("urge_workdays", "提示后整改期限,逾期催办(工作日)", "time after the hint, until the urging (working days)", 3)
	CircularWorkdays  = ladder("circular_workdays", "催办后整改期限,逾期通报(工作日)", "time after the urging, until the circular (working days)", 5)
	TalkWorkdays      = ladder("talk_workdays", "通报后整改期限,逾期约谈(工作日)", "time after the circular, until the talk (working days)", 7)
	WarningWorkdays   = ladder("warning_workdays", "约谈后整改期限,逾期预警(工作日)", "time after the talk, until the warning (working days)", 3)
	FinalWorkdays     = ladder("final_workdays", "预警后整改期限(工作日)", "time after the warning (working days)", 3)
	AcknowledgeDays   = ladder("acknowledge_workdays", "签收期限(工作日)", "time to acknowledge an order (working days)", 2)
	VerifyWorkdays    = ladder("verify_workdays", "核验期限(工作日)", "time to verify a feedback (working days)", 5)
	MaxFeedbackReturn = ladder("max_returns", "每级最多退回次数", "returns of a feedback at most, at each level", 3)
)

// LadderParams are the parameters of the ladder, in the order of the rulebook.
var LadderParams = []*Param{HintLeadDays, UrgeWorkdays, CircularWorkdays, TalkWorkdays, WarningWorkdays, FinalWorkdays,
	AcknowledgeDays, VerifyWorkdays, MaxFeedbackReturn}

func ladder(key, zh, en string, def int) *Param {
	return confirm(param("ladder."+key, zh, en, def, Free, 0, "督办"))
}

// Rung is one level of supervision.
type Rung struct {
	Level string // option of OrderLevel
	Words Words
	Limit *Param // working days until the next one, or until the last is overdue
}

// Ladder are the five levels of supervision, the mildest first.
var Ladder = []Rung{
	{"hint", Words{Zh: "提示", En: "hint"}, UrgeWorkdays},
	{"urge", Words{Zh: "催办", En: "urging"}, CircularWorkdays},
	{"circular", Words{Zh: "通报", En: "circular"}, TalkWorkdays},
	{"talk", Words{Zh: "约谈", En: "talk"}, WarningWorkdays},
	{"warning", Words{Zh: "预警", En: "warning"}, FinalWorkdays},
}

func levels() []Option {
	var out []Option
	for _, r := range Ladder {
		out = append(out, Option{Key: r.Level, Words: r.Words})
	}
	return out
}

// rungOf is the number of a level on the ladder from 0 on, -1 for none.
func rungOf(level string) int {
	return slices.IndexFunc(Ladder, func(r Rung) bool { return r.Level == level })
}

// nextLevel is the level above the one the order stands at, "" above the last.
func nextLevel(c *Case) string {
	level, _ := OrderLevel.Held(c)
	if n := rungOf(level) + 1; n < len(Ladder) {
		return Ladder[n].Level
	}
	return ""
}

// A level's time counts from the day it was raised; a hint given ahead counts
// from the day after the deadline of the step, as every hint does.
var (
	recordNextLevel = Computing(OrderLevel, func(s *Situation) (string, bool) { return nextLevel(s.Case), true })
	recordLevelFrom = Computing(LevelFrom, func(s *Situation) (calendar.Date, bool) {
		if due, given := StepDue.Given(s); given {
			return calendar.Max(s.On, due.AddDays(1)), true
		}
		return s.On, true
	})
	// recordLead keeps that the last level was reached: a lead for whoever
	// traces responsibility.
	recordLead = Computing(Accountability, func(s *Situation) (string, bool) {
		level, _ := OrderLevel.Given(s)
		return "督办升至五级预警 supervision reached its fifth level", level == Ladder[len(Ladder)-1].Level
	})
)

// span is a time in working days that runs in an order.
type span struct {
	from calendar.Date
	days *Param
}

// spans are the times that run in a stage entered on a day.
func spans(stage string, entered, raised calendar.Date, level string) []span {
	if stage == OrderSubmitted.Key {
		return []span{{entered, VerifyWorkdays}}
	}
	var out []span
	if n := rungOf(level); n >= 0 {
		out = append(out, span{raised, Ladder[n].Limit})
	}
	if stage == OrderIssued.Key {
		out = append(out, span{entered, AcknowledgeDays})
	}
	return out
}

// unpublished is the first year that some of the times reach into and whose
// working days are not published; 0 for none.
func unpublished(s *Situation, all []span) int {
	year := 0
	for _, sp := range all {
		var missing *calendar.NotLoaded
		if _, err := s.Cal.AddWorkdays(sp.from, sp.days.At(s)); errors.As(err, &missing) && (year == 0 || missing.Year < year) {
			year = missing.Year
		}
	}
	return year
}

// running are the times that run in an order as it stands.
func running(s *Situation) []span {
	level, _ := OrderLevel.Held(s.Case)
	return spans(s.Case.Stage, s.Case.StageOn, levelFrom(s.Case), level)
}

// recordLimitOpen keeps the day on which times that cannot be counted yet are
// to be counted: the last of the published year, because none of them ends
// before it. An order is raised all the same. What stays is the stage, or the
// one the act leads to.
func recordLimitOpen(to ...Stage) Derived {
	return Computing(LimitOpen, func(s *Situation) (calendar.Date, bool) {
		stage, entered := s.Case.Stage, s.Case.StageOn
		if len(to) > 0 {
			stage, entered = to[0].Key, s.On
		}
		level, _ := OrderLevel.Of(s)
		from, _ := LevelFrom.Of(s)
		year := unpublished(s, spans(stage, entered, from, level))
		if year == 0 {
			return calendar.Date{}, false
		}
		return calendar.Max(s.On, calendar.On(year-1, time.December, 31)), true
	})
}

// Conditions of the deadlines.
var (
	limitIsOpen = Cond("limit-open", "期限涉及尚未公布的工作日历", "a time reaches into a year whose working days are not published").
			Reading(LevelFrom, OrderLevel).Holds(func(s *Situation) bool { return unpublished(s, running(s)) != 0 })

	stepUnsettled = Cond("step-owed", "所督办的步骤仍未办结", "the step is still owed").Reading(Found).
			Holds(func(s *Situation) bool { v, _ := Found.Held(s.Case); return v != stepSettled })
)

func atLevel(r Rung) Condition {
	return Cond("at-"+r.Level, "督办级别为"+r.Words.Zh, "the level is: "+r.Words.En).Reading(OrderLevel).
		Holds(func(s *Situation) bool { v, _ := OrderLevel.Held(s.Case); return v == r.Level })
}

// counted tells that the working days of a time are published.
func counted(p *Param, from func(*Case) calendar.Date) Condition {
	return Cond("counted", "期限内的工作日历已公布", "the working days of the time are published").
		Holds(func(s *Situation) bool { return unpublished(s, []span{{from(s.Case), p}}) == 0 })
}

func enteredOn(c *Case) calendar.Date { return c.StageOn }

func levelFrom(c *Case) calendar.Date { d, _ := LevelFrom.Held(c); return d }

// supervisionDues are the deadlines of an order. A time in working days that
// cannot be counted yet is no deadline; counting it falls due instead.
func supervisionDues() []DueRule {
	out := []DueRule{
		Due(Acknowledge).Within(WorkdaysOf(AcknowledgeDays)).Of(Entry).In(OrderIssued).Cite("督办").While(counted(AcknowledgeDays, enteredOn)),
		Due(VerifyOrder).Within(WorkdaysOf(VerifyWorkdays)).Of(Entry).In(OrderSubmitted).Cite("督办").While(counted(VerifyWorkdays, enteredOn)),
		Due(SetLimit).Within(Days(0)).Of(LimitOpen).In(OrderIssued, OrderRectifying, OrderSubmitted).Cite("督办").While(limitIsOpen),
	}
	for i, r := range Ladder {
		out = append(out, Due(SubmitFeedback).Within(WorkdaysOf(r.Limit)).Of(LevelFrom).In(OrderRectifying).Cite("督办").
			While(AllOf("feedback-"+r.Level, atLevel(r), counted(r.Limit, levelFrom))))
		if i+1 < len(Ladder) {
			out = append(out, Due(Escalate).Within(WorkdaysOf(r.Limit)).Of(LevelFrom).In(OrderIssued, OrderRectifying).Cite("督办").
				While(AllOf("escalate-"+r.Level, atLevel(r), stepUnsettled, counted(r.Limit, levelFrom))))
		}
	}
	return out
}
