package workflows

import (
	"fmt"

	"jinchu/calendar"
	. "jinchu/engine"
)

// Conditions of approval and after.
var (
	NoOpenCheck = Cond("no-open-check", "无进行中或不合格的抽查", "no spot check is open or failed").Cite("抽查监督").OverChildren().
			Test(func(s *Situation) []Words {
			if _, passed := pointOf(s); !passed {
				return nil // until then nothing of the draw shows
			}
			var out []Words
			for _, child := range s.View.Children(s.Case.ID) {
				if child.Workflow != SpotCheck || contains(clearedChecks, child.Stage) || child.Stage == CheckRejected.Key && heldAnew(s, child.ID) {
					continue
				}
				out = append(out, Words{Zh: "抽查 " + string(child.ID) + " 未完成或不合格", En: "spot check " + string(child.ID) + " is open or failed"})
			}
			return out
		})

	CommitteeHasTalked = Cond("committee-talked", "审批前已派人谈话并写明意见", "the committee talked and wrote its opinion").Cite("细则 23", "2014细则 24").
				Reading(TalkOpinion).After(CommitteeTalk).Holds(func(s *Situation) bool { _, ok := TalkOpinion.Held(s.Case); return ok })

	DeliberatedWhereNeeded = Cond("deliberated", "上级为总支或无审批权限党委的已审议", "deliberated where a body without power to approve stands between").Cite("2014细则 23").
				After(Deliberate, RecordMeeting).Test(func(s *Situation) []Words {
		if !underDeliberatingBody(s) {
			return nil
		}
		// The resolution of each meeting is deliberated: that of the admission
		// does not stand for the one of the conversion.
		last, meeting := s.Case.Last(Deliberate.Key), s.Case.Last(RecordMeeting.Key)
		if last != nil && meeting != nil && last.Seq > meeting.Seq {
			return nil
		}
		return Missing("总支或该党委尚未审议", "the general branch or that committee has not deliberated")
	})

	OnlyDeliberates = Cond("only-deliberates", "审议机构没有审批权限", "the deliberating body has no power to approve").Cite("2014细则 23").
			Holds(func(s *Situation) bool { return deliberates(s.Org) })

	WithinApprovalTime = Cond("within-approval-time", "自支部大会通过之日起三个月内审批,延长后不超过六个月", "within three months of the meeting, extended within six").Cite("细则 25", "2014细则 26").
				After(RecordMeeting, ExtendApproval).Test(func(s *Situation) []Words {
		limit, why := approvalLimit(s)
		if !s.On.After(limit) {
			return nil
		}
		return []Words{{Zh: "期限至 " + limit.String() + why.Zh, En: "the limit was " + limit.String() + why.En}}
	})

	BeforeApprovalExpires = Cond("before-expiry", "在三个月期满之前延长", "extended before the three months expire").Cite("细则 25", "2014细则 26").
				After(RecordMeeting).Test(func(s *Situation) []Words {
		limit := adoptedOn(s.Case).AddMonths(ApprovalMonths.At(s))
		// What is recorded after the limit was not extended before it.
		if !calendar.Max(s.On, s.Today).After(limit) {
			return nil
		}
		return Missing("三个月期限至 "+limit.String()+",已过期", "the three months ended on "+limit.String())
	})

	NotYetExtended = Cond("not-extended-approval", "尚未延长审批期限", "the time for approval was not extended").Cite("细则 25", "2014细则 26").
			Holds(func(s *Situation) bool { return s.Case.LastIn(ExtendApproval.Key) == nil })

	PastLongestTime = Cond("past-longest-time", "已超过六个月最长期限", "the longest time of six months has passed").Cite("细则 25", "2014细则 26").
			After(RecordMeeting).Holds(func(s *Situation) bool {
		return s.On.After(adoptedOn(s.Case).AddMonths(ApprovalMaxMonths.At(s)))
	})

	// The absolute limit is judged by the day of the recording: it cannot be
	// dated away.
	NotPastLongestTime = Cond("not-past-longest-time", "未超过六个月最长期限", "the longest time of six months has not passed").Cite("细则 25", "2014细则 26").
				After(RecordMeeting).Test(func(s *Situation) []Words {
		limit := adoptedOn(s.Case).AddMonths(ApprovalMaxMonths.At(s))
		if !calendar.Max(s.On, s.Today).After(limit) {
			return nil
		}
		return Missing("最长期限至 "+limit.String()+",本次审批不得再办", "the longest time ended on "+limit.String()+"; this approval is blocked for good")
	})

	DecidedOneByOne = Cond("decided-one-by-one", "党委会两人以上逐个审议和表决", "the committee decides on each person separately").Cite("细则 24", "2014细则 25").Reading(CasesInVote).
			Holds(func(s *Situation) bool { n, given := CasesInVote.Given(s); return !given || n == 1 })

	CommitteeMajority = Cond("committee-majority", "党委会表决赞成超过应到会委员半数", "more than half of the committee in favour").Cite("细则 24", "2014细则 25").
				Reading(CommitteeSeat, CommitteeYes).OnInput().Test(func(s *Situation) []Words {
		seats, _ := CommitteeSeat.Given(s)
		yes, _ := CommitteeYes.Given(s)
		if 2*yes > seats && yes <= seats {
			return nil
		}
		return Missing(fmt.Sprintf("应到 %d 人,赞成 %d 人", seats, yes), fmt.Sprintf("%d of %d", yes, seats))
	})

	AllPapers = Cond("all-papers", "归档材料齐全", "the dossier is complete").Cite("细则 36", "2014细则 37").Reading(Papers).OnInput().
			Test(func(s *Situation) []Words {
			given, _ := Papers.Given(s)
			var out []Words
			for _, o := range Papers.Options[:mandatoryPapers] {
				if !contains(given, o.Key) {
					out = append(out, Words{Zh: "缺:" + o.Words.Zh, En: "missing: " + o.Words.En})
				}
			}
			return out
		})
)

// mandatoryPapers is how many of the archive's options are mandatory: the
// first five (2014细则 37).
const mandatoryPapers = 5

// adoptedOn is the day of the general meeting that adopted the resolution.
func adoptedOn(c *Case) calendar.Date {
	if t := c.Last(RecordMeeting.Key); t != nil {
		return t.On
	}
	return calendar.Date{}
}

// approvalLimit is the last day on which the committee may approve.
func approvalLimit(s *Situation) (calendar.Date, Words) {
	day := adoptedOn(s.Case)
	if s.Case.LastIn(ExtendApproval.Key) != nil {
		return day.AddMonths(ApprovalMaxMonths.At(s)), Words{Zh: "(已延长,不得再延长)", En: " (extended; no further)"}
	}
	return day.AddMonths(ApprovalMonths.At(s)), Words{Zh: ",须在期满前办理延长", En: "; an extension is needed before it"}
}

// recordLapse keeps why the lapse has to be accounted for.
var recordLapse = Computing(Accountability, func(*Situation) (string, bool) {
	return "审批超过六个月 approval over six months", true
})
