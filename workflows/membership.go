package workflows

import (
	"jinchu/calendar"
	. "jinchu/engine"
	"jinchu/register"
)

// memberCases is the kind of the claim on a member's place in the Party.
const memberCases = "member-case"

// MemberCase is held by the one procedure that may decide on a member's place
// in the Party: exit, withdrawal and suspension exclude each other. A lead
// that nobody has taken up holds nothing.
var MemberCase = &Claim{Kind: memberCases, Cite: "处置办法", Words: Words{Zh: "一名党员一件出口案件", En: "one procedure on a member's place at a time"},
	Pick: func(s *Situation) (string, []Words) {
		if id, taken := s.View.Holder(memberCases, string(s.Case.Person)); taken && id != s.Case.ID {
			return "", Missing("该党员已有在办的处置、退党或停止党籍案件 "+string(id), "case "+string(id)+" on the member's place is open already")
		}
		return string(s.Case.Person), nil
	}}

// Conditions on a member, for whatever follows admission.
var (
	IsMember = Cond("is-a-member", "是正式党员或预备党员", "a full or probationary member").Cite("处置办法").
			Holds(func(s *Situation) bool { return s.Subject().Member() })

	OnTheRoster = Cond("on-the-roster", "党员的组织关系在本支部", "the member's relation is kept in this branch").Cite("党章 8").
			Test(func(s *Situation) []Words {
			if s.Subject().Org == s.Case.Org {
				return nil
			}
			return Missing("该党员的组织关系不在本支部", "the member is on another branch's roster")
		})

	NoMemberCase = Cond("no-member-case", "没有在办的处置、退党或停止党籍案件", "no procedure on the member's place is open").Cite("处置办法").
			Test(func(s *Situation) []Words {
			if id, open := s.View.Holder(memberCases, string(s.Case.Person)); open && id != s.Case.ID {
				return Missing("在办案件 "+string(id), "case "+string(id)+" is open")
			}
			return nil
		})
)

// sinceJoining wants a day not to lie before the membership began.
func sinceJoining(f F[calendar.Date]) Condition {
	return Cond("since-joining-"+f.Key, f.Words.Zh+"不早于入党之日", f.Words.En+" is not before membership began").Cite("党章 8").
		Reading(f).OnInput().Test(func(s *Situation) []Words {
		began := joined(s.Subject())
		if day, given := f.Given(s); given && !began.IsZero() && day.Before(began) {
			return Missing("入党日期为 "+began.String(), "membership began on "+began.String())
		}
		return nil
	})
}

// joined is the earliest day on which a person's membership can have begun. Of
// a full member the day of the admitting meeting is not kept: probation lasts
// a year and may have been extended by another before the Party age counts.
func joined(p *register.Person) calendar.Date {
	if p.Standing == register.Full && !p.PartyAge.IsZero() {
		return p.PartyAge.AddYears(-2)
	}
	return p.Since
}
